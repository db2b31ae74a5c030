// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/cell.hpp>
#include <penstock/csv/detail/scanner.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::csv::detail {

/// Rows of equal length. As the scanner finds them (`step` 1), one behind the other: field (r, c) is what lies between the
/// separators at `slots[r * columns + c]` and `slots[r * columns + c + 1]`; slot 0 is the byte before the first row. As
/// `row_fitter` makes them (`step` 2), every field has two slots of its own, and the CR of a CRLF belongs to none.
struct row_run {
    const char* text;
    const std::uint32_t* slots;
    std::size_t columns;
    std::size_t rows;
    std::size_t step = 1;
    const std::uint32_t* lengths = nullptr; ///< how many fields stand in each row; null: all that there are columns

    bool fitted() const noexcept { return step == 2; }
    std::size_t stride() const noexcept { return columns * step; }
    const std::uint32_t* slot(std::size_t row, std::size_t column) const noexcept {
        return slots + (row * columns + column) * step;
    }
    std::size_t begin(std::size_t row, std::size_t column) const noexcept { return behind(slot(row, column)[0]); }
    std::size_t end(std::size_t row, std::size_t column) const noexcept { return slot(row, column)[1]; }
    std::string_view raw(std::size_t row, std::size_t column, const cell_rules& rules) const noexcept {
        const auto first = begin(row, column);
        const std::string_view cut{text + first, end(row, column) - first};
        return column + 1 == columns && !fitted() ? rules.without_cr(cut) : cut;
    }
    /// The row is shorter than the table: the field is null, and empty here.
    bool missing(std::size_t row, std::size_t column) const noexcept { return lengths && lengths[row] <= column; }
};

} // namespace penstock::csv::detail
