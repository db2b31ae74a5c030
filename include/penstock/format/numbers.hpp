// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/values.hpp>
#include <penstock/config.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {

// Numbers and truth values as text. No locale, no leading or trailing space. Pure.

/// Decimal digits with an optional sign; leading zeros are allowed. None when `text` is anything else or does
/// not fit.
PENSTOCK_DECL std::optional<std::int64_t> parse_int64(std::string_view text) noexcept;

PENSTOCK_DECL std::optional<std::uint64_t> parse_uint64(std::string_view text) noexcept;

/// The same for any width: what is out of its range is none.
template <std::integral T>
std::optional<T> parse_integer(std::string_view text) noexcept {
    if constexpr (std::signed_integral<T>) {
        const auto wide = parse_int64(text);
        if (!wide || !std::in_range<T>(*wide)) return std::nullopt;
        return static_cast<T>(*wide);
    } else {
        const auto wide = parse_uint64(text);
        if (!wide || !std::in_range<T>(*wide)) return std::nullopt;
        return static_cast<T>(*wide);
    }
}

/// A decimal number, nearest double: "1", "-0.5", ".5", "5.", "1e5", with an optional sign; also NaN, nan,
/// inf, Inf, Infinity. None for anything else and for numbers beyond the largest double.
PENSTOCK_DECL std::optional<double> parse_float64(std::string_view text) noexcept;

/// The same texts, rounded once to the nearest number of that width.
PENSTOCK_DECL std::optional<float> parse_float32(std::string_view text) noexcept;
PENSTOCK_DECL std::optional<float16> parse_float16(std::string_view text) noexcept;

/// true, True, TRUE, 1, false, False, FALSE, 0.
PENSTOCK_DECL std::optional<bool> parse_boolean(std::string_view text) noexcept;

/// `text` is just what `append_int64` writes for some value: no plus sign, no leading zero, no "-0", in
/// range.
PENSTOCK_DECL bool is_canonical_int64(std::string_view text) noexcept;

PENSTOCK_DECL void append_int64(std::string& out, std::int64_t value);
PENSTOCK_DECL void append_uint64(std::string& out, std::uint64_t value);

/// The shortest text that reads back as the same double, always with a point or an exponent, so that its type
/// can be told again: "40.0", "0.1", "1e+16". Exponents from 1e16 on and below 1e-5. NaN, Infinity,
/// -Infinity.
PENSTOCK_DECL void append_float64(std::string& out, double value);
/// The shortest that reads back as the same number of that width; exponents of floats from 1e7 on.
PENSTOCK_DECL void append_float32(std::string& out, float value);
PENSTOCK_DECL void append_float16(std::string& out, float16 value);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/numbers.ipp>
#endif
