// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/row_index.hpp>
#include <penstock/csv/detail/row_lengths.hpp>
#include <penstock/csv/options.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace penstock::csv::detail {

/// What is wrong with the shape of a row: its length, the number of its fields, its quotes. Of several faults
/// the first by position, so that it is the same however the text is cut.
class row_check {
  public:
    PENSTOCK_DECL explicit row_check(const options& o);

    /// How many fields every row must have; unknown until the first was seen.
    void columns(std::size_t n) noexcept { columns_ = n; }
    const std::optional<std::size_t>& columns() const noexcept { return columns_; }

    /// What is wrong with the first row, which has its end.
    PENSTOCK_DECL std::optional<failure> whole_row(const row_index& index) const;
    /// The first row, which has no end yet, cannot have a good one: it is too long, or its quotes are wrong. A row that
    /// has too many fields is none of these.
    PENSTOCK_DECL bool hopeless(const row_index& index) const noexcept;
    /// What is wrong with the first row, which has no end yet.
    PENSTOCK_DECL std::optional<failure> unfinished_row(const row_index& index) const;

  private:
    PENSTOCK_DECL std::optional<failure> too_much(const row_index& index,
                                                  std::size_t known_end) const;
    /// What to do about the first row, which has another length, as its text up to `end` looks.
    PENSTOCK_DECL std::string ragged_hint(const row_index& index, std::size_t end) const;

    std::size_t max_bytes_;
    std::size_t max_columns_;
    row_lengths lengths_;
    std::size_t delimiter_size_;
    std::string_view decided_by_; // how many columns there are
    bool quotes_;
    std::optional<std::size_t> columns_;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/row_check.ipp>
#endif
