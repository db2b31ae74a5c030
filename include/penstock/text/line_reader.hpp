// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/format/detail/held_reader.hpp>
#include <penstock/text/options.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace penstock::text {

/// Reads the lines of a text, each a row of one string column:
///
///     auto lines = text::line_reader{open_file("server.log")};
///     while (auto batch = co_await lines.next())
///         for (const auto line : batch->column<std::string_view>("text")) use(line);
///
/// A line ends with LF or CRLF, which are no part of it; the last one may end with the data. Every line is a row, blank ones
/// too. A CR anywhere else is an ordinary character. A byte-order mark at the start is dropped (unless `binary`).
///
/// Errors, each with object, line, column (in bytes) and byte offset, after all rows before it were given:
/// `errc::invalid_utf8` (not with `binary`); `errc::record_too_large` for a line of more than `max_record_bytes`;
/// `errc::unknown_column` and `errc::type_mismatch` for a schema or columns that do not fit; whatever the source answers.
/// The first two are bad records, of which `on_bad_record` may say something else.
///
/// The reader keeps the executor free: after 256 KiB of text it posts, or cuts lines on the options' `compute_executor`.
/// Memory: a block of 256 KiB that grows to twice the longest line, and one batch.
class line_reader final : public penstock::detail::held_reader {
  public:
    /// No I/O happens here. Throws `errc::invalid_option` when `max_record_bytes` is beyond 1 GiB. Precondition: `source` is
    /// not null.
    PENSTOCK_DECL explicit line_reader(std::unique_ptr<byte_source> source, text::options options = text::options());
    /// The same for a source by value.
    template <std::derived_from<byte_source> Source>
    explicit line_reader(Source source, text::options options = text::options())
        : line_reader{std::unique_ptr<byte_source>{std::make_unique<Source>(std::move(source))}, std::move(options)} {}
};

} // namespace penstock::text

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/text/impl/line_reader.ipp>
#endif
