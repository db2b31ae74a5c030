// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/config.hpp>
#include <penstock/json/write_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace penstock::json {

namespace detail {
struct row_writer;
}

/// Batches in, JSON text out; no I/O. In the order of the calls: `begin` where the schema is known before there are rows,
/// `append_rows` any number of times, `append_end` once. How values of each type are written: docs/types.md.
class formatter {
  public:
    /// Throws `errc::invalid_option` for an indent of lines, or of more than 16 spaces.
    PENSTOCK_DECL explicit formatter(write_shape shape = write_shape::lines, write_options options = write_options());
    PENSTOCK_DECL formatter(formatter&&) noexcept;
    PENSTOCK_DECL formatter& operator=(formatter&&) noexcept;
    PENSTOCK_DECL ~formatter();

    /// Judges the schema of the rows, once; nothing stands in front of them. Throws `error`, which names the column:
    /// `errc::unsupported` for types that have no form in JSON, `errc::invalid_utf8` for a name that is no text,
    /// `errc::invalid_option` for two columns of one name, and for another schema than that before.
    PENSTOCK_DECL void begin(std::string& out, const std::shared_ptr<const schema>& s);

    /// Appends rows from `first` on until all are done or `out` has come to `enough` bytes; gives the first row that is not
    /// done. Begins with the schema of the first batch, where nothing has begun. Throws `error`, after which there may be part of a
    /// row in `out`: as `begin`, and with column (in nested values a path: `a.b[2]["key"]`, items counted from 0) and row (1 for
    /// the first that was written) `errc::unsupported` for values that have no form in JSON (NaN, unless the options say
    /// otherwise), `errc::invalid_utf8`, and `errc::invalid_option` for a second row of one object.
    PENSTOCK_DECL std::size_t append_rows(std::string& out, const record_batch& batch, std::size_t first = 0,
                                          std::size_t enough = static_cast<std::size_t>(-1));

    /// Appends what stands behind the last row. Throws `errc::invalid_option` where there is no row for one object.
    PENSTOCK_DECL void append_end(std::string& out) const;

    /// What errors call it.
    PENSTOCK_DECL const char* operation() const noexcept;
    PENSTOCK_DECL write_shape shape() const noexcept;
    /// Rows written.
    PENSTOCK_DECL std::uint64_t rows() const noexcept;

  private:
    std::unique_ptr<detail::row_writer> rows_;
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/formatter.ipp>
#endif
