// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/date_format.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/civil.hpp>
#include <penstock/format/detail/put_text.hpp>
#include <penstock/format/numbers.hpp>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace penstock {
namespace detail {

inline constexpr std::string_view month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                                   "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::string_view day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/// What a text said.
struct date_fields {
    civil_day day;
    std::int64_t day_of_year = 0; // 0: not said
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t nanosecond = 0;
    std::int64_t offset = 0;
    bool afternoon = false;
    bool half_days = false;
    std::int64_t since_1970 = 0;
    bool before_1970 = false; // so is the fraction

    /// Seconds since 1970; none where there is no such moment.
    std::optional<std::int64_t> seconds() const noexcept {
        if (!exists(day) || hour > 23 || minute > 59 || second > 59) return std::nullopt;
        if (half_days && (hour < 1 || hour > 12)) return std::nullopt;
        if (day_of_year > 365 + is_leap_year(day.year)) return std::nullopt;
        auto days = days_from_civil(day);
        if (day_of_year > 0) days += day_of_year - 1;
        const auto h = half_days ? hour % 12 + (afternoon ? 12 : 0) : hour;
        std::int64_t out = 0;
        if (__builtin_mul_overflow(days, seconds_a_day, &out) ||
            __builtin_add_overflow(out, h * 3600 + minute * 60 + second - offset + since_1970, &out))
            return std::nullopt;
        return out;
    }
};

inline bool is_white(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

inline void skip_white(text_cursor& at) noexcept {
    while (!at.text.empty() && is_white(at.text.front())) at.text.remove_prefix(1);
}

/// A name, whole or its first three letters; -1 for none.
inline int take_name(text_cursor& at, std::span<const std::string_view> names) noexcept {
    for (const bool whole : {true, false})
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto name = whole ? names[i] : names[i].substr(0, 3);
            if (!iequals(at.text.substr(0, name.size()), name)) continue;
            at.text.remove_prefix(name.size());
            return static_cast<int>(i);
        }
    return -1;
}

} // namespace detail

PENSTOCK_DECL void date_format::compile(std::string_view pattern, int depth) {
    const auto refuse = [&](std::string why) {
        throw_failure({errc::invalid_option, "date format \"" + printable(pattern, 64) + "\": " + std::move(why)});
    };
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            parts_.push_back({static_cast<char>(detail::is_white(pattern[i])), pattern[i]});
            continue;
        }
        if (++i == pattern.size()) refuse("it ends behind a %");
        const char c = pattern[i];
        switch (c) {
        case '%': parts_.push_back({0, '%'}); break;
        case 'n': parts_.push_back({1, '\n'}); break;
        case 't': parts_.push_back({1, '\t'}); break;
        case 'F': compile("%Y-%m-%d", depth + 1); break;
        case 'T': compile("%H:%M:%S", depth + 1); break;
        case 'R': compile("%H:%M", depth + 1); break;
        case 'D': compile("%m/%d/%y", depth + 1); break;
        case 'h': parts_.push_back({'b'}); break;
        default:
            if (std::string_view{"YymdeHMSjbBaAIpfzs"}.find(c) == std::string_view::npos)
                refuse(std::string{"there is no directive %"} + printable({&c, 1}));
            parts_.push_back({c});
        }
    }
    if (depth) return;
    const auto has = [this](std::string_view directives) {
        for (const auto& p : parts_)
            if (p.directive > 1 && directives.find(p.directive) != directives.npos) return true;
        return false;
    };
    if (has("I") != has("p")) refuse("%I and %p belong together");
    if (has("j") && has("mdebB")) refuse("%j says the day and the month");
    if (has("s") && has("YymdeHMSjbBaAIpz")) refuse("%s says all");
    has_date_ = has("YymdejbBs");
    has_time_ = has("HMSIfs");
    has_zone_ = has("zs");
}

PENSTOCK_DECL date_format::date_format(std::string_view pattern) { compile(pattern, 0); }

