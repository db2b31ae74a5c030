// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::detail {

/// A day of the proleptic Gregorian calendar.
struct civil_day {
    std::int64_t year = 1970;
    int month = 1;
    int day = 1;
};

constexpr bool is_leap_year(std::int64_t y) noexcept { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); }
constexpr int days_in_month(std::int64_t year, int month) noexcept {
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return lengths[month - 1] + (month == 2 && is_leap_year(year));
}
constexpr bool exists(const civil_day& d) noexcept {
    return d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= days_in_month(d.year, d.month);
}

/// Days since 1970-01-01. Precondition: the day exists, |year| below 10^13. Years begin in March here, so that the day
/// that may be missing is the last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
constexpr std::int64_t days_from_civil(const civil_day& d) noexcept {
    const auto y = d.year - (d.month <= 2);
    const auto era = (y >= 0 ? y : y - 399) / 400;
    const auto year_of_era = y - era * 400;
    const auto day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}
constexpr civil_day civil_from_days(std::int64_t days) noexcept {
    days += 719468;
    const auto era = (days >= 0 ? days : days - 146096) / 146097;
    const auto day_of_era = days - era * 146097;
    const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const auto m = (5 * day_of_year + 2) / 153;
    civil_day out;
    out.month = static_cast<int>(m < 10 ? m + 3 : m - 9);
    out.day = static_cast<int>(day_of_year - (153 * m + 2) / 5 + 1);
    out.year = year_of_era + era * 400 + (out.month <= 2);
    return out;
}

inline constexpr std::int64_t seconds_a_day = 86400;
inline constexpr std::int64_t nanoseconds_a_second = 1000000000;

constexpr int decimals_of(time_unit u) noexcept { return 3 * static_cast<int>(u); }
constexpr std::int64_t units_a_second(time_unit u) noexcept {
    constexpr std::int64_t n[] = {1, 1000, 1000000, nanoseconds_a_second};
    return n[static_cast<int>(u)];
}

/// Seconds and nanoseconds of them in units; none where that is no whole number or does not fit.
constexpr std::optional<std::int64_t> to_units(std::int64_t seconds, std::int64_t nanoseconds, time_unit unit) noexcept {
    const auto each = nanoseconds_a_second / units_a_second(unit);
    if (nanoseconds % each != 0) return std::nullopt;
    std::int64_t out = 0;
    auto fraction = nanoseconds / each;
    // The most negative value does not fit before its fraction is added.
    if (seconds < 0 && fraction > 0) {
        ++seconds;
        fraction -= units_a_second(unit);
    }
    if (__builtin_mul_overflow(seconds, units_a_second(unit), &out) || __builtin_add_overflow(out, fraction, &out))
        return std::nullopt;
    return out;
}

/// Takes text from the front of `text`.
struct text_cursor {
    std::string_view text;

    bool take(char c) noexcept {
        if (text.empty() || text.front() != c) return false;
        text.remove_prefix(1);
        return true;
    }
    /// `least` to `most` digits, 18 at most.
    bool digits(std::size_t least, std::size_t most, std::int64_t& out) noexcept {
        std::size_t n = 0;
        out = 0;
        for (; n < most && n < text.size() && text[n] >= '0' && text[n] <= '9'; ++n) out = out * 10 + (text[n] - '0');
        text.remove_prefix(n);
        return n >= least;
    }
    bool two(int below, int& out) noexcept {
        std::int64_t v = 0;
        if (!digits(2, 2, v) || v >= below) return false;
        out = static_cast<int>(v);
        return true;
    }
    /// Digits of a fraction, at least one; none but zeros behind the ninth.
    bool nanoseconds(std::int64_t& out) noexcept {
        const auto before = text.size();
        if (!digits(1, 9, out)) return false;
        for (auto n = before - text.size(); n < 9; ++n) out *= 10;
        while (take('0')) {}
        return text.empty() || text.front() < '0' || text.front() > '9';
    }
    /// Z or an offset, in seconds.
    bool offset(std::int64_t& out) noexcept {
        out = 0;
        if (take('Z')) return true;
        const bool negative = !text.empty() && text.front() == '-';
        if (!take('-') && !take('+')) return false;
        int hours = 0;
        int minutes = 0;
        if (!two(24, hours)) return false;
        const bool more = take(':') || (!text.empty() && text.front() >= '0' && text.front() <= '9');
        if (more && !two(60, minutes)) return false;
        out = hours * 3600 + minutes * 60;
        if (negative) out = -out;
        return true;
    }
};

/// Quotient rounded down, and what remains.
struct floored {
    std::int64_t quotient;
    std::int64_t rest;
    constexpr floored(std::int64_t value, std::int64_t by) noexcept : quotient{value / by}, rest{value % by} {
        if (rest < 0) {
            rest += by;
            --quotient;
        }
    }
};

} // namespace penstock::detail
