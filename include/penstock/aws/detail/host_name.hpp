// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/ascii.hpp>
#include <penstock/http/origin.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <string>
#include <string_view>

/// What can be, or be part of, the name of a host.
namespace penstock::aws::detail {

/// Whether `text` can be one label of a host name: 1 to 63 letters, digits and '-', none of these at the
/// ends.
constexpr bool is_host_label(std::string_view text) noexcept {
    const auto good = [](char c) {
        return penstock::detail::is_letter(c) || penstock::detail::is_digit(c) || c == '-';
    };
    return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), good) &&
           text.front() != '-' && text.back() != '-';
}

/// Whether the bucket can be part of a host name: 3 to 63 of [a-z0-9.-], letters or digits around every dot.
constexpr bool fits_host_name(std::string_view bucket) noexcept {
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

inline bool is_literal_address(std::string_view host) {
    boost::system::error_code not_one;
    boost::asio::ip::make_address(host, not_one);
    return !not_one;
}

/// The value of Host: with a port where it is not the scheme's own.
inline std::string host_with_port(const http::origin& to) {
    const auto url = to.url();
    return url.substr(url.find("//") + 2);
}

} // namespace penstock::aws::detail
