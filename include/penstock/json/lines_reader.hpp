// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/format/detail/held_reader.hpp>
#include <penstock/json/lines_options.hpp>

#include <concepts>
#include <memory>

namespace penstock::json {

/// Reads JSON Lines (NDJSON): one object a line, its keys the columns, in the order in which they first turn
/// up.
///
/// Lines end with LF or CRLF; the last one may end with the data. Blank lines and a byte-order mark at the
/// start are passed over. A missing key is a null; of a key that occurs twice in an object the last value
/// counts.
///
/// Columns, by the schema that is given or by the first rows (see `read_options`). Inferred types: truth values are
/// boolean; whole numbers int64, and where one is beyond that uint64, decimal128(38, 0) or decimal256(76, 0), the first
/// that holds all; other numbers, or both mixed, double; texts date32 or timestamp[us] where all of them are such in ISO
/// form, else string; objects structs with all keys that occur, arrays lists. What is mixed otherwise is a string column:
/// there a value that is no string is its JSON text as it stands in the data. A column of nulls only is a string column,
/// too. With `infer_types(false)` and no schema the first rows say which columns there are, and all of them are string
/// columns.
///
/// A given schema may ask for every type but unions. Whole numbers must fit their column; decimals come from numbers or
/// strings without a loss of digits; bytes from base64, dates, times and spans of time from texts as docs/types.md has
/// them; lists and fixed-size lists from arrays, structs and maps from objects (of a map, the keys are parsed as text),
/// dictionaries from what their values come from. A batch ends before the row that a dictionary of it has no room for.
///
/// Keys that are no column are passed over; in structs, too. Their values are checked all the same.
///
/// Errors, each with object, line, column (in bytes) and byte offset, after all rows before it were given:
/// `errc::malformed_json` for what is not one JSON value (two on a line, a cut last line, a lone surrogate,
/// nesting beyond 1,023, with `duplicate_keys_as_error` a key twice …), `errc::invalid_utf8`, `errc::record_too_large` (also for a row
/// that has more different values than a dictionary column can tell apart), `errc::type_mismatch` for a value
/// that is not of its column's type, a null where a given schema allows none, and a line that is no object;
/// `errc::unknown_column` for a name in `columns` that is no column; whatever the source answers.
///
/// The reader keeps the executor free: after 256 KiB of text it posts, or parses on the options' `compute_executor`.
/// Memory: twice the longest line in
/// buffers (at least 256 KiB; four times `inference_bytes` at the beginning), up to 18 times the longest line
/// in the parser, for a line that is nothing but short numbers, and the batch being built (at most about 32
/// MiB beyond its text).
class lines_reader final : public penstock::detail::held_reader {
  public:
    /// No I/O happens here. Throws `errc::invalid_option` when `max_record_bytes` is beyond 1 GiB.
    PENSTOCK_DECL explicit lines_reader(std::unique_ptr<byte_source> source, lines_options options = {});
    /// The same for a source by value.
    template <std::derived_from<byte_source> Source>
    explicit lines_reader(Source source, lines_options options = {})
        : lines_reader{std::unique_ptr<byte_source>{std::make_unique<Source>(std::move(source))},
                       std::move(options)} {}
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/lines_reader.ipp>
#endif
