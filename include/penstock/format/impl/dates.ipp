// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/dates.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/detail/civil.hpp>
#include <penstock/format/detail/put_text.hpp>

#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace penstock {
namespace detail {

inline bool take_date(text_cursor& at, std::int64_t& days) noexcept {
    civil_day d;
    const bool negative = !at.text.empty() && at.text.front() == '-';
    const bool signed_year = at.take('-') || at.take('+');
    if (!at.digits(4, signed_year ? 12 : 4, d.year)) return false;
    if (negative && d.year == 0) return false;
    if (negative) d.year = -d.year;
    std::int64_t month = 0;
    std::int64_t day = 0;
    if (!at.take('-') || !at.digits(2, 2, month) || !at.take('-') || !at.digits(2, 2, day)) return false;
    d.month = static_cast<int>(month);
    d.day = static_cast<int>(day);
    if (!exists(d)) return false;
    days = days_from_civil(d);
    return true;
}

inline bool take_time(text_cursor& at, std::int64_t& seconds, std::int64_t& nanoseconds) noexcept {
    int hours = 0;
    int minutes = 0;
    int s = 0;
    nanoseconds = 0;
    if (!at.two(24, hours) || !at.take(':') || !at.two(60, minutes)) return false;
    if (at.take(':')) {
        if (!at.two(60, s)) return false;
        if (at.take('.') && !at.nanoseconds(nanoseconds)) return false;
    }
    seconds = hours * 3600 + minutes * 60 + s;
    return true;
}

/// The parts of an ISO 8601 duration: what has a length of its own each.
struct span_parts {
    std::int64_t months = 0;
    std::int64_t days = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0; // of the sign of the seconds
    bool has_months = false;
    bool has_days = false;
};

inline bool add_times(std::int64_t& to, std::int64_t n, std::int64_t times) noexcept {
    std::int64_t product = 0;
    return !__builtin_mul_overflow(n, times, &product) && !__builtin_add_overflow(to, product, &to);
}

/// PnYnMnWnDTnHnMnS, each number with a sign of its own, one for all in front; of seconds a fraction.
inline bool parse_span(std::string_view text, span_parts& out) noexcept {
    constexpr std::string_view order = "YMWDhms"; // in front of T upper case, behind it lower
    text_cursor at{text};
    const bool all_negative = at.take('-');
    if (!all_negative) at.take('+');
    if (!at.take('P')) return false;
    bool time = false;
    bool any = false;
    std::size_t next = 0;
    while (!at.text.empty()) {
        if (!time && at.take('T')) {
            time = true;
            any = false;
            continue;
        }
        const bool negative = at.take('-');
        if (!negative) at.take('+');
        std::int64_t n = 0;
        std::int64_t fraction = 0;
        const auto first = at.text;
        while (!at.text.empty() && is_digit(at.text.front())) at.text.remove_prefix(1);
        const std::string_view digits{first.data(), first.size() - at.text.size()};
        if (std::from_chars(digits.data(), digits.data() + digits.size(), n).ec != std::errc{}) return false;
        const bool point = at.take('.');
        if (point && !at.nanoseconds(fraction)) return false;
        if (at.text.empty()) return false;
        const auto letter = time ? static_cast<char>(is_letter(at.text.front()) && at.text.front() == upper(at.text.front())
                                                         ? lower(at.text.front())
                                                         : '?')
                                 : at.text.front();
        at.text.remove_prefix(1);
        const auto place = order.find(letter);
        if (place == order.npos || place < next || (point && letter != 's')) return false;
        next = place + 1;
        any = true;
        if (negative != all_negative) n = -n, fraction = -fraction;
        constexpr std::int64_t each[] = {12, 1, 7, 1, 3600, 60, 1};
        auto& to = place < 2 ? out.months : place < 4 ? out.days : out.seconds;
        (place < 2 ? out.has_months : out.has_days) |= place < 4;
        if (!add_times(to, n, each[place])) return false;
        out.nanoseconds += fraction;
    }
    return any;
}

/// Seconds and nanoseconds that may differ in sign, in units.
inline std::optional<std::int64_t> span_units(std::int64_t seconds, std::int64_t nanoseconds, time_unit unit) noexcept {
    if (nanoseconds < 0) {
        if (seconds == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
        --seconds;
        nanoseconds += nanoseconds_a_second;
    }
    return to_units(seconds, nanoseconds, unit);
}

template <class T>
bool narrow(std::int64_t from, T& to) noexcept {
    to = static_cast<T>(from);
    return std::in_range<T>(from);
}

inline void append_fraction(std::string& out, std::int64_t units, int decimals, bool trim) {
    if (decimals == 0 || (trim && units == 0)) return;
    out += '.';
    append_padded(out, units, decimals);
    while (trim && out.back() == '0') out.pop_back();
}

inline void append_number(std::string& out, std::int64_t n) {
    char text[longest_put];
    out.append(text, put_int64(text, n));
}

/// "-1.5S" from units.
inline void append_seconds(std::string& out, std::int64_t value, time_unit unit) {
    const auto each = units_a_second(unit);
    if (value < 0) out += '-';
    const auto whole = value / each;
    append_number(out, whole < 0 ? -whole : whole);
    const auto rest = value % each;
    append_fraction(out, rest < 0 ? -rest : rest, decimals_of(unit), true);
    out += 'S';
}

} // namespace detail

PENSTOCK_DECL std::optional<std::int32_t> parse_date32(std::string_view text) noexcept {
    detail::text_cursor at{text};
    std::int64_t days = 0;
    std::int32_t out = 0;
    if (!detail::take_date(at, days) || !at.text.empty() || !detail::narrow(days, out)) return std::nullopt;
    return out;
}

PENSTOCK_DECL std::optional<std::int64_t> parse_date64(std::string_view text) noexcept {
    detail::text_cursor at{text};
    std::int64_t days = 0;
    if (!detail::take_date(at, days) || !at.text.empty()) return std::nullopt;
    std::int64_t out = 0;
    if (__builtin_mul_overflow(days, detail::seconds_a_day * 1000, &out)) return std::nullopt;
    return out;
}

PENSTOCK_DECL bool is_time_of_day(std::int64_t value, time_unit unit) noexcept {
    return value >= 0 && value < detail::seconds_a_day * detail::units_a_second(unit);
}

PENSTOCK_DECL std::optional<std::int64_t> parse_time(std::string_view text, time_unit unit) noexcept {
    detail::text_cursor at{text};
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    if (!detail::take_time(at, seconds, nanoseconds) || !at.text.empty()) return std::nullopt;
    return detail::to_units(seconds, nanoseconds, unit);
}

PENSTOCK_DECL std::optional<std::int64_t> parse_timestamp(std::string_view text, time_unit unit, bool utc) noexcept {
    detail::text_cursor at{text};
    std::int64_t days = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    std::int64_t offset = 0;
    if (!detail::take_date(at, days)) return std::nullopt;
    if (!at.text.empty() || utc) {
        if (!at.take('T') && !at.take(' ')) return std::nullopt;
        if (!detail::take_time(at, seconds, nanoseconds)) return std::nullopt;
        if (utc && !at.offset(offset)) return std::nullopt;
        if (!at.text.empty()) return std::nullopt;
    }
    seconds -= offset;
    if (days < 0) { // the first day of all does not fit before its seconds are added
        ++days;
        seconds -= detail::seconds_a_day;
    }
    if (!detail::add_times(seconds, days, detail::seconds_a_day)) return std::nullopt;
    return detail::to_units(seconds, nanoseconds, unit);
}

PENSTOCK_DECL std::optional<std::int64_t> parse_duration(std::string_view text, time_unit unit) noexcept {
    std::int64_t units = 0;
    const auto* end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, units);
    if (number.ptr == end && !text.empty()) {
        if (number.ec != std::errc{}) return std::nullopt;
        return units;
    }
    detail::span_parts p;
    if (!detail::parse_span(text, p) || p.has_months) return std::nullopt;
    if (!detail::add_times(p.seconds, p.days, detail::seconds_a_day)) return std::nullopt;
    return detail::span_units(p.seconds, p.nanoseconds, unit);
}

