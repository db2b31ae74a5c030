// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/format/detail/held_reader.hpp>
#include <penstock/text/options.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace penstock::text {

/// Reads all bytes of a source as one row of one string column, or a binary one. Data without a byte are a row, too, an empty
/// text. A byte-order mark at the start is dropped (unless `binary`).
///
/// Errors, with object, line, column (in bytes) and byte offset: `errc::invalid_utf8` (not with `binary`);
/// `errc::record_too_large` for more than `max_record_bytes`, after so many were read; `errc::unknown_column` and
/// `errc::type_mismatch` for a schema or columns that do not fit; whatever the source answers. The first two are a bad
/// record, of which `on_bad_record` may say something else.
///
/// The reader keeps the executor free: after 256 KiB it posts, or works on the options' `compute_executor`. Memory: three
/// times the data.
class file_reader final : public penstock::detail::held_reader {
  public:
    /// No I/O happens here. Throws `errc::invalid_option` when `max_record_bytes` is beyond 1 GiB. Precondition: `source` is
    /// not null.
    PENSTOCK_DECL explicit file_reader(std::unique_ptr<byte_source> source, text::options options = text::options());
    /// The same for a source by value.
    template <std::derived_from<byte_source> Source>
    explicit file_reader(Source source, text::options options = text::options())
        : file_reader{std::unique_ptr<byte_source>{std::make_unique<Source>(std::move(source))}, std::move(options)} {}
};

} // namespace penstock::text

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/text/impl/file_reader.ipp>
#endif
