// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/proxy_options.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/error.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

namespace penstock::http {
namespace detail {

[[noreturn]] inline void throw_proxy(errc code, std::string message) {
    throw_failure(failure{code, std::move(message), "a proxy looks like http://host:3128 or http://user:password@host:3128"});
}

inline std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? penstock::detail::hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? penstock::detail::hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) throw_proxy(errc::invalid_option, "a '%' in the proxy's user or password begins no escape");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

/// RFC 7617.
inline std::string basic_authorization(std::string_view user_and_password) {
    std::string encoded((user_and_password.size() + 2) / 3 * 4 + 1, '\0');
    const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                  reinterpret_cast<const unsigned char*>(user_and_password.data()),
                                  static_cast<int>(user_and_password.size()));
    encoded.resize(static_cast<std::size_t>(n));
    return "Basic " + encoded;
}

inline std::optional<std::uint16_t> port_number(std::string_view text) {
    std::uint16_t port = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, port);
    if (text.empty() || read.ec != std::errc{} || read.ptr != end || port == 0) return std::nullopt;
    return port;
}

inline std::optional<asio::ip::address> literal_address(std::string_view text) {
    error_code ec;
    auto a = asio::ip::make_address(std::string{text}, ec);
    if (ec) return std::nullopt;
    return a;
}

/// "host", "host:port", "[::1]", "[::1]:port" in two; the port without its colon. A bare IPv6 address has none.
inline std::pair<std::string_view, std::string_view> split_port(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) return {text, {}};
        auto rest = text.substr(end + 1);
        if (rest.starts_with(':')) rest.remove_prefix(1);
        return {text.substr(1, end - 1), rest};
    }
    const auto colon = text.find(':');
    if (colon == text.npos || text.find(':', colon + 1) != text.npos) return {text, {}};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

inline std::string plain_host(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    return penstock::detail::lower_case(text);
}

inline bool same_network(const asio::ip::address& a, const asio::ip::address& b, unsigned prefix) {
    if (a.is_v6() != b.is_v6()) return false;
    const auto same = [prefix](const auto& x, const auto& y) {
        for (unsigned bit = 0; bit < prefix; ++bit)
            if (((x[bit / 8] ^ y[bit / 8]) >> (7 - bit % 8)) & 1U) return false;
        return true;
    };
    return a.is_v6() ? same(a.to_v6().to_bytes(), b.to_v6().to_bytes()) : same(a.to_v4().to_bytes(), b.to_v4().to_bytes());
}

inline proxy read_proxy(std::string_view text) {
    proxy out;
    const auto scheme_end = text.find("://");
    const auto scheme = scheme_end == text.npos ? std::string{"http"} : penstock::detail::lower_case(text.substr(0, scheme_end));
    if (scheme_end != text.npos) text.remove_prefix(scheme_end + 3);
    if (scheme.starts_with("socks")) throw_proxy(errc::unsupported, "SOCKS proxies are not supported");
    if (scheme != "http" && scheme != "https") throw_proxy(errc::invalid_option, "the proxy's scheme must be http or https");
    out.at.tls = scheme == "https";
    const auto at = text.rfind('@'); // the last: a password may have one, and a '/', too
    text = text.substr(0, text.find_first_of("/?#", at == text.npos ? 0 : at));
    if (at != text.npos) {
        const auto user = text.substr(0, at);
        text.remove_prefix(at + 1);
        const auto colon = std::min(user.find(':'), user.size());
        auto plain = percent_decoded(user.substr(0, colon)) + ":";
        if (colon < user.size()) plain += percent_decoded(user.substr(colon + 1));
        out.authorization = basic_authorization(plain);
    }
    const auto [host, port] = split_port(text);
    const bool has_port = text.size() > host.size() + (text.starts_with('[') ? 2 : 0);
    const auto number = has_port ? port_number(port) : std::optional<std::uint16_t>{out.at.tls ? 443 : 80};
    const bool address = text.starts_with('[') || host.find(':') != host.npos;
    const bool good = std::all_of(host.begin(), host.end(), [address](char c) {
        return penstock::detail::is_letter(c) || penstock::detail::is_digit(c) || c == '-' || c == '.' || c == '_' || (address && c == ':');
    });
    if (host.empty() || !good || (address && !literal_address(host))) throw_proxy(errc::invalid_option, "the proxy has no good host");
    if (!number) throw_proxy(errc::invalid_option, "the proxy's port must be 1 to 65535");
    out.at.host = std::string{host};
    out.at.port = *number;
    return out;
}

} // namespace detail

