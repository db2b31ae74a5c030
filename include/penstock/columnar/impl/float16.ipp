// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/float16.hpp>

#include <bit>
#include <cmath>
#include <cstdint>

namespace penstock {

PENSTOCK_DECL float to_float(float16 half) noexcept {
    const auto sign = static_cast<std::uint32_t>(half.bits & 0x8000u) << 16;
    const std::uint32_t exponent = half.bits >> 10 & 0x1f;
    const std::uint32_t mantissa = half.bits & 0x3ff;
    if (exponent == 0) { // zero, or a subnormal number: mantissa * 2^-24
        const auto number = std::bit_cast<std::uint32_t>(static_cast<float>(mantissa) * 0x1p-24f);
        return std::bit_cast<float>(sign | number);
    }
    const auto wide = exponent == 0x1f ? 0xffu : exponent + (127 - 15);
    return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

PENSTOCK_DECL float16 to_float16(double number) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    const auto sign = static_cast<std::uint16_t>(bits >> 48 & 0x8000);
    const auto with = [sign](std::uint64_t rest) { return float16{static_cast<std::uint16_t>(sign | rest)}; };
    if (number != number) {
        const auto payload = bits >> 42 & 0x3ff;
        return with(0x7c00 | (payload ? payload : 0x200)); // what is left of it must not be infinity
    }
    const auto size = std::fabs(number);
    if (size >= 65520) return with(0x7c00);
    if (size < 0x1p-14) { // in steps of 2^-24: the largest of them round up to the smallest normal number by themselves
        return with(static_cast<std::uint64_t>(std::nearbyint(size * 0x1p24)));
    }
    // Round half to even at bit 42: an overflow of the mantissa carries into the exponent, as it should.
    auto rest = bits & ~(std::uint64_t{1} << 63);
    rest += (std::uint64_t{1} << 41) - 1 + (rest >> 42 & 1);
    return with((rest >> 42) - (std::uint64_t{1023 - 15} << 10));
}

PENSTOCK_DECL float16 to_float16(float number) noexcept {
    if (number != number) { // a conversion to double may make a signalling NaN quiet
        const auto bits = std::bit_cast<std::uint32_t>(number);
        const auto payload = bits >> 13 & 0x3ff;
        return {static_cast<std::uint16_t>((bits >> 16 & 0x8000) | 0x7c00 | (payload ? payload : 0x200))};
    }
    return to_float16(static_cast<double>(number));
}

} // namespace penstock
