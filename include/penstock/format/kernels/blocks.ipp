// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Masks of 64 bytes. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

#if PENSTOCK_LEVEL == 3
struct block {
    __m512i bytes;
};
PENSTOCK_STEP block load_block(const char* p) noexcept { return {_mm512_loadu_si512(p)}; }
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    return _mm512_cmpeq_epi8_mask(b.bytes, _mm512_set1_epi8(c));
}
PENSTOCK_STEP bool any_equal(const block& b, char c) noexcept { return equal(b, c) != 0; }
PENSTOCK_STEP void store_block(char* p, const block& b) noexcept { _mm512_storeu_si512(p, b.bytes); }
#elif PENSTOCK_LEVEL == 2
struct block {
    __m256i low, high;
};
PENSTOCK_STEP block load_block(const char* p) noexcept {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
}
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    const auto wanted = _mm256_set1_epi8(c);
    const auto low = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.low, wanted)));
    const auto high = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.high, wanted)));
    return low | std::uint64_t{high} << 32;
}
PENSTOCK_STEP bool any_equal(const block& b, char c) noexcept {
    const auto wanted = _mm256_set1_epi8(c);
    return _mm256_movemask_epi8(_mm256_or_si256(_mm256_cmpeq_epi8(b.low, wanted), _mm256_cmpeq_epi8(b.high, wanted))) != 0;
}
PENSTOCK_STEP void store_block(char* p, const block& b) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), b.low);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 32), b.high);
}
#elif PENSTOCK_LEVEL == 1
struct block {
    __m128i part[4];
};
PENSTOCK_STEP block load_block(const char* p) noexcept {
    const auto* q = reinterpret_cast<const __m128i*>(p);
    return {{_mm_loadu_si128(q), _mm_loadu_si128(q + 1), _mm_loadu_si128(q + 2), _mm_loadu_si128(q + 3)}};
}
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    const auto wanted = _mm_set1_epi8(c);
    const auto m0 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[0], wanted)));
    const auto m1 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[1], wanted)));
    const auto m2 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[2], wanted)));
    const auto m3 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[3], wanted)));
    return (m0 | m1 << 16) | std::uint64_t{m2 | m3 << 16} << 32;
}
PENSTOCK_STEP bool any_equal(const block& b, char c) noexcept {
    const auto wanted = _mm_set1_epi8(c);
    const auto low = _mm_or_si128(_mm_cmpeq_epi8(b.part[0], wanted), _mm_cmpeq_epi8(b.part[1], wanted));
    const auto high = _mm_or_si128(_mm_cmpeq_epi8(b.part[2], wanted), _mm_cmpeq_epi8(b.part[3], wanted));
    return _mm_movemask_epi8(_mm_or_si128(low, high)) != 0;
}
PENSTOCK_STEP void store_block(char* p, const block& b) noexcept {
    auto* q = reinterpret_cast<__m128i*>(p);
    _mm_storeu_si128(q, b.part[0]);
    _mm_storeu_si128(q + 1, b.part[1]);
    _mm_storeu_si128(q + 2, b.part[2]);
    _mm_storeu_si128(q + 3, b.part[3]);
}
#else
/// The first byte is the lowest, on any machine.
PENSTOCK_STEP std::uint64_t load_little8(const char* p) noexcept {
    std::uint64_t x = 0;
    if constexpr (std::endian::native == std::endian::little)
        std::memcpy(&x, p, 8);
    else
        for (int i = 0; i < 8; ++i) x |= std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
    return x;
}
PENSTOCK_STEP void store_little8(char* p, std::uint64_t x) noexcept {
    if constexpr (std::endian::native == std::endian::little)
        std::memcpy(p, &x, 8);
    else
        for (int i = 0; i < 8; ++i) p[i] = static_cast<char>(x >> (8 * i));
}
struct block {
    std::uint64_t words[8]; // byte i of a word in its bits 8 i to 8 i + 7, on any machine
};
PENSTOCK_STEP block load_block(const char* p) noexcept {
    block b;
    for (int w = 0; w < 8; ++w) b.words[w] = load_little8(p + 8 * w);
    return b;
}
/// Bit 7 of each byte that is not `c`; other bits may be set.
PENSTOCK_STEP std::uint64_t unequal(std::uint64_t word, char c) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    const auto x = word ^ ones * static_cast<unsigned char>(c);
    return ((x & 0x7f * ones) + 0x7f * ones) | x;
}
/// Eight bits.
PENSTOCK_STEP std::uint64_t equal_bytes(std::uint64_t word, char c) noexcept {
    return (~unequal(word, c) & 0x8080808080808080u) * 0x0002040810204081u >> 56;
}
/// What the compiler has for 16 bytes at once, if it has anything.
typedef std::uint8_t bytes16 __attribute__((vector_size(16)));
PENSTOCK_STEP bytes16 equal16(const std::uint64_t* words, char c) noexcept {
    bytes16 x;
    std::memcpy(&x, words, 16);
    return reinterpret_cast<bytes16>(x == static_cast<std::uint8_t>(c));
}
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    std::uint64_t bits = 0;
    if constexpr (std::endian::native != std::endian::little) {
        for (int w = 0; w < 8; ++w) bits |= equal_bytes(b.words[w], c) << (8 * w);
        return bits;
    }
    constexpr bytes16 weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    constexpr std::uint64_t ones = 0x0101010101010101u;
    for (int w = 0; w < 8; w += 2) {
        const auto found = equal16(b.words + w, c) & weights;
        std::uint64_t halves[2];
        std::memcpy(halves, &found, 16);
        bits |= (halves[0] * ones >> 56 | halves[1] * ones >> 56 << 8) << (8 * w);
    }
    return bits;
}
PENSTOCK_STEP void store_block(char* p, const block& b) noexcept {
    for (int w = 0; w < 8; ++w) store_little8(p + 8 * w, b.words[w]);
}
PENSTOCK_STEP bool any_equal(const block& b, char c) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        const auto found = (equal16(b.words, c) | equal16(b.words + 2, c)) | (equal16(b.words + 4, c) | equal16(b.words + 6, c));
        std::uint64_t halves[2];
        std::memcpy(halves, &found, 16);
        return (halves[0] | halves[1]) != 0;
    }
    std::uint64_t all = 0x8080808080808080u;
    for (int w = 0; w < 8; ++w) all &= unequal(b.words[w], c);
    return all != 0x8080808080808080u;
}
#endif

