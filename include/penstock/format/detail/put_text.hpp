// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/columnar/detail/magnitude.hpp>
#include <penstock/format/detail/civil.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

// Texts of numbers, dates and times into memory that has the room: what `append_int64` and its kin write
// (format/numbers.hpp, format/dates.hpp), for those who know how much a row may take and ask for it once. Each gives the end.

namespace penstock::detail {

/// No text of this file takes more memory, with what is written behind some of them: a timestamp with a year of twelve digits has
/// 29 bytes, a double at most 25.
inline constexpr std::size_t longest_put = 40;

struct two_digits {
    char text[200];
};
inline constexpr two_digits digit_pairs = [] {
    two_digits out{};
    for (int i = 0; i < 100; ++i) {
        out.text[2 * i] = static_cast<char>('0' + i / 10);
        out.text[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return out;
}();

/// Two digits. Precondition: below 100.
inline char* put_pair(char* to, std::uint32_t value) noexcept {
    std::memcpy(to, digit_pairs.text + 2 * static_cast<std::size_t>(value), 2);
    return to + 2;
}

/// How many digits a number has; 0 has one.
inline std::size_t count_digits(std::uint64_t value) noexcept {
    const auto bits = static_cast<std::size_t>(std::bit_width(value | 1));
    const auto guess = bits * 1233 >> 12; // log10(2) = 1233 / 4096, nearly
    return guess + (value >= powers_of_ten[guess]) + (value == 0);
}

/// Eight digits, the first one lowest, of a number below 10^8. (Pairs of four, then of two digits are split side by side.)
constexpr std::uint64_t digits_of(std::uint32_t value) noexcept {
    const auto fours = std::uint64_t{value / 10'000} | std::uint64_t{value % 10'000} << 32;
    const auto hundreds = (fours * 10'486 >> 20) & 0x0000007f0000007f;
    const auto pairs = hundreds | (fours - 100 * hundreds) << 16;
    const auto tens = (pairs * 103 >> 10) & 0x000f000f000f000f;
    return tens | (pairs - 10 * tens) << 8;
}

/// Eight bytes, the lowest one first.
inline void put_bytes(char* to, std::uint64_t bytes) noexcept {
    if constexpr (std::endian::native == std::endian::little)
        std::memcpy(to, &bytes, 8);
    else
        for (int i = 0; i < 8; ++i) to[i] = static_cast<char>(bytes >> 8 * i & 0xff);
}
inline constexpr std::uint64_t eight_zeros = 0x3030303030303030;

/// The `width` digits of a number that has no more, zeros in front; eight bytes are written. Precondition: at most 8.
inline char* put_few(char* to, std::uint32_t value, std::size_t width) noexcept {
    put_bytes(to, eight_zeros + digits_of(value * static_cast<std::uint32_t>(powers_of_ten[8 - width])));
    return to + width;
}

/// The lowest `width` digits, zeros in front.
inline char* put_padded(char* to, std::uint64_t value, std::size_t width) noexcept {
    auto i = width;
    for (; i >= 2; i -= 2, value /= 100) put_pair(to + i - 2, static_cast<std::uint32_t>(value % 100));
    if (i == 1) *to = static_cast<char>('0' + value % 10);
    return to + width;
}

/// Writes up to seven bytes behind its digits.
inline char* put_uint64(char* to, std::uint64_t value) noexcept {
    constexpr std::uint32_t eight_digits = 100'000'000;
    if (value >= eight_digits) {
        const auto rest = value / eight_digits;
        to = rest < eight_digits ? put_uint64(to, rest) : put_padded(to, rest, count_digits(rest));
        return put_few(to, static_cast<std::uint32_t>(value % eight_digits), 8);
    }
    const auto digits = digits_of(static_cast<std::uint32_t>(value));
    const auto zeros = static_cast<unsigned>(std::countr_zero(digits | std::uint64_t{1} << 56)) & ~7u;
    put_bytes(to, (eight_zeros + digits) >> zeros);
    return to + 8 - zeros / 8;
}

inline char* put_int64(char* to, std::int64_t value) noexcept {
    const bool negative = value < 0;
    *to = '-';
    return put_uint64(to + negative, negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
}

/// A number of few digits, at most `Decimals` of them behind the point; null where it is none.
///
/// Of all texts of at most `digits10` digits just one reads as a given number, so there is none shorter; and what is below 2^53
/// (2^24) divided by an exact power of ten is that text's number, both being rounded once.
template <std::size_t Decimals, class T>
char* put_short_float(char* to, T value) noexcept {
    constexpr auto scale = powers_of_ten[Decimals];
    constexpr T most = static_cast<T>(powers_of_ten[std::numeric_limits<T>::digits10]);
    const T size = std::fabs(value) * static_cast<T>(scale);
    if (!(size < most)) return nullptr;
    const auto digits = static_cast<std::int64_t>(size + T(0.5));
    if (static_cast<T>(digits) / static_cast<T>(scale) != std::fabs(value)) return nullptr;
    *to = '-';
    to += std::signbit(value);
    const auto front = static_cast<std::uint64_t>(digits) / scale;
    const auto behind = static_cast<std::uint32_t>(static_cast<std::uint64_t>(digits) - front * scale);
    to = put_uint64(to, front);
    *to++ = '.';
    if constexpr (Decimals == 2) {
        put_pair(to, behind);
        return to + (behind % 10 == 0 ? 1 : 2);
    }
    auto* end = put_few(to, behind, Decimals);
    while (end - to > 1 && end[-1] == '0') --end;
    return end;
}

inline char* put_text(char* to, std::string_view text) noexcept {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

/// With an exponent from `large` on.
template <class T>
char* put_float(char* to, T value, T large) noexcept {
    const T size = std::fabs(value);
    const bool plain = size == 0 || (size >= T(1e-5) && size < large);
    if (plain) {
        if (auto* end = put_short_float<2>(to, value)) return end;
        if (auto* end = put_short_float<std::numeric_limits<T>::digits10 / 2>(to, value)) return end;
    } else if (std::isnan(value)) {
        return put_text(to, "NaN");
    } else if (std::isinf(value)) {
        return put_text(to, value < 0 ? "-Infinity" : "Infinity");
    }
    const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
    auto* const end = std::to_chars(to, to + longest_put, value, form).ptr;
    if (!plain || std::memchr(to, '.', static_cast<std::size_t>(end - to))) return end;
    return put_text(end, ".0");
}
inline char* put_float64(char* to, double value) noexcept { return put_float(to, value, 1e16); }
inline char* put_float32(char* to, float value) noexcept { return put_float(to, value, 1e7f); }

/// Four digits, or a sign and as many as it takes.
inline char* put_year(char* to, std::int64_t year) noexcept {
    if (year >= 0 && year <= 9999) {
        put_pair(to, static_cast<std::uint32_t>(year / 100));
        return put_pair(to + 2, static_cast<std::uint32_t>(year % 100));
    }
    *to++ = year < 0 ? '-' : '+';
    const auto size = static_cast<std::uint64_t>(year < 0 ? -year : year);
    return put_padded(to, size, size < 10'000 ? 4 : count_digits(size));
}

inline void append_year(std::string& out, std::int64_t year) {
    char text[longest_put];
    out.append(text, put_year(text, year));
}
/// Precondition: not negative.
inline void append_padded(std::string& out, std::int64_t value, int width) {
    char text[longest_put];
    out.append(text, put_padded(text, static_cast<std::uint64_t>(value), static_cast<std::size_t>(width)));
}

/// YYYY-MM-DD of a day since 1970.
inline char* put_civil(char* to, std::int64_t days) noexcept {
    const auto d = civil_from_days(days);
    to = put_year(to, d.year);
    *to++ = '-';
    to = put_pair(to, static_cast<std::uint32_t>(d.month));
    *to++ = '-';
    return put_pair(to, static_cast<std::uint32_t>(d.day));
}

/// HH:MM:SS, and the fraction that the unit has. Precondition: within a day.
template <time_unit Unit>
char* put_clock(char* to, std::int64_t value) noexcept {
    constexpr auto decimals = static_cast<std::size_t>(decimals_of(Unit));
    constexpr auto each = powers_of_ten[decimals];
    const auto whole = static_cast<std::uint64_t>(value);
    const auto all = static_cast<std::uint32_t>(whole / each);
    to = put_pair(to, all / 3600);
    *to++ = ':';
    to = put_pair(to, all / 60 % 60);
    *to++ = ':';
    to = put_pair(to, all % 60);
    if constexpr (decimals > 0) {
        const auto fraction = static_cast<std::uint32_t>(whole - all * each);
        *to++ = '.';
        to = decimals > 8 ? put_padded(to, fraction, decimals) : put_few(to, fraction, std::min<std::size_t>(decimals, 8));
    }
    return to;
}

/// `f` with the unit as a constant.
template <class F>
char* with_unit(time_unit unit, const F& f) noexcept {
    switch (unit) {
    case time_unit::second: return f.template operator()<time_unit::second>();
    case time_unit::millisecond: return f.template operator()<time_unit::millisecond>();
    case time_unit::microsecond: return f.template operator()<time_unit::microsecond>();
    default: return f.template operator()<time_unit::nanosecond>();
    }
}

inline char* put_clock(char* to, std::int64_t value, time_unit unit) noexcept {
    return with_unit(unit, [&]<time_unit Unit>() noexcept { return put_clock<Unit>(to, value); });
}

/// `put_day(to, days)` writes the day.
template <class PutDay>
char* put_timestamp(char* to, std::int64_t value, time_unit unit, bool utc, const PutDay& put_day) noexcept {
    return with_unit(unit, [&]<time_unit Unit>() noexcept {
        constexpr auto a_day = seconds_a_day * units_a_second(Unit);
        const floored days{value, a_day};
        auto* at = put_day(to, days.quotient);
        *at++ = 'T';
        at = put_clock<Unit>(at, days.rest);
        *at = 'Z';
        return at + utc;
    });
}

} // namespace penstock::detail
