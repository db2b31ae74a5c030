// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/detail/crc_polynomial.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#define PENSTOCK_CRC_FOLDING 1
#include <immintrin.h>
#endif

/// The ways to compute a reflected CRC, for bodies of this module and their tests. `state` is the complement of the value.
namespace penstock::detail {

enum class crc_kernel : std::uint8_t {
    table,       ///< eight bytes a step; everywhere
    folding,     ///< PCLMULQDQ: 128 bytes a step
    wide_folding ///< VPCLMULQDQ in registers of 64 bytes: 256 bytes a step
};

/// Whether this processor has what the kernel needs.
inline bool usable(crc_kernel kernel) noexcept {
#ifdef PENSTOCK_CRC_FOLDING
    if (kernel == crc_kernel::folding) return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
    if (kernel == crc_kernel::wide_folding)
        return __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512f") && usable(crc_kernel::folding);
#endif
    return kernel == crc_kernel::table;
}

/// Row n: the CRC of a byte that n zero bytes follow.
template <class P>
inline constexpr auto crc_table = [] {
    std::array<std::array<typename P::word, 256>, 8> rows{};
    for (unsigned i = 0; i < 256; ++i) {
        typename P::word crc = i;
        for (int bit = 0; bit < 8; ++bit) crc = P::times_x(crc);
        rows[0][i] = crc;
    }
    for (unsigned n = 1; n < 8; ++n)
        for (unsigned i = 0; i < 256; ++i)
            rows[n][i] = (rows[n - 1][i] >> 8) ^ rows[0][rows[n - 1][i] & 0xff];
    return rows;
}();

template <class P>
typename P::word crc_by_table(typename P::word state, const unsigned char* at, std::size_t size) noexcept {
    const auto& t = crc_table<P>;
    for (; size >= 8; at += 8, size -= 8) {
        std::uint64_t v = 0;
        for (unsigned i = 0; i < 8; ++i) v |= std::uint64_t{at[i]} << (8 * i); // one load where bytes are little-endian
        v ^= state;
        state = t[7][v & 0xff] ^ t[6][(v >> 8) & 0xff] ^ t[5][(v >> 16) & 0xff] ^ t[4][(v >> 24) & 0xff] ^
                t[3][(v >> 32) & 0xff] ^ t[2][(v >> 40) & 0xff] ^ t[1][(v >> 48) & 0xff] ^ t[0][v >> 56];
    }
    for (; size > 0; ++at, --size) {
        const auto step = t[0][(state ^ *at) & 0xff];
        state = step ^ static_cast<typename P::word>(std::uint64_t{state} >> 8);
    }
    return state;
}

#ifdef PENSTOCK_CRC_FOLDING

/// What 16 bytes are multiplied with to move them `Distance` bits on, over what follows: their first half, their second.
/// (A product of reflected values comes out one bit low, hence the -1.)
struct alignas(16) crc_factor {
    std::uint64_t first;
    std::uint64_t second;
};
template <class P, unsigned Distance>
inline constexpr crc_factor crc_fold_by{std::uint64_t{P::power(Distance + 64 - 1)} << (64 - P::width),
                                        std::uint64_t{P::power(Distance - 1)} << (64 - P::width)};

inline __attribute__((target("pclmul,sse4.1"))) __m128i crc_fold_16(__m128i lane, __m128i by, __m128i next) noexcept {
    const auto low = _mm_clmulepi64_si128(lane, by, 0x00), high = _mm_clmulepi64_si128(lane, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

inline __attribute__((target("sse4.1"))) __m128i crc_load_16(const void* p) noexcept {
    return _mm_loadu_si128(static_cast<const __m128i*>(p));
}

/// What has been folded into 16 bytes, and what follows.
template <class P>
__attribute__((target("pclmul,sse4.1"))) typename P::word crc_end_folding(__m128i folded, const unsigned char* at,
                                                                          std::size_t size) noexcept {
    const auto by = crc_load_16(&crc_fold_by<P, 128>);
    for (; size >= 16; at += 16, size -= 16) folded = crc_fold_16(folded, by, crc_load_16(at));
    unsigned char rest[16];
    _mm_storeu_si128(reinterpret_cast<__m128i*>(rest), folded);
    return crc_by_table<P>(crc_by_table<P>(0, rest, sizeof rest), at, size);
}

template <class P>
__attribute__((target("pclmul,sse4.1"))) typename P::word crc_by_folding(typename P::word state, const unsigned char* at,
                                                                         std::size_t size) noexcept {
    if (size < 128) return crc_by_table<P>(state, at, size);
    __m128i lanes[8];
#pragma GCC unroll 8 // else the lanes live in memory
    for (int i = 0; i < 8; ++i) lanes[i] = crc_load_16(at + 16 * i);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, static_cast<long long>(std::uint64_t{state})));
    at += 128;
    size -= 128;
    const auto far = crc_load_16(&crc_fold_by<P, 1024>), near = crc_load_16(&crc_fold_by<P, 128>);
    for (; size >= 128; at += 128, size -= 128)
#pragma GCC unroll 8
        for (int i = 0; i < 8; ++i) lanes[i] = crc_fold_16(lanes[i], far, crc_load_16(at + 16 * i));
#pragma GCC unroll 8
    for (int i = 1; i < 8; ++i) lanes[i] = crc_fold_16(lanes[i - 1], near, lanes[i]);
    return crc_end_folding<P>(lanes[7], at, size);
}

inline __attribute__((target("avx512f,vpclmulqdq"))) __m512i crc_fold_64(__m512i lane, __m512i by, __m512i next) noexcept {
    const auto low = _mm512_clmulepi64_epi128(lane, by, 0x00), high = _mm512_clmulepi64_epi128(lane, by, 0x11);
    return _mm512_ternarylogic_epi64(low, high, next, 0x96); // the exclusive or of the three
}

template <class P>
__attribute__((target("avx512f,vpclmulqdq"))) typename P::word
crc_by_wide_folding(typename P::word state, const unsigned char* at, std::size_t size) noexcept {
    if (size < 512) return crc_by_folding<P>(state, at, size);
    __m512i a = _mm512_loadu_si512(at), b = _mm512_loadu_si512(at + 64);
    __m512i c = _mm512_loadu_si512(at + 128), d = _mm512_loadu_si512(at + 192);
    a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_set_epi64x(0, static_cast<long long>(std::uint64_t{state}))));
    const auto far = _mm512_maskz_broadcast_i32x4(0xffff, crc_load_16(&crc_fold_by<P, 2048>));
    const auto near = _mm512_maskz_broadcast_i32x4(0xffff, crc_load_16(&crc_fold_by<P, 512>));
    at += 256;
    size -= 256;
    for (; size >= 256; at += 256, size -= 256) {
        a = crc_fold_64(a, far, _mm512_loadu_si512(at));
        b = crc_fold_64(b, far, _mm512_loadu_si512(at + 64));
        c = crc_fold_64(c, far, _mm512_loadu_si512(at + 128));
        d = crc_fold_64(d, far, _mm512_loadu_si512(at + 192));
    }
    b = crc_fold_64(a, near, b);
    c = crc_fold_64(b, near, c);
    d = crc_fold_64(c, near, d);
    alignas(64) unsigned char rest[64];
    _mm512_store_si512(rest, d);
    _mm256_zeroupper(); // what follows is compiled for older processors
    const auto by = crc_load_16(&crc_fold_by<P, 128>);
    auto last = crc_load_16(rest);
    for (int i = 16; i < 64; i += 16) last = crc_fold_16(last, by, crc_load_16(rest + i));
    return crc_end_folding<P>(last, at, size);
}

#endif

/// Precondition: the kernel is `usable`.
template <class P>
typename P::word crc_by(crc_kernel kernel, typename P::word state, const unsigned char* at, std::size_t size) noexcept {
#ifdef PENSTOCK_CRC_FOLDING
    if (kernel == crc_kernel::wide_folding) return crc_by_wide_folding<P>(state, at, size);
    if (kernel == crc_kernel::folding) return crc_by_folding<P>(state, at, size);
#endif
    (void)kernel;
    return crc_by_table<P>(state, at, size);
}

} // namespace penstock::detail
