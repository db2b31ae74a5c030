// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/columnar/values.hpp>

#include <cstdint>

namespace penstock::detail {

/// The kind of column whose values are `T` in memory; `type_id::null` for none.
template <class T>
inline constexpr type_id natural_id = type_id::null;
template <>
inline constexpr type_id natural_id<std::int8_t> = type_id::int8;
template <>
inline constexpr type_id natural_id<std::int16_t> = type_id::int16;
template <>
inline constexpr type_id natural_id<std::int32_t> = type_id::int32;
template <>
inline constexpr type_id natural_id<std::int64_t> = type_id::int64;
template <>
inline constexpr type_id natural_id<std::uint8_t> = type_id::uint8;
template <>
inline constexpr type_id natural_id<std::uint16_t> = type_id::uint16;
template <>
inline constexpr type_id natural_id<std::uint32_t> = type_id::uint32;
template <>
inline constexpr type_id natural_id<std::uint64_t> = type_id::uint64;
template <>
inline constexpr type_id natural_id<float16> = type_id::float16;
template <>
inline constexpr type_id natural_id<float> = type_id::float32;
template <>
inline constexpr type_id natural_id<double> = type_id::float64;
template <>
inline constexpr type_id natural_id<decimal128_value> = type_id::decimal128;
template <>
inline constexpr type_id natural_id<decimal256_value> = type_id::decimal256;
template <>
inline constexpr type_id natural_id<day_time_interval> = type_id::interval_day_time;
template <>
inline constexpr type_id natural_id<month_day_nano_interval> = type_id::interval_month_day_nano;

} // namespace penstock::detail