PENSTOCK_DECL proxy_options& proxy_options::url(std::string_view text) {
    http_ = https_ = detail::read_proxy(text);
    return *this;
}
PENSTOCK_DECL proxy_options& proxy_options::http_url(std::string_view text) {
    http_ = detail::read_proxy(text);
    return *this;
}
PENSTOCK_DECL proxy_options& proxy_options::https_url(std::string_view text) {
    https_ = detail::read_proxy(text);
    return *this;
}

/// What cannot be understood is a host that nobody has.
inline proxy_options::exception proxy_options::read_exception(std::string_view text) {
    exception e;
    if (text == "*") return e;
    if (const auto slash = text.find('/'); slash != text.npos) {
        e.network = detail::literal_address(text.substr(0, slash));
        const auto bits = text.substr(slash + 1);
        const auto read = std::from_chars(bits.data(), bits.data() + bits.size(), e.prefix);
        const unsigned most = e.network && e.network->is_v6() ? 128 : 32;
        const bool good = read.ec == std::errc{} && read.ptr == bits.data() + bits.size() && e.prefix <= most;
        if (!good) e.network.reset();
        e.host = text;
        return e;
    }
    const auto [host, port] = detail::split_port(text);
    if (!port.empty()) e.port = detail::port_number(port).value_or(0);
    e.network = detail::literal_address(host);
    if (e.network) e.prefix = e.network->is_v6() ? 128 : 32;
    auto name = host;
    if (name.starts_with('*')) name.remove_prefix(1);
    if (name.starts_with('.')) name.remove_prefix(1);
    e.host = detail::plain_host(name);
    if (e.host.empty()) e.host = text;
    return e;
}

PENSTOCK_DECL proxy_options& proxy_options::no_proxy(std::string_view list) {
    constexpr std::string_view separators = ", \t";
    while (!list.empty()) {
        const auto text = list.substr(0, list.find_first_of(separators));
        if (!text.empty()) exceptions_.push_back(read_exception(text));
        list.remove_prefix(std::min(text.size() + 1, list.size()));
    }
    return *this;
}

inline bool proxy_options::holds(const exception& e, const origin& to) {
    if (e.port != 0 && e.port != to.port) return false;
    if (e.host.empty()) return true;
    if (const auto address = detail::literal_address(to.host))
        return e.network && detail::same_network(*address, *e.network, e.prefix);
    const auto host = detail::plain_host(to.host);
    if (!host.ends_with(e.host)) return false;
    return host.size() == e.host.size() || host[host.size() - e.host.size() - 1] == '.';
}

PENSTOCK_DECL const proxy* proxy_options::find(const origin& to) const {
    const auto& by = to.tls ? https_ : http_;
    if (!by) return nullptr;
    for (const auto& e : exceptions_)
        if (holds(e, to)) return nullptr;
    return &*by;
}

PENSTOCK_DECL proxy_options
read_proxy_environment(const std::function<std::optional<std::string>(const std::string&)>& variable) {
    proxy_options out;
    const auto take = [&](std::initializer_list<const char*> names, proxy_options& (proxy_options::*set)(std::string_view)) {
        for (const char* name : names) {
            const auto value = variable(name);
            if (!value || value->empty()) continue;
            try {
                (out.*set)(*value);
            } catch (const error& e) {
                throw_failure(e.as_failure().with([name](error_detail& d) { d.object = name; }));
            }
            return;
        }
    };
    const bool cgi = variable("REQUEST_METHOD").has_value();
    if (cgi)
        take({"http_proxy", "all_proxy", "ALL_PROXY"}, &proxy_options::http_url);
    else
        take({"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}, &proxy_options::http_url);
    take({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, &proxy_options::https_url);
    take({"no_proxy", "NO_PROXY"}, &proxy_options::no_proxy);
    return out;
}

} // namespace penstock::http
