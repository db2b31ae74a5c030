// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace penstock::detail {

/// How many of `count` bits from `first` on are 1.
inline std::size_t count_ones(const std::byte* bits, std::size_t first, std::size_t count) noexcept {
    std::size_t n = 0;
    for (; count != 0 && first % 8 != 0; ++first, --count) n += bit(bits, first);
    const auto* p = bits + first / 8;
    for (; count >= 64; count -= 64, p += 8) {
        std::uint64_t word;
        std::memcpy(&word, p, 8);
        n += static_cast<std::size_t>(std::popcount(word));
    }
    for (std::size_t i = 0; i < count; ++i) n += bit(p, i);
    return n;
}

/// `count` bits (at least 1) from `first` on, as if they began with a byte. The last byte has no other bits.
inline void copy_bits(std::byte* out, const std::byte* bits, std::size_t first, std::size_t count) noexcept {
    const auto* in = bits + first / 8;
    const auto shift = static_cast<unsigned>(first % 8);
    const auto size = (count + 7) / 8;
    const auto last = (first + count - 1) / 8 - first / 8; // what lies behind it may not be readable
    for (std::size_t i = 0; i < size; ++i) {
        auto word = static_cast<unsigned>(in[i]) >> shift;
        if (shift && i < last) word |= static_cast<unsigned>(in[i + 1]) << (8 - shift);
        out[i] = static_cast<std::byte>(word);
    }
    if (count % 8) out[size - 1] &= static_cast<std::byte>((1u << count % 8) - 1);
}

} // namespace penstock::detail
