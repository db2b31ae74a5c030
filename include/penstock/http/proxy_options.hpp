// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/http/origin.hpp>

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::http {

/// A proxy, and who we are to it.
struct proxy {
    proxy() = default;

    origin at;                 ///< TLS where the proxy itself speaks it
    std::string authorization; ///< the value of Proxy-Authorization, a secret; empty for none
};

/// Which proxy connections go through: by default none. Plain HTTP is forwarded by it (absolute-form requests), TLS runs
/// through a tunnel (CONNECT) and is verified end to end.
class proxy_options {
  public:
    proxy_options() = default;

    /// "http://host:port", "http://user:password@host:port" (percent-encoded), "https://…" for a proxy that speaks TLS;
    /// without a scheme it is http. For all connections. Throws `errc::invalid_option`, and `errc::unsupported` for SOCKS;
    /// neither repeats the text, which may hold a password.
    PENSTOCK_DECL proxy_options& url(std::string_view text);
    /// For plain HTTP alone, for TLS alone.
    PENSTOCK_DECL proxy_options& http_url(std::string_view text);
    PENSTOCK_DECL proxy_options& https_url(std::string_view text);

    /// Whom to reach directly, separated by commas or spaces, as curl and Go have it: "example.com" or ".example.com" is
    /// that name and all below it, "10.0.0.1" and "10.0.0.0/8" are literal addresses, ":port" behind either restricts it,
    /// "*" is everybody. Names are compared as they are written: nothing is looked up.
    PENSTOCK_DECL proxy_options& no_proxy(std::string_view list);

    /// Null: directly.
    PENSTOCK_DECL const proxy* find(const origin& to) const;

  private:
    struct exception {
        std::string host; ///< empty: all
        std::optional<asio::ip::address> network;
        unsigned prefix = 0; ///< bits
        std::uint16_t port = 0; ///< 0: any
    };
    static exception read_exception(std::string_view text);
    static bool holds(const exception& e, const origin& to);

    std::optional<proxy> http_, https_;
    std::vector<exception> exceptions_;
};

/// What the environment says: http_proxy, else HTTP_PROXY, for plain HTTP; https_proxy, else HTTPS_PROXY, for TLS; all_proxy,
/// else ALL_PROXY, where those say nothing; no_proxy, else NO_PROXY. HTTP_PROXY is left out where REQUEST_METHOD is set: in a
/// CGI program it is a header of the request ("httpoxy"), as Go and Python have it. Throws as `proxy_options::url`, naming the
/// variable.
PENSTOCK_DECL proxy_options
read_proxy_environment(const std::function<std::optional<std::string>(const std::string&)>& variable);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/proxy_options.ipp>
#endif
