// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/values.hpp>
#include <penstock/config.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// Decimals: a value of `decimal128(precision, scale)` is `digits * 10^-scale`, where the digits are a number of 128 bits of at
// most `precision` decimal digits. Nothing here rounds but `to_double` and the conversions from `double`. All pure.

/// Reads an optional sign, digits with an optional point, and an optional exponent: "12.50", "-.5", "5.", "1e3". None when
/// `text` is anything else, has digits other than 0 beyond the scale, or more than `precision` digits.
PENSTOCK_DECL std::optional<decimal128_value> parse_decimal128(std::string_view text, int precision, int scale) noexcept;
PENSTOCK_DECL std::optional<decimal256_value> parse_decimal256(std::string_view text, int precision, int scale) noexcept;

/// All digits, `scale` of them behind the point: "12.50", "-0.05", "0.00"; zeros in place of a negative scale. (With more than
/// 76 zeros, which no schema of sense has: "5E-100".) Reads back as the same value.
PENSTOCK_DECL void append_decimal(std::string& out, const decimal128_value& value, int scale);
PENSTOCK_DECL void append_decimal(std::string& out, const decimal256_value& value, int scale);

/// At most `precision` digits.
PENSTOCK_DECL bool fits_precision(const decimal128_value& value, int precision) noexcept;
PENSTOCK_DECL bool fits_precision(const decimal256_value& value, int precision) noexcept;

/// The same number with another scale. None when it has digits beyond that, or more than `precision` digits.
PENSTOCK_DECL std::optional<decimal128_value> rescale(const decimal128_value& value, int from, int to,
                                                      int precision) noexcept;
PENSTOCK_DECL std::optional<decimal256_value> rescale(const decimal256_value& value, int from, int to,
                                                      int precision) noexcept;

/// By the numbers that they stand for.
PENSTOCK_DECL std::strong_ordering compare_decimals(const decimal256_value& a, int a_scale, const decimal256_value& b,
                                                    int b_scale) noexcept;

// Conversions. Those of bare numbers have scale 0.

template <std::integral T>
constexpr decimal128_value to_decimal128(T number) noexcept {
    return {static_cast<std::uint64_t>(number), number < T{0} ? -1 : 0};
}
constexpr decimal256_value to_decimal256(const decimal128_value& v) noexcept {
    const auto rest = v.high < 0 ? ~std::uint64_t{0} : 0;
    return {{v.low, static_cast<std::uint64_t>(v.high), rest, rest}};
}
template <std::integral T>
constexpr decimal256_value to_decimal256(T number) noexcept {
    return to_decimal256(to_decimal128(number));
}
/// None when it takes more than 128 bits.
constexpr std::optional<decimal128_value> to_decimal128(const decimal256_value& v) noexcept {
    const decimal128_value out{v.words[0], static_cast<std::int64_t>(v.words[1])};
    if (to_decimal256(out) != v) return std::nullopt;
    return out;
}

/// None when it has a fraction or does not fit.
PENSTOCK_DECL std::optional<std::int64_t> to_int64(const decimal256_value& value, int scale) noexcept;

/// The nearest double.
PENSTOCK_DECL double to_double(const decimal128_value& value, int scale) noexcept;
PENSTOCK_DECL double to_double(const decimal256_value& value, int scale) noexcept;

/// The nearest decimal, of two equally near ones the even one. None for NaN, infinity, and more than `precision` digits.
PENSTOCK_DECL std::optional<decimal128_value> to_decimal128(double number, int precision, int scale);
PENSTOCK_DECL std::optional<decimal256_value> to_decimal256(double number, int precision, int scale);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/decimal.ipp>
#endif
