// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/request_options.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <iterator>

namespace penstock::s3::detail {

inline constexpr std::string_view own_headers[] = {
    "Host",       "Authorization", "Content-Length", "Transfer-Encoding",    "Connection", "Expect",
    "User-Agent", "Range",         "Date",           "x-amz-content-sha256", "x-amz-date", "x-amz-security-token",
    "Trailer",    "TE",            "Upgrade",        "Accept-Encoding",      "Content-MD5",
    "Keep-Alive", "x-amz-s3session-token", "x-amz-decoded-content-length",
};

PENSTOCK_DECL void add_extra_header(http::header_list& to, std::string_view name, std::string_view value) {
    const bool own = std::any_of(std::begin(own_headers), std::end(own_headers),
                                 [&](std::string_view n) { return http::iequals(n, name); });
    if (own)
        throw_failure(failure{errc::invalid_option, "the header " + std::string{name} + " is set by the client",
                              "leave it out; user agent, ranges and checksums have options of their own"});
    to.add(name, value);
}

} // namespace penstock::s3::detail
