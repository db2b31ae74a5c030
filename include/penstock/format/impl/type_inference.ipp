// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/type_inference.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/dates.hpp>
#include <penstock/format/numbers.hpp>

namespace penstock {
namespace detail {

/// -?(0|[1-9][0-9]*|)(.[0-9]*)?([eE][+-]?[0-9]+)? with at least one digit in front of the exponent.
inline bool is_decimal(std::string_view t) noexcept {
    std::size_t i = 0;
    const auto digits = [&] {
        const auto first = i;
        while (i < t.size() && is_digit(t[i])) ++i;
        return i - first;
    };
    if (i < t.size() && t[i] == '-') ++i;
    const auto start = i;
    const auto whole = digits();
    if (whole > 1 && t[start] == '0') return false;
    std::size_t fraction = 0;
    if (i < t.size() && t[i] == '.') {
        ++i;
        fraction = digits();
    }
    if (whole + fraction == 0) return false;
    if (i < t.size() && lower(t[i]) == 'e') {
        ++i;
        if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
        if (digits() == 0) return false;
    }
    return i == t.size();
}

inline bool is_digits(std::string_view t) noexcept {
    for (const char c : t)
        if (!is_digit(c)) return false;
    return true;
}

/// Only what begins with a year of four digits, a month and a day.
inline text_kind classify_date(std::string_view t) noexcept {
    if (t.size() == 10) return parse_date32(t) ? text_kind::date : text_kind::string;
    if (t.size() < 16) return text_kind::string;
    if (parse_timestamp(t, time_unit::microsecond, false)) return text_kind::timestamp;
    return parse_timestamp(t, time_unit::microsecond, true) ? text_kind::utc_timestamp : text_kind::string;
}

} // namespace detail

PENSTOCK_DECL text_kind classify(std::string_view text) noexcept {
    double value;
    return classify(text, value);
}

PENSTOCK_DECL text_kind classify(std::string_view text, double& value) noexcept {
    if (text.empty()) return text_kind::string;
    const char c = text.front();
    const bool number =
        c == '-' || c == '.' || detail::is_digit(c) || detail::lower(c) == 'n' || detail::lower(c) == 'i';
    if (!number) {
        const bool truth = text.size() > 1 && parse_boolean(text).has_value();
        return truth ? text_kind::boolean : text_kind::string;
    }
    if (text.size() >= 10 && text[4] == '-' && text[7] == '-' && detail::is_digit(c)) return detail::classify_date(text);
    const auto magnitude = text.substr(c == '-');
    const char first = magnitude.empty() ? '\0' : detail::lower(magnitude.front());
    const bool named = first == 'n' || first == 'i';
    if (!named && !detail::is_decimal(text)) return text_kind::string;
    if (!named && detail::is_digits(magnitude) && text != "-0") {
        constexpr std::int64_t exact = std::int64_t{1} << 53;
        const auto whole = parse_int64(text);
        if (!whole) return text_kind::string; // a double would lose digits
        return *whole >= -exact && *whole <= exact ? text_kind::int64 : text_kind::wide_int64;
    }
    const auto parsed = parse_float64(text);
    value = parsed.value_or(0);
    return parsed ? text_kind::float64 : text_kind::string;
}

PENSTOCK_DECL text_kind join(text_kind a, text_kind b) noexcept {
    if (a == b) return a;
    if (a == text_kind::null) return b;
    if (b == text_kind::null) return a;
    const auto pair = [&](text_kind x, text_kind y) { return (a == x && b == y) || (a == y && b == x); };
    if (pair(text_kind::int64, text_kind::wide_int64)) return text_kind::wide_int64;
    if (pair(text_kind::int64, text_kind::float64)) return text_kind::float64;
    if (pair(text_kind::date, text_kind::timestamp)) return text_kind::timestamp;
    return text_kind::string;
}

PENSTOCK_DECL bool fits(text_kind k, data_type type) noexcept {
    switch (type.id()) {
    case type_id::boolean:
        return k == text_kind::boolean;
    case type_id::int64:
        return k == text_kind::int64 || k == text_kind::wide_int64;
    case type_id::float64:
        return k == text_kind::int64 || k == text_kind::float64;
    case type_id::date32:
        return k == text_kind::date;
    case type_id::timestamp:
        if (!type.time_zone().empty()) return k == text_kind::utc_timestamp;
        return k == text_kind::date || k == text_kind::timestamp;
    case type_id::string:
        return true;
    default:
        return false;
    }
}

PENSTOCK_DECL data_type type_of(text_kind k) noexcept {
    switch (k) {
    case text_kind::boolean:
        return data_type::boolean();
    case text_kind::int64:
    case text_kind::wide_int64:
        return data_type::int64();
    case text_kind::float64:
        return data_type::float64();
    case text_kind::date:
        return data_type::date32();
    case text_kind::timestamp:
        return data_type::timestamp(time_unit::microsecond);
    case text_kind::utc_timestamp:
        return data_type::timestamp(time_unit::microsecond, "UTC");
    case text_kind::null:
    case text_kind::string:
        break;
    }
    return data_type::string();
}

} // namespace penstock
