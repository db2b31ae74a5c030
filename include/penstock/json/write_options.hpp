// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/binary_text.hpp>

#include <cstdint>

namespace penstock::json {

/// Where the rows go in what is written.
enum class write_shape : std::uint8_t {
    lines,  ///< an object a line (JSON Lines)
    array,  ///< an array of objects, each on a line of its own
    object, ///< one object: there must be just one row
};

enum class null_members : std::uint8_t {
    write,
    omit, ///< null columns and fields of structs are left out. Null items of lists and null values of maps stay
};

enum class date_form : std::uint8_t {
    text, ///< ISO 8601 (docs/types.md)
    /// The integer that the column holds: days, or units of the type since 1970 or since midnight; months of an interval of
    /// months. Intervals of several parts have no number and stay texts.
    number,
};

/// NaN and the infinities, which JSON has no numbers for.
enum class not_finite : std::uint8_t {
    null,  ///< as most writers do; read back, they are nulls
    text,  ///< "NaN", "Infinity", "-Infinity", which our readers take for a floating-point column of a given schema
    error, ///< `errc::unsupported`, with column and row
};

/// Numbers that readers with nothing but doubles, JavaScript above all, would get wrong.
enum class wide_numbers : std::uint8_t {
    number,
    text_where_wide, ///< integers beyond plus and minus 2^53, and decimals of types with more than 15 digits, are texts
    text,            ///< all values of int64, uint64 and decimals are texts, so that a column has one type
};

enum class key_order : std::uint8_t {
    columns, ///< as columns and fields of structs stand in the schema
    sorted,  ///< by the bytes of the names
};

/// How values are written. Setters chain.
class write_options {
  public:
    write_options() = default;

    write_options& nulls(null_members what) { return nulls_ = what, *this; }
    write_options& dates(date_form form) { return dates_ = form, *this; }
    write_options& not_finite(json::not_finite what) { return not_finite_ = what, *this; }
    write_options& wide_numbers(json::wide_numbers what) { return wide_numbers_ = what, *this; }
    write_options& keys(key_order order) { return keys_ = order, *this; }
    write_options& binary(binary_form form) { return binary_ = form, *this; }
    /// Characters beyond ASCII as \u escapes.
    write_options& ascii(bool on) { return ascii_ = on, *this; }
    /// '/' as "\/", for text that goes into HTML's script elements.
    write_options& escape_slash(bool on) { return escape_slash_ = on, *this; }
    /// So many spaces a level, each value on a line of its own; 0 is compact. Not for lines.
    write_options& indent(unsigned spaces) { return indent_ = spaces, *this; }

    null_members nulls() const noexcept { return nulls_; }
    date_form dates() const noexcept { return dates_; }
    json::not_finite not_finite() const noexcept { return not_finite_; }
    json::wide_numbers wide_numbers() const noexcept { return wide_numbers_; }
    key_order keys() const noexcept { return keys_; }
    binary_form binary() const noexcept { return binary_; }
    bool ascii() const noexcept { return ascii_; }
    bool escape_slash() const noexcept { return escape_slash_; }
    unsigned indent() const noexcept { return indent_; }

  private:
    null_members nulls_ = null_members::write;
    date_form dates_ = date_form::text;
    json::not_finite not_finite_ = json::not_finite::error;
    json::wide_numbers wide_numbers_ = json::wide_numbers::number;
    key_order keys_ = key_order::columns;
    binary_form binary_ = binary_form::base64;
    bool ascii_ = false;
    bool escape_slash_ = false;
    unsigned indent_ = 0;
};

} // namespace penstock::json