PENSTOCK_DECL std::optional<std::int32_t> parse_interval_months(std::string_view text) noexcept {
    detail::span_parts p;
    std::int32_t out = 0;
    if (!detail::parse_span(text, p) || p.has_days || p.seconds || p.nanoseconds) return std::nullopt;
    if (!detail::narrow(p.months, out)) return std::nullopt;
    return out;
}

PENSTOCK_DECL std::optional<day_time_interval> parse_interval_day_time(std::string_view text) noexcept {
    detail::span_parts p;
    day_time_interval out;
    if (!detail::parse_span(text, p) || p.has_months) return std::nullopt;
    const auto time = detail::span_units(p.seconds, p.nanoseconds, time_unit::millisecond);
    if (!time || !detail::narrow(p.days, out.days) || !detail::narrow(*time, out.milliseconds)) return std::nullopt;
    return out;
}

PENSTOCK_DECL std::optional<month_day_nano_interval> parse_interval_month_day_nano(std::string_view text) noexcept {
    detail::span_parts p;
    month_day_nano_interval out;
    if (!detail::parse_span(text, p)) return std::nullopt;
    const auto time = detail::span_units(p.seconds, p.nanoseconds, time_unit::nanosecond);
    if (!time || !detail::narrow(p.months, out.months) || !detail::narrow(p.days, out.days)) return std::nullopt;
    out.nanoseconds = *time;
    return out;
}

