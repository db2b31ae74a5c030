// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/error.hpp>

#include <memory>

namespace penstock {

/// Whether every value of `from` is one of `to`:
///
/// | from | to |
/// |---|---|
/// | null | any but unions |
/// | integers | integers with all their values; floats that hold them exactly; decimals with enough digits before the point |
/// | float16, float32 | wider floats |
/// | decimals | decimals with at least as many digits before and behind the point |
/// | text, binary | the same in any form; text also binary; fixed-size binary also binary of any size |
/// | date32 | date64, timestamps without a zone; date64 likewise |
/// | time32, time64, timestamp, duration | the same in a finer unit; a timestamp with a zone with any other zone |
/// | interval_months, interval_day_time | interval_month_day_nano |
/// | list, large_list | each other; fixed-size lists also both; items where those can be cast |
/// | struct | the same field names in the same order, where the fields can be cast; maps by key and value |
/// | dictionary | its values, and what they can be cast to; a dictionary with wider indices and values |
/// | anything | itself, and a dictionary of it |
///
/// Fields and items that are not nullable take only such as are not.
PENSTOCK_DECL bool can_cast(const data_type& from, const data_type& to) noexcept;

/// The same values as another type, in blocks from `pool`, which must not be null; what needs no change is shared. Errors:
/// `errc::type_mismatch` unless `can_cast`, which names both types, or when a date or time in a finer unit is beyond the range
/// of the type, which names the value; `errc::record_too_large` when there is more text, or there are more items or different
/// values, than the type can address.
PENSTOCK_DECL result<array> cast(const array& values, const data_type& to, const std::shared_ptr<buffer_pool>& pool);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/can_cast.ipp>
#include <penstock/columnar/impl/cast.ipp>
#endif
