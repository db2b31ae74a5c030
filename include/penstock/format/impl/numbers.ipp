// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/numbers.hpp>

#include <penstock/columnar/float16.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/detail/number_kernels.hpp>
#include <penstock/format/detail/put_text.hpp>

#include <fast_float/fast_float.h>

#include <bit>
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

/// Of 1 to 18 digits: no other integers, but 64 bits hold them all.
inline std::optional<std::int64_t> parse_digits(std::string_view text) noexcept {
    std::uint64_t value = 0;
    if constexpr (std::endian::native == std::endian::little) {
        for (; text.size() >= 8; text.remove_prefix(8)) {
            const auto digits = load8(text.data()) ^ 0x3030303030303030u;
            if (above_nine(digits)) return std::nullopt;
            value = value * 100000000 + digits8(digits);
        }
    }
    for (const char c : text) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return static_cast<std::int64_t>(value);
}

} // namespace detail

PENSTOCK_DECL std::optional<std::int64_t> parse_int64(std::string_view text) noexcept {
    bool allowed = false;
    text = detail::without_plus(text, allowed);
    if (!allowed) return std::nullopt;
    const bool negative = text.front() == '-';
    if (const auto digits = text.substr(negative); digits.size() - 1 < 18) {
        const auto magnitude = detail::parse_digits(digits);
        return negative && magnitude ? -*magnitude : magnitude;
    }
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto r = std::from_chars(text.data(), end, value);
    if (r.ec != std::errc{} || r.ptr != end) return std::nullopt;
    return value;
}

PENSTOCK_DECL std::optional<std::uint64_t> parse_uint64(std::string_view text) noexcept {
    bool allowed = false;
    text = detail::without_plus(text, allowed);
    if (!allowed) return std::nullopt;
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto r = std::from_chars(text.data(), end, value);
    if (r.ec != std::errc{} || r.ptr != end) return std::nullopt;
    return value;
}

namespace detail {

template <class T>
std::optional<T> parse_float(std::string_view text) noexcept {
    bool allowed = false;
    text = without_plus(text, allowed);
    if (!allowed) return std::nullopt;
    const bool negative = text.front() == '-';
    const auto magnitude = text.substr(negative);
    if (magnitude.empty()) return std::nullopt;

    const char c = magnitude.front();
    if (c != '.' && !is_digit(c)) { // the number parser knows more names than we want
        T special = 0;
        if (magnitude == "NaN" || magnitude == "nan")
            special = std::numeric_limits<T>::quiet_NaN();
        else if (magnitude == "Infinity" || magnitude == "inf" || magnitude == "Inf")
            special = std::numeric_limits<T>::infinity();
        else
            return std::nullopt;
        return negative ? -special : special;
    }
    T value = 0;
    const auto* end = text.data() + text.size();
    const auto r = fast_float::from_chars(text.data(), end, value);
    // Too small for any number of that width is 0, as near as it gets; too large has no near value.
    const bool underflow = r.ec == std::errc::result_out_of_range && value == 0;
    if ((r.ec != std::errc{} && !underflow) || r.ptr != end || std::isinf(value)) return std::nullopt;
    return value;
}

/// The digits of a decimal number without zeros at either end, and the power of ten of a point in front of them.
struct decimal_digits {
    std::string digits;
    std::int64_t exponent = 0;