PENSTOCK_DECL void append_date32(std::string& out, std::int32_t days) {
    char text[detail::longest_put];
    out.append(text, detail::put_civil(text, days));
}

PENSTOCK_DECL bool append_date64(std::string& out, std::int64_t milliseconds) {
    const detail::floored days{milliseconds, detail::seconds_a_day * 1000};
    if (days.rest != 0) return false;
    char text[detail::longest_put];
    out.append(text, detail::put_civil(text, days.quotient));
    return true;
}

PENSTOCK_DECL bool append_time(std::string& out, std::int64_t value, time_unit unit) {
    if (!is_time_of_day(value, unit)) return false;
    char text[detail::longest_put];
    out.append(text, detail::put_clock(text, value, unit));
    return true;
}

PENSTOCK_DECL void append_timestamp(std::string& out, std::int64_t value, time_unit unit, bool utc) {
    char text[detail::longest_put];
    out.append(text, detail::put_timestamp(text, value, unit, utc, detail::put_civil));
}

PENSTOCK_DECL void append_duration(std::string& out, std::int64_t value, time_unit unit) {
    if (value == 0) {
        out += "PT0S";
        return;
    }
    // Every part is written without a sign; the smallest value has no positive one, but its parts do.
    const auto each = detail::units_a_second(unit);
    const auto part = [](std::int64_t v) { return v < 0 ? -v : v; };
    if (value < 0) out += '-';
    const auto seconds = value / each;
    const auto rest = part(value % each);
    const auto days = part(seconds / detail::seconds_a_day);
    const auto clock = part(seconds % detail::seconds_a_day);
    out += 'P';
    const auto put = [&out](std::int64_t n, char letter) {
        if (n == 0) return;
        detail::append_number(out, n);
        out += letter;
    };
    put(days, 'D');
    if (clock == 0 && rest == 0) return;
    out += 'T';
    put(clock / 3600, 'H');
    put(clock / 60 % 60, 'M');
    if (clock % 60 == 0 && rest == 0) return;
    detail::append_number(out, clock % 60);
    detail::append_fraction(out, rest, detail::decimals_of(unit), true);
    out += 'S';
}

PENSTOCK_DECL void append_interval_months(std::string& out, std::int32_t months) {
    out += 'P';
    detail::append_number(out, months);
    out += 'M';
}

PENSTOCK_DECL void append_interval_day_time(std::string& out, const day_time_interval& v) {
    out += 'P';
    detail::append_number(out, v.days);
    out += 'D';
    if (v.milliseconds == 0) return;
    out += 'T';
    detail::append_seconds(out, v.milliseconds, time_unit::millisecond);
}

PENSTOCK_DECL void append_interval_month_day_nano(std::string& out, const month_day_nano_interval& v) {
    append_interval_months(out, v.months);
    detail::append_number(out, v.days);
    out += 'D';
    if (v.nanoseconds == 0) return;
    out += 'T';
    detail::append_seconds(out, v.nanoseconds, time_unit::nanosecond);
}

} // namespace penstock
