// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// Numbers and truth values as text. No locale, no leading or trailing space. Pure.

/// Decimal digits with an optional sign; leading zeros are allowed. None when `text` is anything else or does
/// not fit.
PENSTOCK_DECL std::optional<std::int64_t> parse_int64(std::string_view text) noexcept;

/// A decimal number, nearest double: "1", "-0.5", ".5", "5.", "1e5", with an optional sign; also NaN, nan,
/// inf, Inf, Infinity. None for anything else and for numbers beyond the largest double.
PENSTOCK_DECL std::optional<double> parse_float64(std::string_view text) noexcept;

/// true, True, TRUE, 1, false, False, FALSE, 0.
PENSTOCK_DECL std::optional<bool> parse_boolean(std::string_view text) noexcept;

/// `text` is just what `append_int64` writes for some value: no plus sign, no leading zero, no "-0", in
/// range.
PENSTOCK_DECL bool is_canonical_int64(std::string_view text) noexcept;

PENSTOCK_DECL void append_int64(std::string& out, std::int64_t value);

/// The shortest text that reads back as the same double, always with a point or an exponent, so that its type
/// can be told again: "40.0", "0.1", "1e+16". Exponents from 1e16 on and below 1e-5. NaN, Infinity,
/// -Infinity.
PENSTOCK_DECL void append_float64(std::string& out, double value);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/numbers.ipp>
#endif
