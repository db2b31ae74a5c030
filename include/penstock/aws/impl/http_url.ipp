// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/http_url.hpp>

#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <cstdint>
#include <utility>

namespace penstock::aws::detail {

PENSTOCK_DECL void throw_endpoint(std::string_view url, std::string message) {
    error_detail d;
    // A user part may be a password, a query a signature: neither is repeated.
    d.object = url.find('@') == std::string_view::npos ? std::string{url.substr(0, url.find_first_of("?#"))}
                                                       : "(endpoint with a user part)";
    d.message = std::move(message);
    d.hint = "an endpoint looks like https://host, http://127.0.0.1:9000 or https://host/base";
    throw_failure(failure{errc::invalid_endpoint, std::move(d)});
}

PENSTOCK_DECL http_url parse_http_url(std::string_view text) {
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) throw_endpoint(text, "not a URL");
    const auto& url = *parsed;
    const bool https = http::iequals(std::string_view{url.scheme().data(), url.scheme().size()}, "https");
    const bool http = http::iequals(std::string_view{url.scheme().data(), url.scheme().size()}, "http");
    if (!https && !http) throw_endpoint(text, "the scheme must be http or https");
    if (url.has_userinfo()) throw_endpoint(text, "credentials do not belong into the endpoint");
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
    http_url out;
    out.to = http::origin{std::move(host), port, https};
    out.path = std::string{url.encoded_path()};
    if (url.has_query()) out.query = std::string{url.encoded_query()};
    out.has_fragment = url.has_fragment();
    return out;
}

} // namespace penstock::aws::detail
