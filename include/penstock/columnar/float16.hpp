// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/values.hpp>
#include <penstock/config.hpp>

namespace penstock {

/// The same number; a NaN keeps its sign and the bits of its payload. Pure.
PENSTOCK_DECL float to_float(float16 half) noexcept;

/// The nearest half-precision number, of two equally near ones the even one; infinity from 65,520 on. Pure.
PENSTOCK_DECL float16 to_float16(float number) noexcept;
/// The same, rounded once.
PENSTOCK_DECL float16 to_float16(double number) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/float16.ipp>
#endif
