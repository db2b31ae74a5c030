// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>
#include <penstock/json/write_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace penstock::json {

namespace detail {
struct object_writer;
}

/// Batches in, JSON text out; no I/O. In the order of the calls: `append_rows` any number of times, `append_end` once. How
/// values of each type are written: docs/types.md.
class formatter {
  public:
    /// Throws `errc::invalid_option` for an indent of lines, or of more than 16 spaces.
    PENSTOCK_DECL explicit formatter(write_shape shape = write_shape::lines, write_options options = write_options());
    PENSTOCK_DECL formatter(formatter&&) noexcept;
    PENSTOCK_DECL formatter& operator=(formatter&&) noexcept;
    PENSTOCK_DECL ~formatter();

    /// Appends rows from `first` on until all are done or `out` has come to `enough` bytes; gives the first row that is not
    /// done. The schema is that of the first batch. Throws `error`, after which there may be part of a row in `out`:
    /// `errc::unsupported`, which names the column, for types and values that have no form in JSON;
    /// `errc::invalid_utf8` with column and row; `errc::invalid_option` for a batch of another schema, two columns of one
    /// name, and a second row of one object.
    PENSTOCK_DECL std::size_t append_rows(std::string& out, const record_batch& batch, std::size_t first = 0,
                                          std::size_t enough = static_cast<std::size_t>(-1));

    /// Appends what stands behind the last row. Throws `errc::invalid_option` where there is no row for one object.
    PENSTOCK_DECL void append_end(std::string& out) const;

    write_shape shape() const noexcept { return shape_; }
    /// Rows written.
    std::uint64_t rows() const noexcept { return rows_; }

  private:
    PENSTOCK_DECL void begin(const std::shared_ptr<const schema>& s);
    void append_row(std::string& out, const record_batch& batch, std::size_t row);

    write_shape shape_;
    write_options options_;
    std::shared_ptr<const schema> schema_; // of the first batch
    std::unique_ptr<const detail::object_writer> row_;
    std::uint64_t rows_ = 0;
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/formatter.ipp>
#endif