    /// Precondition: a number that `parse_float` reads.
    explicit decimal_digits(std::string_view text) {
        bool point = false;
        std::size_t i = text.front() == '-' || text.front() == '+';
        for (; i < text.size() && lower(text[i]) != 'e'; ++i) {
            if (text[i] == '.') {
                point = true;
            } else if (digits.empty() && text[i] == '0') {
                exponent -= point;
            } else {
                digits += text[i];
                exponent += !point;
            }
        }
        if (i < text.size()) {
            std::int64_t shift = 0;
            i += text[i + 1] == '+' ? 2 : 1;
            std::from_chars(text.data() + i, text.data() + text.size(), shift);
            exponent += shift;
        }
        while (!digits.empty() && digits.back() == '0') digits.pop_back();
    }
};

/// Whether the number that stands in `text` is nearer to 0 than `exact` (-1), just that (0), or farther. Precondition:
/// `exact` is not 0 and has at most 60 digits.
inline int compare_magnitude(std::string_view text, double exact) {
    char digits[80];
    const auto end = std::to_chars(digits, digits + sizeof digits, std::fabs(exact), std::chars_format::scientific, 60).ptr;
    const decimal_digits a{text};
    const decimal_digits b{{digits, static_cast<std::size_t>(end - digits)}};
    if (a.exponent != b.exponent) return a.exponent < b.exponent ? -1 : 1;
    const auto order = a.digits.compare(b.digits);
    return order < 0 ? -1 : order > 0;
}

} // namespace detail

PENSTOCK_DECL std::optional<double> parse_float64(std::string_view text) noexcept {
    return detail::parse_float<double>(text);
}
PENSTOCK_DECL std::optional<float> parse_float32(std::string_view text) noexcept {
    return detail::parse_float<float>(text);
}

PENSTOCK_DECL std::optional<float16> parse_float16(std::string_view text) noexcept {
    const auto wide = parse_float64(text);
    if (!wide) return std::nullopt;
    constexpr std::uint16_t infinity = 0x7c00;
    auto near = to_float16(*wide);
    if (std::isnan(*wide) || std::isinf(*wide)) return near;
    // A double half way between two neighbours may be the text's rounded to a double: then the text decides.
    const auto sign = static_cast<std::uint16_t>(near.bits & 0x8000);
    const auto size = static_cast<std::uint16_t>(near.bits & 0x7fff);
    const auto value_of = [](unsigned bits) { // 2^16 stands for infinity here
        return bits == infinity ? 65536.0 : static_cast<double>(to_float(float16{static_cast<std::uint16_t>(bits)}));
    };
    const auto magnitude = std::fabs(*wide);
    const unsigned below = size > 0 && value_of(size) > magnitude ? size - 1u : size;
    if (below < infinity && magnitude != 0 && magnitude == (value_of(below) + value_of(below + 1)) / 2) {
        const auto order = detail::compare_magnitude(text, *wide);
        const unsigned even = below & 1 ? below + 1 : below;
        const unsigned chosen = order < 0 ? below : order > 0 ? below + 1 : even;
        near.bits = static_cast<std::uint16_t>(sign | chosen);
    }
    if ((near.bits & 0x7fff) == infinity) return std::nullopt; // beyond the largest number
    return near;
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

namespace detail {

template <class T>
void append_put(std::string& out, char* (*put)(char*, T) noexcept, T value) {
    char text[longest_put];
    out.append(text, put(text, value));
}

} // namespace detail

PENSTOCK_DECL void append_int64(std::string& out, std::int64_t value) { detail::append_put(out, detail::put_int64, value); }
PENSTOCK_DECL void append_uint64(std::string& out, std::uint64_t value) { detail::append_put(out, detail::put_uint64, value); }
PENSTOCK_DECL void append_float64(std::string& out, double value) { detail::append_put(out, detail::put_float64, value); }
PENSTOCK_DECL void append_float32(std::string& out, float value) { detail::append_put(out, detail::put_float32, value); }

PENSTOCK_DECL void append_float16(std::string& out, float16 value) {
    const auto number = static_cast<double>(to_float(value));
    if (!std::isfinite(number)) return append_float64(out, number);
    // Five digits tell all of them apart.
    for (int digits = 0; digits < 5; ++digits) {
        char text[16];
        const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::scientific, digits).ptr;
        const auto shorter = *parse_float64({text, static_cast<std::size_t>(end - text)});
        if (to_float16(shorter) != value) continue;
        append_float64(out, shorter);
        return;
    }
}

} // namespace penstock