PENSTOCK_DECL bool date_format::parse(std::string_view text, detail::date_fields& out) const noexcept {
    detail::text_cursor at{text};
    const auto digits = [&](std::size_t most, std::int64_t& to) { return at.digits(1, most, to); };
    for (const auto& p : parts_) {
        std::int64_t n = 0;
        bool fine = true;
        switch (p.directive) {
        case 0: fine = at.take(p.character); break;
        case 1: detail::skip_white(at); break;
        case 'Y': {
            const bool negative = !at.text.empty() && at.text.front() == '-';
            const bool has_sign = at.take('-') || at.take('+');
            fine = at.digits(4, has_sign ? 12 : 4, n) && !(negative && n == 0);
            out.day.year = negative ? -n : n;
            break;
        }
        case 'y':
            fine = at.digits(2, 2, n);
            out.day.year = n + (n < 69 ? 2000 : 1900);
            break;
        case 'm':
            fine = digits(2, n);
            out.day.month = static_cast<int>(n);
            break;
        case 'e': at.take(' '); [[fallthrough]];
        case 'd':
            fine = digits(2, n);
            out.day.day = static_cast<int>(n);
            break;
        case 'j': fine = digits(3, out.day_of_year) && out.day_of_year > 0; break;
        case 'b':
        case 'B':
            out.day.month = detail::take_name(at, detail::month_names) + 1;
            fine = out.day.month != 0;
            break;
        case 'a':
        case 'A': fine = detail::take_name(at, detail::day_names) >= 0; break;
        case 'H': fine = digits(2, out.hour); break;
        case 'I':
            fine = digits(2, out.hour);
            out.half_days = true;
            break;
        case 'p':
            out.afternoon = detail::iequals(at.text.substr(0, 2), "pm");
            fine = out.afternoon || detail::iequals(at.text.substr(0, 2), "am");
            if (fine) at.text.remove_prefix(2);
            break;
        case 'M': fine = digits(2, out.minute); break;
        case 'S': fine = digits(2, out.second); break;
        case 'f': fine = at.nanoseconds(out.nanosecond); break;
        case 'z': fine = at.offset(out.offset); break;
        case 's': {
            out.before_1970 = at.take('-');
            fine = digits(18, n);
            out.since_1970 = out.before_1970 ? -n : n;
            break;
        }
        default: fine = false;
        }
        if (!fine) return false;
    }
    if (out.before_1970 && out.nanosecond != 0) {
        out.since_1970 -= 1;
        out.nanosecond = 1'000'000'000 - out.nanosecond;
    }
    return at.text.empty();
}

PENSTOCK_DECL std::optional<std::int64_t> date_format::parse_timestamp(std::string_view text, time_unit unit) const noexcept {
    detail::date_fields f;
    if (!parse(text, f)) return std::nullopt;
    const auto seconds = f.seconds();
    if (!seconds) return std::nullopt;
    return detail::to_units(*seconds, f.nanosecond, unit);
}

PENSTOCK_DECL std::optional<std::int32_t> date_format::parse_date32(std::string_view text) const noexcept {
    detail::date_fields f;
    if (!parse(text, f)) return std::nullopt;
    const auto seconds = f.seconds();
    if (!seconds || f.nanosecond != 0) return std::nullopt;
    const detail::floored days{*seconds, detail::seconds_a_day};
    if (days.rest != 0 || !std::in_range<std::int32_t>(days.quotient)) return std::nullopt;
    return static_cast<std::int32_t>(days.quotient);
}

PENSTOCK_DECL std::optional<std::int64_t> date_format::parse_time(std::string_view text, time_unit unit) const noexcept {
    detail::date_fields f;
    if (has_date_ || !parse(text, f)) return std::nullopt;
    const auto seconds = f.seconds();
    if (!seconds || *seconds < 0 || *seconds >= detail::seconds_a_day) return std::nullopt;
    return detail::to_units(*seconds, f.nanosecond, unit);
}

PENSTOCK_DECL void date_format::append_timestamp(std::string& out, std::int64_t value, time_unit unit) const {
    const detail::floored time{value, detail::units_a_second(unit)};
    const detail::floored days{time.quotient, detail::seconds_a_day};
    const auto d = detail::civil_from_days(days.quotient);
    const auto hour = days.rest / 3600;
    const auto weekday = static_cast<std::size_t>(detail::floored{days.quotient + 4, 7}.rest);
    const auto month = detail::month_names[d.month - 1];
    const auto has = [this](char directive) {
        return std::any_of(parts_.begin(), parts_.end(), [directive](const part& p) { return p.directive == directive; });
    };
    // "-1.25" is a quarter of a second further from 1970 than "-1".
    const bool mirrored = time.quotient < 0 && time.rest != 0 && has('s') && has('f');
    for (const auto& p : parts_) {
        switch (p.directive) {
        case 'Y': detail::append_year(out, d.year); break;
        case 'y': detail::append_padded(out, detail::floored{d.year, 100}.rest, 2); break;
        case 'm': detail::append_padded(out, d.month, 2); break;
        case 'd': detail::append_padded(out, d.day, 2); break;
        case 'e':
            if (d.day < 10) out += ' ';
            detail::append_padded(out, d.day, d.day < 10 ? 1 : 2);
            break;
        case 'j':
            detail::append_padded(out, days.quotient - detail::days_from_civil({d.year, 1, 1}) + 1, 3);
            break;
        case 'b': out += month.substr(0, 3); break;
        case 'B': out += month; break;
        case 'a': out += detail::day_names[weekday].substr(0, 3); break;
        case 'A': out += detail::day_names[weekday]; break;
        case 'H': detail::append_padded(out, hour, 2); break;
        case 'I': detail::append_padded(out, (hour + 11) % 12 + 1, 2); break;
        case 'p': out += hour < 12 ? "AM" : "PM"; break;
        case 'M': detail::append_padded(out, days.rest / 60 % 60, 2); break;
        case 'S': detail::append_padded(out, days.rest % 60, 2); break;
        case 'f': detail::append_padded(out, mirrored ? detail::units_a_second(unit) - time.rest : time.rest, unit == time_unit::second ? 1 : detail::decimals_of(unit)); break;
        case 'z': out += "+0000"; break;
        case 's':
            if (mirrored) out += '-';
            append_int64(out, mirrored ? -(time.quotient + 1) : time.quotient);
            break;
        default: out += p.character;
        }
    }
}

} // namespace penstock
