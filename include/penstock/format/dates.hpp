// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/columnar/values.hpp>
#include <penstock/config.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// Dates, times and spans of time as text: ISO 8601 (RFC 3339 where that says the same), in the proleptic Gregorian calendar.
// No locale, no rounding: text with more digits of a second than the unit holds is none, unless these are zeros, and neither
// is a number out of range. Years beyond 0000 to 9999 have a sign and as many digits as it takes: "+12345-01-01",
// "-0044-03-15" (the year before 0000 is -0001). Leap seconds ("23:59:60") and 24:00 are refused: no unit can count them.
// All pure.

/// "2024-02-29": days since 1970-01-01.
PENSTOCK_DECL std::optional<std::int32_t> parse_date32(std::string_view text) noexcept;
/// The same in milliseconds.
PENSTOCK_DECL std::optional<std::int64_t> parse_date64(std::string_view text) noexcept;

/// Whether so many units since midnight are a time of a day.
PENSTOCK_DECL bool is_time_of_day(std::int64_t value, time_unit unit) noexcept;
/// "23:59", "23:59:59", "23:59:59.999": since midnight.
PENSTOCK_DECL std::optional<std::int64_t> parse_time(std::string_view text, time_unit unit) noexcept;

/// "2024-02-29T23:59:59.5", with a space for the T, without seconds, or a date alone. `utc` (types with a time zone): Z or
/// an offset ("+02:00", "+0200", "+02") must follow a time, and is subtracted; otherwise none may.
PENSTOCK_DECL std::optional<std::int64_t> parse_timestamp(std::string_view text, time_unit unit, bool utc) noexcept;

/// "P1DT2H3M4.5S", "-PT0.5S", "P2W": days have 24 hours; years and months have no fixed length and are refused. Also a bare
/// integer, which counts units.
PENSTOCK_DECL std::optional<std::int64_t> parse_duration(std::string_view text, time_unit unit) noexcept;

/// "P1Y2M", "P-14M", "-P3M".
PENSTOCK_DECL std::optional<std::int32_t> parse_interval_months(std::string_view text) noexcept;
/// "P3DT-1.5S", "P1W": days and time of a day each have their sign.
PENSTOCK_DECL std::optional<day_time_interval> parse_interval_day_time(std::string_view text) noexcept;
/// "P1M2DT3.000000004S".
PENSTOCK_DECL std::optional<month_day_nano_interval> parse_interval_month_day_nano(std::string_view text) noexcept;

// What these write, the functions above read back. Of a second all digits of the unit are written: none, 3, 6 or 9.

PENSTOCK_DECL void append_date32(std::string& out, std::int32_t days);
/// False, and nothing appended, for what is no whole day.
PENSTOCK_DECL bool append_date64(std::string& out, std::int64_t milliseconds);
/// False, and nothing appended, for what is no time of a day.
PENSTOCK_DECL bool append_time(std::string& out, std::int64_t value, time_unit unit);
/// With a Z where `utc`, whatever the type's zone.
PENSTOCK_DECL void append_timestamp(std::string& out, std::int64_t value, time_unit unit, bool utc);
/// Days, hours, minutes and seconds, the seconds without trailing zeros.
PENSTOCK_DECL void append_duration(std::string& out, std::int64_t value, time_unit unit);
PENSTOCK_DECL void append_interval_months(std::string& out, std::int32_t months);
PENSTOCK_DECL void append_interval_day_time(std::string& out, const day_time_interval& v);
PENSTOCK_DECL void append_interval_month_day_nano(std::string& out, const month_day_nano_interval& v);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/dates.ipp>
#endif
