// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/date_time.hpp>

#include <array>
#include <charconv>

namespace penstock::aws {
namespace detail {

inline constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
inline constexpr std::array<std::string_view, 7> weekday_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                               "Thursday", "Friday", "Saturday"};

/// Fields as written; `to_instant` checks their ranges.
struct date_time_fields {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    std::uint32_t nanoseconds = 0;

    std::optional<instant> to_instant() const {
        namespace chr = std::chrono;
        const chr::year_month_day date{chr::year{year}, chr::month{static_cast<unsigned>(month)},
                                       chr::day{static_cast<unsigned>(day)}};
        // 60 is a leap second: it runs into the next minute.
        if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
        const auto days = chr::sys_days{date}.time_since_epoch().count();
        return instant{((std::int64_t{days} * 24 + hour) * 60 + minute) * 60 + second, nanoseconds};
    }

    static std::optional<date_time_fields> from(instant t) {
        namespace chr = std::chrono;
        const auto days = chr::floor<chr::days>(chr::seconds{t.seconds});
        // 0000-01-01 and 9999-12-31; checked here, because chrono's year is narrower than the seconds.
        if (days.count() < -719528 || days.count() > 2932896) return std::nullopt;
        const chr::year_month_day date{chr::sys_days{days}};
        const auto rest = static_cast<int>(t.seconds - chr::seconds{days}.count());
        date_time_fields f;
        f.year = static_cast<int>(date.year());
        f.month = static_cast<int>(static_cast<unsigned>(date.month()));
        f.day = static_cast<int>(static_cast<unsigned>(date.day()));
        f.hour = rest / 3600;
        f.minute = rest / 60 % 60;
        f.second = rest % 60;
        f.nanoseconds = t.nanoseconds;
        return f;
    }
};

/// Takes a text apart from the left; any mismatch makes `ok` false for good.
struct date_time_scanner {
    std::string_view rest;
    bool ok = true;

