// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint_url.hpp>

#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <cstdint>
#include <utility>

namespace penstock::aws {
namespace detail {

[[noreturn]] inline void throw_endpoint(std::string_view url, std::string message) {
    error_detail d;
    // A user part may be a password, a query a signature: neither is repeated.
    d.object = url.find('@') == std::string_view::npos ? std::string{url.substr(0, url.find_first_of("?#"))}
                                                       : "(endpoint with a user part)";
    d.message = std::move(message);
    d.hint = "an endpoint looks like https://host, http://127.0.0.1:9000 or https://host/base";
    throw_failure(failure{errc::invalid_endpoint, std::move(d)});
}

} // namespace detail

PENSTOCK_DECL endpoint_location parse_endpoint_url(std::string_view text) {
    using detail::throw_endpoint;
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) throw_endpoint(text, "not a URL");
    const auto& url = *parsed;
    const bool https = http::iequals(std::string_view{url.scheme().data(), url.scheme().size()}, "https");
    const bool http = http::iequals(std::string_view{url.scheme().data(), url.scheme().size()}, "http");
    if (!https && !http) throw_endpoint(text, "the scheme must be http or https");
    if (url.has_userinfo()) throw_endpoint(text, "credentials do not belong into the endpoint");
    if (url.has_query() || url.has_fragment()) throw_endpoint(text, "no query or fragment is allowed");
    std::string host{url.encoded_host_address()};
    if (host.empty()) throw_endpoint(text, "no host");
    std::uint16_t port = https ? 443 : 80;
    if (url.has_port()) {
        // Not port_number(), which wraps around.
        const auto digits = url.port();
        const auto end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, port);
        if (read.ec != std::errc{} || read.ptr != end || port == 0)
            throw_endpoint(text, "the port must be 1 to 65535");
    }
    endpoint_location out;
    out.to = http::origin{std::move(host), port, https};
    // In the one encoding that signatures are made over.
    out.base_path = uri_encode(uri_decode(std::string_view{url.encoded_path()}).value_or(""), true);
    while (out.base_path.ends_with('/')) out.base_path.pop_back();
    return out;
}

} // namespace penstock::aws
