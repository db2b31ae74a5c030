// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/kernels/text_kernels.hpp>

#include <penstock/format/detail/number_kernels.hpp>
#include <penstock/format/kernels/calendar.hpp>
#include <penstock/format/kernels/json_escape.hpp>
#include <penstock/format/kernels/json_kernels.hpp>
#include <penstock/format/utf8.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#ifdef PENSTOCK_X86_LEVELS
#include <immintrin.h>
#endif

// The kernels, compiled once a level: in a namespace of its own and for its instruction set. Within, it asks for
// PENSTOCK_LEVEL, never for the compiler's own macros: g++ 12 does not define those in such a region. Nor has it lambdas:
// they would not have the instruction set.

#define PENSTOCK_LEVEL_NAMESPACE kernels_portable
#define PENSTOCK_LEVEL 0
#include <penstock/format/kernels/level.ipp>
#undef PENSTOCK_LEVEL_NAMESPACE
#undef PENSTOCK_LEVEL

#ifdef PENSTOCK_X86_LEVELS

#define PENSTOCK_LEVEL_NAMESPACE kernels_sse2
#define PENSTOCK_LEVEL 1
#include <penstock/format/kernels/level.ipp>
#undef PENSTOCK_LEVEL_NAMESPACE
#undef PENSTOCK_LEVEL

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul")
#endif
#define PENSTOCK_LEVEL_NAMESPACE kernels_avx2
#define PENSTOCK_LEVEL 2
#include <penstock/format/kernels/level.ipp>
#undef PENSTOCK_LEVEL_NAMESPACE
#undef PENSTOCK_LEVEL
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push( \
    __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2"))), \
    apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")
#endif
#define PENSTOCK_LEVEL_NAMESPACE kernels_avx512
#define PENSTOCK_LEVEL 3
#include <penstock/format/kernels/level.ipp>
#undef PENSTOCK_LEVEL_NAMESPACE
#undef PENSTOCK_LEVEL
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif // PENSTOCK_X86_LEVELS

namespace penstock::detail {

PENSTOCK_DECL const text_kernels& text_kernels_of(simd_level level) noexcept {
#ifdef PENSTOCK_X86_LEVELS
    if (level == simd_level::avx512) return kernels_avx512::table;
    if (level == simd_level::avx2) return kernels_avx2::table;
    if (level == simd_level::sse2) return kernels_sse2::table;
#endif
    (void)level;
    return kernels_portable::table;
}

PENSTOCK_DECL const json_kernels& json_kernels_of(simd_level level) noexcept {
#ifdef PENSTOCK_X86_LEVELS
    if (level == simd_level::avx512) return kernels_avx512::json_table;
    if (level == simd_level::avx2) return kernels_avx2::json_table;
    if (level == simd_level::sse2) return kernels_sse2::json_table;
#endif
    (void)level;
    return kernels_portable::json_table;
}

} // namespace penstock::detail
