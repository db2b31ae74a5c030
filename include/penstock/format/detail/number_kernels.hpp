// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace penstock::detail {

// Numbers eight digits at a time. These take what is common and say false to all else (other spellings, more
// digits, text that is no number), which the callers then read with numbers.hpp.

inline std::uint64_t load8(const char* p) noexcept {
    std::uint64_t x;
    std::memcpy(&x, p, 8);
    return x;
}

/// The number that eight digit values (0 to 9, the most significant in the lowest byte) make.
inline std::uint64_t digits8(std::uint64_t x) noexcept {
    x = x * 10 + (x >> 8);
    return ((x & 0x000000FF000000FFu) * 0x000F424000000064u +
            ((x >> 16 & 0x000000FF000000FFu) * 0x0000271000000001u)) >>
           32;
}

/// Not 0 when some byte is above 9.
inline std::uint64_t above_nine(std::uint64_t x) noexcept {
    return ((x + 0x7676767676767676u) | x) & 0x8080808080808080u;
}

inline constexpr double exact_powers_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// The text [first, last), not empty, with 16 readable bytes in front of `first`, as an integer of at most 18 digits;
/// `canonical`: neither with leading zeros nor "-0".
inline bool fast_int64(const char* first, const char* last, std::int64_t& out, bool canonical = true) noexcept {
    if constexpr (std::endian::native != std::endian::little) return false;
    const bool negative = *first == '-';
    const auto n = static_cast<std::size_t>(last - first) - negative;
    constexpr std::uint64_t zeros = 0x3030303030303030u;
    std::int64_t value;
    if (n <= 1) {
        value = static_cast<unsigned char>(last[-1] - '0');
        if (n == 0 || value > 9) return false;
    } else if (n <= 8) {
        const auto shift = 64 - 8 * n; // what stands in front of the digits goes out, zeros come in
        const auto x = (load8(last - 8) ^ zeros) >> shift << shift;
        if (above_nine(x)) return false;
        value = static_cast<std::int64_t>(digits8(x));
    } else if (n <= 16) {
        const auto shift = 128 - 8 * n;
        const auto low = load8(last - 8) ^ zeros;
        const auto high = (load8(last - 16) ^ zeros) >> shift << shift;
        if (above_nine(low) | above_nine(high)) return false;
        value = static_cast<std::int64_t>(digits8(high) * 100000000 + digits8(low));
    } else if (n <= 18) {
        const auto shift = 192 - 8 * n;
        const auto low = load8(last - 8) ^ zeros;
        const auto middle = load8(last - 16) ^ zeros;
        const auto high = (load8(last - 24) ^ zeros) >> shift << shift;
        if (above_nine(low) | above_nine(middle) | above_nine(high)) return false;
        value = static_cast<std::int64_t>((digits8(high) * 100000000 + digits8(middle)) * 100000000 + digits8(low));
    } else {
        return false;
    }
    if (canonical && first[negative] == '0' && last - first > 1) return false; // leading zeros, "-0"
    out = negative ? -value : value;
    return true;
}

/// The text [first, last), not empty, with 16 readable bytes in front of `first`, as a decimal of at most 15
/// digits (8 without a point) and no exponent: its digits and its power of ten are exact doubles, so one
/// division rounds right. `canonical`: without leading zeros; `json`: with digits on both sides of a point.
inline bool fast_float64(const char* first, const char* last, double& out, bool canonical = true,
                         bool json = false) noexcept {
    if constexpr (std::endian::native != std::endian::little) return false;
    const bool negative = *first == '-';
    const auto n = static_cast<std::size_t>(last - first) - negative;
    constexpr std::uint64_t zeros = 0x3030303030303030u;
    constexpr std::uint64_t points = 0x1E1E1E1E1E1E1E1Eu; // '.' ^ '0' in each byte
    const auto find_point = [](std::uint64_t x) {
        const auto y = x ^ points;
        return (y - 0x0101010101010101u) & ~y & 0x8080808080808080u; // its lowest bit is exact
    };
    // Takes the byte at bit `at` out; those below move up one.
    const auto close_gap = [](std::uint64_t x, unsigned at) {
        const auto low = x & ((std::uint64_t{1} << at) - 1);
        return (x >> at >> 8 << at << 8) | low << 8;
    };
    double value;
    if (n <= 8) {
        if (n == 0) return false;
        const auto shift = 64 - 8 * n;
        auto x = (load8(last - 8) ^ zeros) >> shift << shift;
        unsigned decimals = 0;
        if (const auto point = find_point(x)) {
            if (n == 1) return false;
            const auto at = static_cast<unsigned>(std::countr_zero(point)) - 7;
            decimals = 7 - (at >> 3);
            x = close_gap(x, at);
        }
        if (above_nine(x)) return false;
        value = static_cast<double>(static_cast<std::int64_t>(digits8(x))) / exact_powers_of_ten[decimals];
    } else if (n <= 16) {
        const auto shift = 128 - 8 * n;
        auto low = load8(last - 8) ^ zeros;
        auto high = (load8(last - 16) ^ zeros) >> shift << shift;
        unsigned decimals = 0;
        if (const auto point = find_point(low)) {
            const auto at = static_cast<unsigned>(std::countr_zero(point)) - 7;
            decimals = 7 - (at >> 3);
            low = close_gap(low, at) | high >> 56;
            high <<= 8;
        } else if (const auto in_high = find_point(high)) {
            const auto at = static_cast<unsigned>(std::countr_zero(in_high)) - 7;
            decimals = 15 - (at >> 3);
            high = close_gap(high, at);
        } else {
            return false; // an integer of nine digits or more: the caller looks whether a double holds it
        }
        if (above_nine(low) | above_nine(high)) return false;
        value = static_cast<double>(static_cast<std::int64_t>(digits8(high) * 100000000 + digits8(low))) /
                exact_powers_of_ten[decimals];
    } else {
        return false;
    }
    const char* digits = first + negative;
    if (canonical && digits[0] == '0' && n > 1 && digits[1] != '.') return false; // leading zeros
    if (json && (digits[0] == '.' || last[-1] == '.')) return false;
    out = negative ? -value : value;
    return true;
}

} // namespace penstock::detail
