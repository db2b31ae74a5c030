// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/csv/detail/column_reader.hpp>
#include <penstock/csv/detail/row_fitter.hpp>
#include <penstock/csv/detail/row_index.hpp>
#include <penstock/csv/detail/table_setup.hpp>
#include <penstock/format/detail/batch_shape.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace penstock::csv::detail {

/// Converts rows of an index into columns, and those into batches.
class batch_converter {
  public:
    enum class progress : std::uint8_t {
        rows,   ///< were converted and consumed
        odd,    ///< none: the first row is blank, too long, or has another number of fields
        refused, ///< perhaps some; of the first row now a value cannot be read: `fault_in_first_row`
        failed, ///< perhaps some; the shape has the error
    };

    /// All must outlive it.
    PENSTOCK_DECL batch_converter(table_layout layout, const csv::options& options, const cell_rules& rules,
                                  penstock::detail::batch_shape& shape, const std::shared_ptr<buffer_pool>& pool);

    /// Converts and consumes rows of the right length from the front of the index, as many as fit into the
    /// batch, up to a mini-block of text. Throws where a single row does not fit into a batch of its own, which can be tried again
    /// if it was memory that was refused. Preconditions: the index has a row, the batch is not full, the shape has
    /// room.
    PENSTOCK_DECL progress convert(row_index& index);
    /// Bytes of what the last `convert` consumed.
    std::size_t converted() const noexcept { return converted_; }
    PENSTOCK_DECL failure fault_in_first_row(const row_index& index);

    /// A row without values, that the shape will be told of.
    PENSTOCK_DECL void append_nulls();
    /// It was made of so many bytes.
    void count_bytes(std::size_t bytes) noexcept { bytes_ += bytes; }
    /// Forgets the rows that the shape does not know of.
    void take_back() noexcept { keep(0); }

    bool full() const noexcept {
        return crowded_ || shape_.rows() == options_.common().batch_rows || bytes_ >= options_.common().batch_bytes;
    }
    /// The batch; starts the next one.
    PENSTOCK_DECL record_batch finish();

  private:
    PENSTOCK_DECL row_run find_run(const row_index& index);
    PENSTOCK_DECL void consume(const row_run& run, row_index& index);
    PENSTOCK_DECL std::size_t append(const row_run& run);
    /// Of the rows that the shape does not know of, the first ones.
    PENSTOCK_DECL void keep(std::size_t rows) noexcept;
    PENSTOCK_DECL std::size_t mismatches() const noexcept;
    PENSTOCK_DECL bool count_mismatches(row_run& run, const row_index& index);
    PENSTOCK_DECL failure fault(const column_reader& reader, const cell_fault& f, const row_index& index) const;

    const csv::options& options_;
    const cell_rules& rules_;
    penstock::detail::batch_shape& shape_;
    table_layout layout_;
    std::vector<column_reader> readers_;
    row_fitter fitter_;
    std::size_t bytes_ = 0; // in the batch
    std::size_t converted_ = 0;
    bool crowded_ = false; // the next row needs a batch of its own
    std::vector<std::uint64_t> faults_; // a bit for each row of the last run that cannot be read
    // A run goes up to its first faulty row, and the next ones to those that are known to come: no row is converted three times.
    std::vector<std::uint64_t> known_faults_;
    std::size_t passed_ = 0; // of the rows of `known_faults_`
    std::size_t most_ = static_cast<std::size_t>(-1); // rows that are worth converting at once
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/batch_converter.ipp>
#endif
