// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

// The instruction set of the kernels; PENSTOCK_PORTABLE_KERNELS asks for none, for tests. Not __SSE2__
// itself: where levels are chosen at run time, the compiler's own macros do not tell the level of a function.
#if defined(__SSE2__) && !defined(PENSTOCK_PORTABLE_KERNELS)
#define PENSTOCK_CSV_SSE2 1
#include <emmintrin.h>
#endif

namespace penstock::csv::detail {

#if defined(PENSTOCK_CSV_SSE2)
struct block_bytes {
    __m128i part[4];

    explicit block_bytes(const char* p) noexcept {
        for (int i = 0; i < 4; ++i) part[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p) + i);
    }
    std::uint64_t equal(char c) const noexcept {
        const auto wanted = _mm_set1_epi8(c);
        std::uint64_t bits = 0;
        for (int i = 0; i < 4; ++i) {
            const auto m = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(part[i], wanted)));
            bits |= static_cast<std::uint64_t>(m) << (16 * i);
        }
        return bits;
    }
};
#else
struct block_bytes {
    const char* bytes;

    explicit block_bytes(const char* p) noexcept : bytes{p} {}
    std::uint64_t equal(char c) const noexcept {
        std::uint64_t bits = 0;
        for (int i = 0; i < 64; ++i) bits |= static_cast<std::uint64_t>(bytes[i] == c) << i;
        return bits;
    }
};
#endif

/// Bit i is the xor of bits 0 to i.
inline std::uint64_t prefix_xor(std::uint64_t x) noexcept {
    for (int shift = 1; shift < 64; shift *= 2) x ^= x << shift;
    return x;
}

/// Without the instruction, the library's popcount is a call.
inline std::size_t count_ones(std::uint64_t x) noexcept {
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return static_cast<std::size_t>(x * 0x0101010101010101u >> 56);
}

/// Writes where the bits of `mask` are, behind `base`. May write 8 positions more than there are bits.
inline std::uint32_t* put_positions(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) noexcept {
    const auto n = count_ones(mask);
    // Eight at once without asking: how many there are in a block cannot be predicted.
    for (std::size_t i = 0; i < 8; ++i) {
        out[i] = base + static_cast<std::uint32_t>(std::countr_zero(mask | std::uint64_t{1} << 63));
        mask &= mask - 1;
    }
    for (std::size_t i = 8; i < n; ++i) {
        out[i] = base + static_cast<std::uint32_t>(std::countr_zero(mask));
        mask &= mask - 1;
    }
    return out + n;
}

} // namespace penstock::csv::detail
