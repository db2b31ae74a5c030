// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/format/batch_writer.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <vector>

namespace penstock::json {

/// Writes JSON Lines: one object a row, its keys in the order of the columns, LF at the end of each line, the
/// last one included. Nulls, NaN and infinities are null; doubles are the shortest text that reads back the
/// same; strings are escaped where they must be. A batch without rows adds nothing; without any row the
/// object is empty.
///
/// How values of each type are written: docs/types.md.
///
/// Errors: `errc::unsupported`, which names the column, for types and values that have no form in JSON; `errc::invalid_utf8` with column and row for a text that is not UTF-8; `errc::invalid_option` for
/// a batch whose schema is not the first one's and for two columns of one name; `errc::closed` after `close`,
/// whatever came of it, and after a write that failed or was cancelled; whatever the sink throws.
///
/// The writer keeps the executor free: after 256 KiB of text it posts. Memory: 256 KiB and one row's text.
class lines_writer final : public batch_writer {
  public:
    PENSTOCK_DECL explicit lines_writer(std::unique_ptr<byte_sink> sink);
    /// The same for a sink by value.
    template <std::derived_from<byte_sink> Sink>
    explicit lines_writer(Sink sink)
        : lines_writer{std::unique_ptr<byte_sink>{std::make_unique<Sink>(std::move(sink))}} {}

    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
    PENSTOCK_DECL awaitable<void> close() override;

  private:
    PENSTOCK_DECL void begin(const record_batch& batch);
    PENSTOCK_DECL void append_row(const record_batch& batch, std::size_t row);
    PENSTOCK_DECL failure fail(errc code, std::string message, std::string hint = {}) const;
    PENSTOCK_DECL failure not_utf8(const std::string& column, std::size_t row) const;
    /// Stays closed unless a write comes to its end: a text that lacks rows must not be committed.
    PENSTOCK_DECL void enter();

    std::unique_ptr<byte_sink> sink_;
    std::shared_ptr<const penstock::schema> schema_; // of the first batch
    std::vector<std::string> keys_;                  // as they stand in front of each value
    std::string text_;                               // not yet written
    std::uint64_t rows_ = 0;
    bool open_ = true;
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/lines_writer.ipp>
#endif
