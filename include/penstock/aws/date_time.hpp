// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The time formats of S3 and AWS, exact to the nanosecond, for years 0 to 9999. Parsers are strict about the
/// form and the ranges (month lengths, leap years) and answer none for anything else. Nothing here knows
/// locales or time zones.
namespace penstock::aws {

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, and nanoseconds (0 to 999,999,999) after them,
/// before 1970 too. Wider than `std::chrono::system_clock`, whose nanoseconds end in 2262.
struct instant {
    instant() = default;
    constexpr instant(std::int64_t seconds, std::uint32_t nanoseconds = 0)
        : seconds{seconds}, nanoseconds{nanoseconds} {}
    /// `wall_time` of core/clock.hpp.
    PENSTOCK_DECL explicit instant(std::chrono::system_clock::time_point t);

    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;

    /// The first or last time that the clock can hold, where this one lies outside (an expiry in the year
    /// 9999).
    PENSTOCK_DECL std::chrono::system_clock::time_point to_wall_time() const noexcept;

    friend constexpr auto operator<=>(const instant&, const instant&) = default;
};

/// "20130524T000000Z", as in x-amz-date.
PENSTOCK_DECL std::optional<instant> parse_amz_date(std::string_view text);
PENSTOCK_DECL std::string format_amz_date(std::chrono::system_clock::time_point t);
/// The same into 16 characters, without an allocation.
PENSTOCK_DECL void write_amz_date(std::chrono::system_clock::time_point t, char (&out)[16]) noexcept;

/// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT" (a fraction of the second is accepted, too), and
/// the obsolete "Sunday, 06-Nov-94 08:49:37 GMT" (years 70 to 99 are 19xx) and "Sun Nov  6 08:49:37 1994".
/// The weekday must be one, but is not compared with the date.
PENSTOCK_DECL std::optional<instant> parse_http_date(std::string_view text);
/// Without the fraction. None for years outside 0 to 9999.
PENSTOCK_DECL std::optional<std::string> format_http_date(instant t);

/// RFC 3339: "2009-10-12T17:50:30.000Z", any number of fraction digits (those after the ninth are cut off),
/// and an offset "+01:00" or "+0100" instead of the Z.
PENSTOCK_DECL std::optional<instant> parse_iso8601(std::string_view text);
/// In UTC, cut to the microsecond (as Smithy's `date-time` is), with as many fraction digits as it takes.
/// None for years outside 0 to 9999.
PENSTOCK_DECL std::optional<std::string> format_iso8601(instant t);

/// "1515531081.1234". The fraction counts forward from the whole seconds, even when these are negative, as
/// AWS's own runtimes write and read it.
PENSTOCK_DECL std::optional<instant> parse_epoch_seconds(std::string_view text);
PENSTOCK_DECL std::string format_epoch_seconds(instant t);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/date_time.ipp>
#endif
