// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// All kernels of one level: impl/text_kernels.ipp includes this once for each, with PENSTOCK_LEVEL and
// PENSTOCK_LEVEL_NAMESPACE. A part is a kind of kernel and uses those before it. Without #pragma once.

#define PENSTOCK_KERNEL inline
#define PENSTOCK_STEP inline __attribute__((always_inline))

#include <penstock/format/kernels/blocks.ipp>
#include <penstock/format/kernels/fields.ipp>

#include <penstock/format/kernels/booleans.ipp>
#include <penstock/format/kernels/csv_scan.ipp>
#include <penstock/format/kernels/csv_text.ipp>
#include <penstock/format/kernels/numbers.ipp>
#include <penstock/format/kernels/times.ipp>
#include <penstock/format/kernels/utf8.ipp>

#include <penstock/format/kernels/json.ipp>

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

inline constexpr text_kernels table{static_cast<simd_level>(PENSTOCK_LEVEL), &scan_csv, &starting_with, &ending_with, &int64,
                                    &float64, &timestamp, &date, &boolean, &csv_text, &utf8};

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE

#undef PENSTOCK_KERNEL
#undef PENSTOCK_STEP
