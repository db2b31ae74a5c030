// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/detail/cpu_features.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// The inner loops of CSV and JSON Lines, once for each instruction set. Both formats become a list of positions of
// separators (delimiters and row ends outside strings); a column of a run of rows is then converted from (positions, text):
//
//     const auto& k = text_kernels_of(best_simd_level());   // once a reader
//     k.scan_csv(…);                                         // text -> positions
//     field_run run{text, slots + column, columns, rows};    // at most `kernel_rows` rows a call
//     field_bits bits;
//     const bool all = k.int64(run, rules, out, bits);       // values, and a bit a row
//     // where `all` is false: rows with a bit in `bits.hard` are for the caller's slow path
//
// A flat JSON row `{"a":1,"b":"x"}` is a row of two fields with the keys `{"a":` and `"b":`: `starting_with` tells whether rows
// have them, `front` steps over them, and `back` over the last one's `}`. Rows that differ are another parser's.
//
// A kernel takes what is common and never fails: whatever it does not know (another spelling, more digits, quotes, text
// that is no number) is `hard`, and 0 is written there. What is not hard is as `format/numbers.hpp` and
// `format/dates.hpp` would read it. All levels take the same texts for hard, so that no result depends on the processor.
//
// Text: 64 bytes in front of the first field and behind the last one are read (and may hold anything), as
// `pooled_buffer` has them.

namespace penstock::detail {

/// Rows that a converter takes at once.
inline constexpr std::size_t kernel_rows = 1024;

/// A column in rows of equal length: the value of row r lies between `slots[r * stride]` and `slots[r * stride + 1]`,
/// without `front` bytes behind the first separator (a JSON key) and `back` bytes before the second one (the CR of a
/// CRLF, a `}`). A position of 0xffffffff is the byte before the text.
struct field_run {
    const char* text;
    const std::uint32_t* slots;
    std::size_t stride;
    std::size_t rows;
    std::uint32_t front = 0;
    std::uint32_t back = 0;
};

/// Bit i of word i / 64 is of row i. Words up to the last row are written, with zeros behind that.
struct field_bits {
    std::uint64_t valid[kernel_rows / 64]; ///< there is a value
    std::uint64_t hard[kernel_rows / 64];  ///< not decided here; not valid
};

/// How nothing is written.
enum class null_form : std::uint8_t {
    none,  ///< an empty field is hard
    empty, ///< an empty field
    word,  ///< JSON's null
    word_or_empty,
};

struct number_rules {
    null_form nulls = null_form::empty;
    /// Leading zeros and "-0" (as an integer) are hard: inference, and JSON.
    bool canonical = true;
    /// ".5" and "5." are hard, as JSON has it.
    bool json = false;
};

struct timestamp_rules {
    null_form nulls = null_form::empty;
    /// The value is in quotes, which belong to the field; null is not.
    bool quoted = false;
    /// Digits of a second that the unit holds: 0, 3, 6 or 9.
    int decimals = 6;
    /// A Z must follow; otherwise none may.
    bool utc = false;
};

struct csv_text_rules {
    char quote = '"';
    bool quotes = true;         ///< a field that begins with `quote` ends with it, and quotes in it are doubled
    bool empty_is_null = true;  ///< without quotes
    std::size_t widest = static_cast<std::size_t>(-1); ///< no field has more bytes, its quotes among them
};

struct csv_scan_rules {
    char delimiter = ',';
    char quote = '"';
    bool quotes = true;
    bool doubled = true;  ///< quotes in quotes are; otherwise one behind another is a fault
    bool escapes = false; ///< `escape` takes the meaning from the byte behind it
    char escape = '\\';
    bool trim = false;        ///< blanks (spaces and tabs) may stand between separators and quotes
    std::string_view more{}; ///< of the delimiter, behind its first byte: at most 31 bytes, no line break, quote or escape
};

/// Between blocks, as masks.
struct csv_scan_state {
    std::uint64_t inside = 0;   ///< all ones in quotes
    std::uint64_t may_open = 1; ///< lowest bit: the byte before may stand before an opening quote
    std::uint64_t closed = 0;   ///< lowest bit: the byte before was a closing quote, or, where none may open, a blank behind one
    std::uint64_t escaped = 0;  ///< lowest bit: the byte before was an escape
};

/// Where positions go: room for as many as there are bytes to scan, and 64 more.
struct scan_output {
    std::uint32_t* separators; ///< row ends among them
    std::uint32_t* row_ends;
    std::uint64_t line_breaks = 0; ///< those in quotes included
    std::uint64_t spaces = 0;      ///< not 0: there is white space between tokens, also elsewhere than at line ends
};

enum class how_many : std::uint8_t { none, some, all };
enum class encoding : std::uint8_t { ascii, utf8, neither };

struct text_kernels {
    simd_level level;

    /// Scans whole blocks of 64 bytes of `text[from, to)`, and reads the byte at `to`, and as many as `more` has. Stops at a
    /// block where a quote does neither open behind a separator nor close before one, for the caller to go through byte by
    /// byte; gives where it stopped, which is behind a delimiter that begins in a block. Rows end with LF, CRLF (at its LF) or
    /// CR, fields at the last byte of their delimiter.
    std::size_t (*scan_csv)(const csv_scan_rules&, const char* text, std::size_t from, std::size_t to, csv_scan_state&,
                            scan_output&);

    /// How many fields from the first on begin with these bytes (a JSON key, a quote), of which 16 are readable at least.
    /// `front` does not count.
    std::size_t (*starting_with)(const field_run&, const char* bytes, std::size_t size);

    /// How many fields have this byte before the `back` last ones. `front` does not count.
    how_many (*ending_with)(const field_run&, char);

    // These give whether no row is hard.
    bool (*int64)(const field_run&, const number_rules&, std::int64_t* out, field_bits&);
    bool (*float64)(const field_run&, const number_rules&, double* out, field_bits&);
    /// `YYYY-MM-DD`, a space or T, `HH:MM:SS`, and up to `decimals` digits behind a point, of 1900 to 2155.
    bool (*timestamp)(const field_run&, const timestamp_rules&, std::int64_t* out, field_bits&);
    /// `YYYY-MM-DD` of these years, in days.
    bool (*date)(const field_run&, const timestamp_rules&, std::int32_t* out, field_bits&);
    /// `true` and `false`; one bit a value.
    bool (*boolean)(const field_run&, null_form, std::uint64_t* out, field_bits&);

    /// Texts without their quotes, one behind the other from `data + position` on, and the end of each. Gives the last
    /// end. Writes up to 64 bytes behind it. No row is hard; that texts are UTF-8 is not looked at (`utf8` does, for all of a column at once; then no text may begin
    /// with a continuation byte).
    std::size_t (*csv_text)(const field_run&, const csv_text_rules&, char* data, std::size_t position, std::int32_t* ends,
                            field_bits&);

    /// Reads no byte outside.
    encoding (*utf8)(const char* text, std::size_t size);
};

/// The kernels of a level, or of the highest one below it that was compiled. Precondition: the processor has it.
PENSTOCK_DECL const text_kernels& text_kernels_of(simd_level level) noexcept;

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/kernels/json_kernels.hpp> // the bodies are those of both: they come behind the second
#endif
