// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <compare>
#include <cstdint>

namespace penstock {

// Values of columns that C++ has no type for, laid out as Arrow has them in memory.

/// A half-precision number: IEEE 754 binary16. Compares by its bits; `to_float` (`columnar/float16.hpp`) gives the number.
struct float16 {
    std::uint16_t bits = 0;
    friend bool operator==(float16, float16) = default;
};

/// A two's complement number of 128 bits: a decimal's digits without their point, which its type tells.
/// `columnar/decimal.hpp` has texts and conversions.
struct decimal128_value {
    std::uint64_t low = 0;
    std::int64_t high = 0;
    friend constexpr bool operator==(const decimal128_value&, const decimal128_value&) = default;
    /// Of numbers of one scale.
    friend constexpr std::strong_ordering operator<=>(const decimal128_value& a, const decimal128_value& b) noexcept {
        return a.high != b.high ? a.high <=> b.high : a.low <=> b.low;
    }
};

/// The same in 256 bits, the least significant word first.
struct decimal256_value {
    std::uint64_t words[4] = {};
    friend constexpr bool operator==(const decimal256_value&, const decimal256_value&) = default;
    /// Of numbers of one scale.
    friend constexpr std::strong_ordering operator<=>(const decimal256_value& a, const decimal256_value& b) noexcept {
        if (a.words[3] != b.words[3])
            return static_cast<std::int64_t>(a.words[3]) <=> static_cast<std::int64_t>(b.words[3]);
        for (int i = 2; i > 0; --i)
            if (a.words[i] != b.words[i]) return a.words[i] <=> b.words[i];
        return a.words[0] <=> b.words[0];
    }
};

struct day_time_interval {
    std::int32_t days = 0;
    std::int32_t milliseconds = 0;
    friend bool operator==(const day_time_interval&, const day_time_interval&) = default;
};

struct month_day_nano_interval {
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::int64_t nanoseconds = 0;
    friend bool operator==(const month_day_nano_interval&, const month_day_nano_interval&) = default;
};

} // namespace penstock
