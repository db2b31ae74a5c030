// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>

#include <penstock/aws/bucket_name.hpp>

#include <penstock/aws/region.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>

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

inline void parse_endpoint_url(const std::string& text, endpoint_settings& out) {
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
    out.custom = http::origin{std::move(host), port, https};
    // In the one encoding that signatures are made over.
    out.base_path = uri_encode(uri_decode(std::string_view{url.encoded_path()}).value_or(""), true);
    while (out.base_path.ends_with('/')) out.base_path.pop_back();
}

inline bool is_literal_address(const std::string& host) {
    boost::system::error_code not_one;
    boost::asio::ip::make_address(host, not_one);
    return !not_one;
}

/// Whether the bucket can be part of a host name: 3 to 63 of [a-z0-9.-], letters or digits around every dot.
inline bool fits_host_name(std::string_view bucket) noexcept {
    const auto inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (bucket.size() < 3 || bucket.size() > 63) return false;
    char before = '.';
    for (const char c : bucket) {
        if (!inner(c) && c != '-' && c != '.') return false;
        if (c == '.' && (before == '.' || before == '-')) return false;
        if (c == '-' && before == '.') return false;
        before = c;
    }
    return inner(before);
}

inline std::string host_with_port(const http::origin& to) {
    const auto url = to.url();
    return url.substr(url.find("//") + 2);
}

} // namespace detail

PENSTOCK_DECL endpoint_settings make_endpoint_settings(const endpoint_request& asked, const environment& env) {
    endpoint_settings out;
    auto url = asked.endpoint_url;
    if (url.empty()) url = env.get("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL").value_or("");
    if (!url.empty()) detail::parse_endpoint_url(url, out);

    out.path_style = asked.path_style;
    out.host_header = asked.host_header;
    if (!out.host_header.empty()) {
        if (!out.custom)
            throw_failure(failure{errc::invalid_option, "a host header without an endpoint",
                                  "set endpoint_url as well: the header alone would not change where requests go"});
        if (!http::valid_header("Host", out.host_header) || out.host_header.find_first_of(" \t/@") != std::string::npos)
            throw_failure(failure{errc::invalid_option, "the host header is no host"});
    }

    out.region = asked.region;
    if (out.region.empty()) out.region = env.get("AWS_REGION", "AWS_DEFAULT_REGION").value_or("");
    if (out.region.empty()) {
        const bool r2 = out.custom && out.custom->host.ends_with(".r2.cloudflarestorage.com");
        out.region = r2 ? "auto" : "us-east-1";
    }
    check_region(out.region, asked.check_region && !out.custom);
    return out;
}

PENSTOCK_DECL endpoint resolve_endpoint(const endpoint_settings& settings, std::string_view bucket) {
    endpoint out;
    out.region = settings.region;
    out.path_prefix = settings.base_path;
    if (settings.custom) {
        out.to = *settings.custom;
    } else {
        out.to = http::origin{"s3." + settings.region + "." + std::string{partition_of(settings.region).dns_suffix}, 443,
                              true};
    }
    if (!bucket.empty()) {
        if (!valid_bucket_name(bucket))
            throw_failure(failure{errc::invalid_option, bad_bucket_name(bucket)});
        const bool dotted = bucket.find('.') != std::string_view::npos;
        const bool in_host = !settings.path_style.value_or(settings.custom.has_value()) &&
                             detail::fits_host_name(bucket) && !(dotted && out.to.tls) &&
                             !detail::is_literal_address(out.to.host) && !detail::is_literal_address(std::string{bucket});
        if (in_host) {
            out.to.host.insert(0, std::string{bucket} + ".");
        } else {
            out.path_prefix += '/';
            append_uri_encoded(out.path_prefix, bucket);
        }
    }
    out.host_header = settings.host_header.empty() ? detail::host_with_port(out.to) : settings.host_header;
    return out;
}

} // namespace penstock::aws
