// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/format/batch_reader.hpp>
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
/// Columns: int64, double, boolean or string, by the schema that is given or by the first rows (see
/// `read_options`): integers and doubles together are doubles, anything else mixed is a string. In a string
/// column a value that is no string is its JSON text as it stands in the data: so are objects, arrays and
/// numbers beyond int64. A column of nulls only is a string column. With `infer_types(false)` and no schema the
/// first rows say which columns there are, and all of them are string columns. Keys that are no column are
/// passed over, their values are checked all the same.
///
/// Errors, each with object, line, column (in bytes) and byte offset, after all rows before it were given:
/// `errc::malformed_json` for what is not one JSON value (two on a line, a cut last line, a lone surrogate,
/// nesting beyond 1,023 …), `errc::invalid_utf8`, `errc::record_too_large`, `errc::type_mismatch` for a value
/// that is not of its column's type, a null where a given schema allows none, and a line that is no object;
/// `errc::unknown_column` for a name in `columns` that is no column; whatever the source answers.
///
/// The reader keeps the executor free: after 256 KiB of text it posts, or parses on the options' `compute_executor`.
/// Memory: twice the longest line in
/// buffers (at least 256 KiB; four times `inference_bytes` at the beginning), up to 18 times the longest line
/// in the parser, for a line that is nothing but short numbers, and the batch being built (at most about 32
/// MiB beyond its text).
class lines_reader final : public batch_reader {
  public:
    /// No I/O happens here. Throws `errc::invalid_option` when `max_record_bytes` is beyond 1 GiB.
    PENSTOCK_DECL explicit lines_reader(std::unique_ptr<byte_source> source, lines_options options = {});
    /// The same for a source by value.
    template <std::derived_from<byte_source> Source>
    explicit lines_reader(Source source, lines_options options = {})
        : lines_reader{std::unique_ptr<byte_source>{std::make_unique<Source>(std::move(source))},
                       std::move(options)} {}
    PENSTOCK_DECL lines_reader(lines_reader&&) noexcept;
    PENSTOCK_DECL lines_reader& operator=(lines_reader&&) noexcept;
    PENSTOCK_DECL ~lines_reader() override;

    PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> schema() override;
    PENSTOCK_DECL awaitable<std::optional<record_batch>> next() override;
    PENSTOCK_DECL read_statistics statistics() const override;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/lines_reader.ipp>
#endif