/// Bit i is the xor of bits 0 to i.
PENSTOCK_STEP std::uint64_t prefix_xor(std::uint64_t x) noexcept {
#if PENSTOCK_LEVEL >= 2
    const auto product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(x)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
#else
    for (int shift = 1; shift < 64; shift *= 2) x ^= x << shift;
    return x;
#endif
}

/// The bytes that an odd number of escapes (backslashes, say) stands before. `carry`: whether the first byte of this block,
/// then of the next one, is such.
PENSTOCK_STEP std::uint64_t escaped_bytes(std::uint64_t escapes, std::uint64_t& carry) noexcept {
    if ((escapes | carry) == 0) [[likely]]
        return 0;
    constexpr std::uint64_t even = 0x5555555555555555u;
    escapes &= ~carry;
    const auto behind = escapes << 1 | carry;
    const auto odd_starts = escapes & ~even & ~behind;
    const auto sum = odd_starts + escapes; // runs that start at an odd place end where those at an even one do not
    carry = sum < escapes;
    return (even ^ sum << 1) & behind;
}

PENSTOCK_STEP std::size_t count_ones(std::uint64_t x) noexcept {
#if PENSTOCK_LEVEL >= 2
    return static_cast<std::size_t>(_mm_popcnt_u64(x));
#else // without the instruction, the library's popcount is a call
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return static_cast<std::size_t>(x * 0x0101010101010101u >> 56);
#endif
}

/// Position of the lowest bit; any number where there is none.
PENSTOCK_STEP std::uint32_t lowest(std::uint64_t x) noexcept {
#if PENSTOCK_LEVEL >= 2
    return static_cast<std::uint32_t>(_tzcnt_u64(x));
#else
    return static_cast<std::uint32_t>(std::countr_zero(x | std::uint64_t{1} << 63));
#endif
}

/// The `n` (below 64) low bits.
PENSTOCK_STEP std::uint64_t low_bits(std::uint64_t x, std::size_t n) noexcept {
#if PENSTOCK_LEVEL >= 2
    return _bzhi_u64(x, static_cast<std::uint32_t>(n));
#else
    return x & ((std::uint64_t{1} << n) - 1);
#endif
}

#if PENSTOCK_LEVEL < 3
/// Writes where the lowest bit of `mask` is, and takes it out.
PENSTOCK_STEP void put_lowest(std::uint64_t& mask, std::uint32_t base, std::uint32_t* out) noexcept {
    *out = base + lowest(mask);
    mask &= mask - 1;
}
/// Without a loop: at -O2, g++ would make one.
PENSTOCK_STEP void put_eight(std::uint64_t& mask, std::uint32_t base, std::uint32_t* out) noexcept {
    put_lowest(mask, base, out);
    put_lowest(mask, base, out + 1);
    put_lowest(mask, base, out + 2);
    put_lowest(mask, base, out + 3);
    put_lowest(mask, base, out + 4);
    put_lowest(mask, base, out + 5);
    put_lowest(mask, base, out + 6);
    put_lowest(mask, base, out + 7);
}
#endif

/// Writes where the bits of `mask` are, behind `base`. May write 16 positions more than there are bits.
PENSTOCK_STEP std::uint32_t* put_positions(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) noexcept {
    const auto n = count_ones(mask);
#if PENSTOCK_LEVEL == 3 // forms with a mask of ones: g++ 12 warns of those without
    alignas(64) static constexpr std::uint8_t places[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const auto set = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(places));
    const auto first = _mm512_set1_epi32(static_cast<int>(base));
    _mm512_storeu_si512(out, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 0))));
    if (n > 16) [[unlikely]] {
        _mm512_storeu_si512(out + 16, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 1))));
        if (n > 32) {
            _mm512_storeu_si512(out + 32, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 2))));
            _mm512_storeu_si512(out + 48, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 3))));
        }
    }
#else
    // Ten at once without asking: how many there are in a block cannot be predicted.
    put_eight(mask, base, out);
    put_lowest(mask, base, out + 8);
    put_lowest(mask, base, out + 9);
    if (n > 10) [[unlikely]] {
        put_eight(mask, base, out + 10);
        for (std::size_t i = 18; i < n; i += 8) put_eight(mask, base, out + i);
    }
#endif
    return out + n;
}

/// The same, where there are seldom more than two.
PENSTOCK_STEP std::uint32_t* put_few(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) noexcept {
#if PENSTOCK_LEVEL == 3
    return put_positions(mask, base, out);
#else
    auto rest = mask;
    put_lowest(rest, base, out);
    [[maybe_unused]] const bool two = rest != 0;
    put_lowest(rest, base, out + 1);
    if (rest) [[unlikely]]
        return put_positions(mask, base, out);
#if PENSTOCK_LEVEL == 2
    return out + count_ones(mask);
#else
    return out + (mask != 0) + two;
#endif
#endif
}

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
