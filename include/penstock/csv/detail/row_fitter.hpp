// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/cell.hpp>
#include <penstock/csv/detail/row_index.hpp>
#include <penstock/csv/detail/row_lengths.hpp>
#include <penstock/csv/detail/row_run.hpp>
#include <penstock/csv/options.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock::csv::detail {

/// Makes a run of rows that do not lie in the index as the converters want them: of another length than the table, where the
/// options pad or trim them, with blank rows and comments between them, with delimiters of several bytes, with blanks round their
/// fields. One pass over their separators.
class row_fitter {
  public:
    /// `rules` must outlive it.
    PENSTOCK_DECL row_fitter(const options& o, const cell_rules& rules);

    /// No row is fit as it stands in the index.
    bool needed() const noexcept { return rules_.trims() || rules_.delimiter_size() > 1; }
    /// The rows that can be made as long as the table.
    const row_lengths& allowed() const noexcept { return allowed_; }

    enum class verdict : std::uint8_t {
        good,    ///< it is in the run
        dropped, ///< a blank row, or a comment
        ragged,
    };

    /// Starts a new run of rows of so many fields.
    PENSTOCK_DECL void clear(std::size_t width);
    /// The row behind separator `slot` that ends at row end `row`.
    PENSTOCK_DECL verdict add(const row_index& index, std::size_t slot, std::size_t row);
    /// How many fields the row of the last `add` has.
    std::size_t fields() const noexcept { return fields_; }

    /// How much goes into a run.
    struct room {
        std::size_t rows;  ///< at least one
        std::size_t bytes; ///< the row that comes to so many is the last
        std::size_t row_bytes; ///< a longer row is bad
    };
    /// A run of what stands at the front of the index, up to the first bad row.
    PENSTOCK_DECL row_run fit(const row_index& index, std::size_t width, const room& most);

    /// The run. Holds until the next `clear` or `fit`.
    row_run run(const row_index& index) const noexcept {
        return {index.text(), slots_.data(), width_, rows_, 2, short_ ? lengths_.data() : nullptr};
    }
    /// Bytes of the first `rows` rows, as a batch counts them: with their line breaks, and one for each missing field.
    std::size_t bytes(std::size_t rows) const noexcept { return rows ? starts_[rows - 1].bytes_behind : 0; }
    /// How many of the first `rows` rows were padded or trimmed.
    PENSTOCK_DECL std::size_t changed(std::size_t rows) const noexcept;
    /// The first `rows` rows of what `fit` gave are done; all of them: what was dropped behind them is, too.
    PENSTOCK_DECL void consume(row_index& index, std::size_t rows) const noexcept;
    /// `fit` came by rows that were dropped.
    bool passed_some() const noexcept { return end_.row != rows_; }

  private:
    PENSTOCK_DECL void trim(const char* text, std::size_t fields) noexcept;

    struct place {
        std::size_t slot = 0;
        std::size_t row = 0;
        std::size_t bytes_behind = 0;
    };

    const cell_rules& rules_;
    row_lengths allowed_;
    std::size_t width_ = 0;
    std::size_t fields_ = 0;
    std::size_t rows_ = 0;
    bool short_ = false; // some row
    std::vector<std::uint32_t> slots_;
    std::vector<std::uint32_t> lengths_;
    std::vector<place> starts_; // of rows, in the index
    place end_;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/row_fitter.ipp>
#endif
