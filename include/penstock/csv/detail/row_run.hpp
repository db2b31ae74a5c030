// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/cell.hpp>
#include <penstock/csv/detail/scanner.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::csv::detail {

/// Rows of equal length, one behind the other: field (r, c) is what lies between the separators at
/// `slots[r * columns + c]` and `slots[r * columns + c + 1]`; slot 0 is the byte before the first row.
struct row_run {
    const char* text;
    const std::uint32_t* slots;
    std::size_t columns;
    std::size_t rows;

    std::size_t begin(std::size_t row, std::size_t column) const noexcept {
        return behind(slots[row * columns + column]);
    }
    std::size_t end(std::size_t row, std::size_t column) const noexcept {
        return slots[row * columns + column + 1];
    }
    std::string_view raw(std::size_t row, std::size_t column, const cell_rules& rules) const noexcept {
        const auto first = begin(row, column);
        const std::string_view cut{text + first, end(row, column) - first};
        return column + 1 == columns ? rules.without_cr(cut) : cut;
    }
};

} // namespace penstock::csv::detail
