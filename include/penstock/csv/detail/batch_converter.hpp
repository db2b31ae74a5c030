// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/csv/detail/column_reader.hpp>
#include <penstock/csv/detail/row_index.hpp>
#include <penstock/csv/detail/table_setup.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace penstock::csv::detail {

/// Converts rows of an index into columns, and those into batches.
class batch_converter {
  public:
    /// `options` and `rules` must outlive it.
    PENSTOCK_DECL batch_converter(table_layout layout, const csv::options& options, const cell_rules& rules,
                                  const std::shared_ptr<buffer_pool>& pool);

    /// Converts and consumes rows of the right length from the front of the index, as many as fit into the
    /// batch, up to a mini-block of text. Gives the bytes they had: 0 when the first row is blank or of
    /// another length. A failure when a value cannot be read; the rows before it are in the batch.
    /// Preconditions: the index has a row, the batch is not full.
    PENSTOCK_DECL result<std::size_t> convert(row_index& index);

    std::size_t rows() const noexcept { return rows_; }
    bool full() const noexcept {
        return rows_ == options_.common().batch_rows || bytes_ >= options_.common().batch_bytes;
    }
    /// The batch; starts the next one.
    PENSTOCK_DECL record_batch finish();

  private:
    PENSTOCK_DECL row_run find_run(const row_index& index) const;
    PENSTOCK_DECL std::optional<failure> find_fault(const row_run& run, std::size_t row,
                                                    const row_index& index);

    const csv::options& options_;
    const cell_rules& rules_;
    table_layout layout_;
    std::vector<column_reader> readers_;
    std::size_t rows_ = 0; // in the batch
    std::size_t bytes_ = 0;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/batch_converter.ipp>
#endif
