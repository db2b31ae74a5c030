// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/numbers.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <fast_float/fast_float.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace penstock {
namespace detail {

/// What stands behind one sign; `allowed` false when there are two, or nothing.
inline std::string_view without_plus(std::string_view text, bool& allowed) noexcept {
    allowed = !text.empty();
    if (allowed && text.front() == '+') {
        text.remove_prefix(1);
        allowed = !text.empty() && text.front() != '-';
    }
    return text;
}

} // namespace detail

PENSTOCK_DECL std::optional<std::int64_t> parse_int64(std::string_view text) noexcept {
    bool allowed = false;
    text = detail::without_plus(text, allowed);
    if (!allowed) return std::nullopt;
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto r = std::from_chars(text.data(), end, value);
    if (r.ec != std::errc{} || r.ptr != end) return std::nullopt;
    return value;
}

PENSTOCK_DECL std::optional<double> parse_float64(std::string_view text) noexcept {
    bool allowed = false;
    text = detail::without_plus(text, allowed);
    if (!allowed) return std::nullopt;
    const bool negative = text.front() == '-';
    const auto magnitude = text.substr(negative);
    if (magnitude.empty()) return std::nullopt;

    const char c = magnitude.front();
    if (c != '.' && !detail::is_digit(c)) { // the number parser knows more names than we want
        double special = 0;
        if (magnitude == "NaN" || magnitude == "nan")
            special = std::numeric_limits<double>::quiet_NaN();
        else if (magnitude == "Infinity" || magnitude == "inf" || magnitude == "Inf")
            special = std::numeric_limits<double>::infinity();
        else
            return std::nullopt;
        return negative ? -special : special;
    }
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto r = fast_float::from_chars(text.data(), end, value);
    // Too small for any double is 0, as near as it gets; too large has no near value.
    const bool underflow = r.ec == std::errc::result_out_of_range && value == 0;
    if ((r.ec != std::errc{} && !underflow) || r.ptr != end || std::isinf(value)) return std::nullopt;
    return value;
}

PENSTOCK_DECL std::optional<bool> parse_boolean(std::string_view text) noexcept {
    if (text == "true" || text == "True" || text == "TRUE" || text == "1") return true;
    if (text == "false" || text == "False" || text == "FALSE" || text == "0") return false;
    return std::nullopt;
}

PENSTOCK_DECL bool is_canonical_int64(std::string_view text) noexcept {
    const auto digits = text.substr(!text.empty() && text.front() == '-');
    if (digits.empty() || !detail::is_digit(digits.front())) return false;
    if (digits.front() == '0' && text.size() > 1) return false;
    return parse_int64(text).has_value();
}

PENSTOCK_DECL void append_int64(std::string& out, std::int64_t value) {
    char text[24];
    const auto r = std::to_chars(text, text + sizeof text, value);
    out.append(text, r.ptr);
}

PENSTOCK_DECL void append_float64(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value < 0 ? "-Infinity" : "Infinity";
        return;
    }
    char text[32];
    const double size = std::fabs(value);
    const bool plain = size == 0 || (size >= 1e-5 && size < 1e16);
    const auto r = std::to_chars(text, text + sizeof text, value,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
    const std::string_view digits{text, static_cast<std::size_t>(r.ptr - text)};
    out += digits;
    if (plain && digits.find('.') == std::string_view::npos) out += ".0";
}

} // namespace penstock