    void literal(std::string_view expected) {
        if (!rest.starts_with(expected)) ok = false;
        if (ok) rest.remove_prefix(expected.size());
    }
    bool skip(char c) {
        if (!ok || !rest.starts_with(c)) return false;
        rest.remove_prefix(1);
        return true;
    }
    int digits(std::size_t n) {
        int value = 0;
        if (rest.size() < n) ok = false;
        for (std::size_t i = 0; ok && i < n; ++i) {
            if (rest[i] < '0' || rest[i] > '9') ok = false;
            value = value * 10 + (rest[i] - '0');
        }
        if (ok) rest.remove_prefix(n);
        return ok ? value : 0;
    }
    /// One of `names`, its first `letters` letters (0: all); counted from 0.
    template <std::size_t N>
    int name(const std::array<std::string_view, N>& names, std::size_t letters) {
        for (std::size_t i = 0; ok && i < N; ++i) {
            const auto text = letters ? names[i].substr(0, letters) : names[i];
            if (rest.starts_with(text)) {
                rest.remove_prefix(text.size());
                return static_cast<int>(i);
            }
        }
        ok = false;
        return 0;
    }
    /// ".123", or nothing.
    std::uint32_t fraction() {
        if (!skip('.')) return 0;
        std::uint32_t value = 0, scale = 100'000'000;
        std::size_t n = 0;
        for (; n < rest.size() && rest[n] >= '0' && rest[n] <= '9'; ++n, scale /= 10)
            value += static_cast<std::uint32_t>(rest[n] - '0') * scale;
        if (n == 0) ok = false;
        rest.remove_prefix(n);
        return ok ? value : 0;
    }
    void time(date_time_fields& f) {
        f.hour = digits(2);
        literal(":");
        f.minute = digits(2);
        literal(":");
        f.second = digits(2);
    }
    bool at_end() const { return ok && rest.empty(); }
};

PENSTOCK_DECL void put_digits(char* out, int value, int n) noexcept {
    for (int i = n - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

PENSTOCK_DECL void append_digits(std::string& out, int value, int n) {
    char text[8];
    put_digits(text, value, n);
    out.append(text, static_cast<std::size_t>(n));
}

PENSTOCK_DECL void append_time(std::string& out, const date_time_fields& f) {
    append_digits(out, f.hour, 2);
    out += ':';
    append_digits(out, f.minute, 2);
    out += ':';
    append_digits(out, f.second, 2);
}

PENSTOCK_DECL void append_fraction(std::string& out, std::uint32_t nanoseconds) {
    if (nanoseconds == 0) return;
    char text[10] = {'.'};
    put_digits(text + 1, static_cast<int>(nanoseconds), 9);
    std::string_view shown{text, sizeof text};
    while (shown.back() == '0') shown.remove_suffix(1);
    out.append(shown);
}

PENSTOCK_DECL std::optional<instant> parse_imf_fixdate(std::string_view text) {
    date_time_scanner in{text};
    date_time_fields f;
    in.name(weekday_names, 3);
    in.literal(", ");
    f.day = in.digits(2);
    in.literal(" ");
    f.month = in.name(month_names, 3) + 1;
    in.literal(" ");
    f.year = in.digits(4);
    in.literal(" ");
    in.time(f);
    f.nanoseconds = in.fraction();
    in.literal(" GMT");
    return in.at_end() ? f.to_instant() : std::nullopt;
}

PENSTOCK_DECL std::optional<instant> parse_rfc850_date(std::string_view text) {
    date_time_scanner in{text};
    date_time_fields f;
    in.name(weekday_names, 0);
    in.literal(", ");
    f.day = in.digits(2);
    in.literal("-");
    f.month = in.name(month_names, 3) + 1;
    in.literal("-");
    const int year = in.digits(2);
    f.year = year + (year < 70 ? 2000 : 1900);
    in.literal(" ");
    in.time(f);
    in.literal(" GMT");
    return in.at_end() ? f.to_instant() : std::nullopt;
}

PENSTOCK_DECL std::optional<instant> parse_asctime_date(std::string_view text) {
    date_time_scanner in{text};
    date_time_fields f;
    in.name(weekday_names, 3);
    in.literal(" ");
    f.month = in.name(month_names, 3) + 1;
    in.literal(" ");
    f.day = in.skip(' ') ? in.digits(1) : in.digits(2);
    in.literal(" ");
    in.time(f);
    in.literal(" ");
    f.year = in.digits(4);
    return in.at_end() ? f.to_instant() : std::nullopt;
}

} // namespace detail

PENSTOCK_DECL instant::instant(std::chrono::system_clock::time_point t) {
    namespace chr = std::chrono;
    // Not `chr::floor`, which overflows next to the ends of the clock.
    const auto since = t.time_since_epoch();
    const auto whole = chr::duration_cast<chr::seconds>(since);
    seconds = whole.count();
    auto rest = chr::duration_cast<chr::nanoseconds>(since - whole).count();
    if (rest < 0) {
        --seconds;
        rest += 1'000'000'000;
    }
    nanoseconds = static_cast<std::uint32_t>(rest);
}

PENSTOCK_DECL std::chrono::system_clock::time_point instant::to_wall_time() const noexcept {
    namespace chr = std::chrono;
    using clock = chr::system_clock;
    if (seconds >= chr::duration_cast<chr::seconds>(clock::duration::max()).count())
        return clock::time_point::max();
    if (seconds <= chr::duration_cast<chr::seconds>(clock::duration::min()).count())
        return clock::time_point::min();
    return clock::time_point{chr::duration_cast<clock::duration>(chr::seconds{seconds}) +
                             chr::duration_cast<clock::duration>(chr::nanoseconds{nanoseconds})};
}

PENSTOCK_DECL std::optional<instant> parse_amz_date(std::string_view text) {
    detail::date_time_scanner in{text};
    detail::date_time_fields f;
    f.year = in.digits(4);
    f.month = in.digits(2);
    f.day = in.digits(2);
    in.literal("T");
    f.hour = in.digits(2);
    f.minute = in.digits(2);
    f.second = in.digits(2);
    in.literal("Z");
    return in.at_end() ? f.to_instant() : std::nullopt;
}

PENSTOCK_DECL void write_amz_date(std::chrono::system_clock::time_point t, char (&out)[16]) noexcept {
    // The clock's range lies within 1677 to 2262, so that there always are fields.
    const auto f = detail::date_time_fields::from(instant{t}).value_or(detail::date_time_fields{});
    detail::put_digits(out, f.year, 4);
    detail::put_digits(out + 4, f.month, 2);
    detail::put_digits(out + 6, f.day, 2);
    out[8] = 'T';
    detail::put_digits(out + 9, f.hour, 2);
    detail::put_digits(out + 11, f.minute, 2);
    detail::put_digits(out + 13, f.second, 2);
    out[15] = 'Z';
}

PENSTOCK_DECL std::string format_amz_date(std::chrono::system_clock::time_point t) {
    char text[16];
    write_amz_date(t, text);
    return {text, sizeof text};
}

PENSTOCK_DECL std::optional<instant> parse_http_date(std::string_view text) {
    if (auto t = detail::parse_imf_fixdate(text)) return t;
    if (auto t = detail::parse_rfc850_date(text)) return t;
    return detail::parse_asctime_date(text);
}

PENSTOCK_DECL std::optional<std::string> format_http_date(instant t) {
    const auto f = detail::date_time_fields::from(t);
    if (!f) return std::nullopt;
    const auto days = std::chrono::floor<std::chrono::days>(std::chrono::seconds{t.seconds});
    const std::chrono::weekday weekday{std::chrono::sys_days{days}};
    std::string out{detail::weekday_names[weekday.c_encoding()].substr(0, 3)};
    out += ", ";
    detail::append_digits(out, f->day, 2);
    out += ' ';
    out += detail::month_names[static_cast<std::size_t>(f->month - 1)];
    out += ' ';
    detail::append_digits(out, f->year, 4);
    out += ' ';
    detail::append_time(out, *f);
    out += " GMT";
    return out;
}

PENSTOCK_DECL std::optional<instant> parse_iso8601(std::string_view text) {
    detail::date_time_scanner in{text};
    detail::date_time_fields f;
    f.year = in.digits(4);
    in.literal("-");
    f.month = in.digits(2);
    in.literal("-");
    f.day = in.digits(2);
    if (!in.skip('t')) in.literal("T");
    in.time(f);
    f.nanoseconds = in.fraction();
    int offset = 0; // minutes
    if (!in.skip('Z') && !in.skip('z')) {
        const int sign = in.skip('-') ? -1 : 1;
        if (sign > 0) in.literal("+");
        const int hours = in.digits(2);
        in.skip(':');
        const int minutes = in.digits(2);
        if (hours > 23 || minutes > 59) return std::nullopt;
        offset = sign * (hours * 60 + minutes);
    }
    if (!in.at_end()) return std::nullopt;
    auto t = f.to_instant();
    if (t) t->seconds -= std::int64_t{offset} * 60;
    return t;
}

PENSTOCK_DECL std::optional<std::string> format_iso8601(instant t) {
    const auto f = detail::date_time_fields::from(t);
    if (!f) return std::nullopt;
    std::string out;
    detail::append_digits(out, f->year, 4);
    out += '-';
    detail::append_digits(out, f->month, 2);
    out += '-';
    detail::append_digits(out, f->day, 2);
    out += 'T';
    detail::append_time(out, *f);
    detail::append_fraction(out, f->nanoseconds / 1000 * 1000);
    out += 'Z';
    return out;
}

PENSTOCK_DECL std::optional<instant> parse_epoch_seconds(std::string_view text) {
    instant t;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), t.seconds);
    if (error != std::errc{}) return std::nullopt;
    detail::date_time_scanner in{text.substr(static_cast<std::size_t>(end - text.data()))};
    t.nanoseconds = in.fraction();
    if (!in.at_end()) return std::nullopt;
    // No writer of this form makes it, and the sign would be lost.
    if (t.seconds == 0 && t.nanoseconds != 0 && text.starts_with('-')) return std::nullopt;
    return t;
}

PENSTOCK_DECL std::string format_epoch_seconds(instant t) {
    auto out = std::to_string(t.seconds);
    detail::append_fraction(out, t.nanoseconds);
    return out;
}

} // namespace penstock::aws
