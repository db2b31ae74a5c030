// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/config.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

namespace detail {
struct date_fields;
} // namespace detail

/// Dates and times by a given pattern, as strptime and strftime have them; compiled once, read and written without a locale
/// and without memory of its own.
///
/// | | read | written |
/// |---|---|---|
/// | %Y | four digits, or a sign and more | the same |
/// | %y | two digits: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068 | two digits |
/// | %m %d %H %M %S | one or two digits | two digits |
/// | %e | one or two digits, a space may stand in front | two places |
/// | %j | day of the year, one to three digits | three digits |
/// | %b %B %h | English names of months, short or whole, any case | short; %B whole |
/// | %a %A | English names of days, short or whole, not compared with the date | short; %A whole |
/// | %I %p | hour of 1 to 12; AM or PM, any case | two digits; AM or PM |
/// | %f | digits of a second, 1 to 9 and then zeros | all that the unit holds |
/// | %z | Z, +02:00, +0200, +02 | +0000 |
/// | %s | seconds since 1970, alone | the same |
/// | %F %T %R %D | %Y-%m-%d, %H:%M:%S, %H:%M, %m/%d/%y | the same |
/// | %n %t and white space | any white space, none too | a line feed, a tab, itself |
/// | %% | % | % |
///
/// All else stands for itself. What a pattern does not have is 1970, January, 1, midnight. Texts are refused that no date
/// has (30 February, 24:00, second 60), that go on behind the pattern, and that the unit does not hold exactly. Pure.
class date_format {
  public:
    /// Throws `error` (`errc::invalid_option`) for an unknown or unfinished directive, for %I without %p or the other way
    /// round, for %j beside %m or %d, and for %s beside others.
    PENSTOCK_DECL explicit date_format(std::string_view pattern);

    bool has_date() const noexcept { return has_date_; }
    bool has_time() const noexcept { return has_time_; }
    bool has_zone() const noexcept { return has_zone_; }

    PENSTOCK_DECL std::optional<std::int32_t> parse_date32(std::string_view text) const noexcept;
    /// Since 1970-01-01T00:00; an offset is subtracted.
    PENSTOCK_DECL std::optional<std::int64_t> parse_timestamp(std::string_view text, time_unit unit) const noexcept;
    /// Since midnight. None where the pattern has an offset that leads into another day.
    PENSTOCK_DECL std::optional<std::int64_t> parse_time(std::string_view text, time_unit unit) const noexcept;

    PENSTOCK_DECL void append_timestamp(std::string& out, std::int64_t value, time_unit unit) const;
    void append_date32(std::string& out, std::int32_t days) const {
        append_timestamp(out, days * std::int64_t{86400}, time_unit::second);
    }

  private:
    struct part {
        char directive; // 0: a character of its own, 1: white space
        char character = 0;
    };
    PENSTOCK_DECL void compile(std::string_view pattern, int depth);
    PENSTOCK_DECL bool parse(std::string_view text, detail::date_fields& out) const noexcept;

    std::vector<part> parts_;
    bool has_date_ = false;
    bool has_time_ = false;
    bool has_zone_ = false;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/date_format.ipp>
#endif
