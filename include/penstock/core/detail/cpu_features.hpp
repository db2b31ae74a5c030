// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>

// Where kernels of more than one level are compiled: into a plain build, and chosen by what the processor says.
#if defined(__x86_64__) && defined(__GNUC__)
#define PENSTOCK_X86_LEVELS 1
#endif

namespace penstock {

/// Instruction sets that kernels are written for, each with all that the ones before it have.
enum class simd_level : std::uint8_t {
    portable, ///< plain C++
    sse2,     ///< what every x86-64 has
    avx2,     ///< with BMI 1 and 2, POPCNT and PCLMULQDQ: since Haswell and Zen
    avx512,   ///< F, BW, DQ, VL, VBMI and VBMI2: since Ice Lake and Zen 4
};

namespace detail {

/// The highest level that this processor and its system run. Asks nothing but memory: the compiler's start-up code asked
/// the processor.
inline simd_level best_simd_level() noexcept {
#ifdef PENSTOCK_X86_LEVELS
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                      __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
    if (!avx2) return simd_level::sse2;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
    return avx512 ? simd_level::avx512 : simd_level::avx2;
#else
    return simd_level::portable;
#endif
}

} // namespace detail
} // namespace penstock
