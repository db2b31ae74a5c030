// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/flat_column.hpp>
#include <penstock/json/detail/row_scan.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::json::detail {

/// Reads runs of rows that are one flat object each, all with the same keys in the same order and the same spaces around
/// them: a list of commas and row ends outside strings says where fields are, each is compared with the key that a row
/// before had in its place, and columns are converted one after the other. What is not so it leaves to the parser of
/// single rows, from which it learns how rows look. What it takes, that parser would have read as the same values: every
/// field is exactly a key and one scalar. Pure.
class flat_rows {
  public:
    static constexpr std::size_t no_column = static_cast<std::size_t>(-1);

    PENSTOCK_DECL explicit flat_rows(simd_level level);

    /// In their order. They are to outlive this. With a column that is no scalar, no row is taken. `may_be_missing`: a row
    /// without it has a null there, if the field may be null.
    PENSTOCK_DECL void add_column(value_node& column, bool may_be_missing);

    /// Whether it would make sense to show it the row at hand.
    bool wants_lesson() noexcept {
        if (!possible_ || !unknown_ || columns_.empty()) return false;
        if (wait_ == 0) return true;
        --wait_;
        return false;
    }
    /// `row` is one valid object, with all that stands between the row before and its own end. `column_of(place, key)`
    /// gives the column or `no_column`.
    template <class ColumnOf>
    void learn(std::string_view row, json_layout layout, const ColumnOf& column_of) {
        begin_lesson(row);
        std::string_view key;
        while (next_field(row, key)) fields_.back().column = column_of(fields_.size() - 1, key);
        end_lesson(layout);
    }

    /// Appends rows from the beginning of a text on; see `row_scan::find`. None: the next row is for another parser.
    PENSTOCK_DECL row_run append(const row_text& at, const run_limits& most);

    PENSTOCK_DECL void batch_done();
    /// Memory was refused: fewer rows at a time, and no batch as large as the last one is expected.
    PENSTOCK_DECL void be_modest() noexcept;
    /// What comes is another text.
    void restart() noexcept { scan_.restart(); }

  private:
    /// What a field begins with, its key and colon among it, up to its value.
    struct expected_field {
        std::string front; // with room to load 16 bytes
        std::size_t size = 0;
        std::size_t column = no_column;
    };

    PENSTOCK_DECL void begin_lesson(std::string_view row);
    PENSTOCK_DECL bool next_field(std::string_view row, std::string_view& key);
    PENSTOCK_DECL void end_lesson(json_layout layout);
    PENSTOCK_DECL std::size_t equal_rows(const char* text, const run_limits& most) const;
    PENSTOCK_DECL std::size_t convert(const char* text, std::size_t rows);

    simd_level level_;
    const penstock::detail::text_kernels* kernels_;
    const penstock::detail::json_kernels* json_kernels_;
    std::vector<flat_column> columns_;
    bool may_be_missing_ = true;
    bool possible_ = true;

    // how rows look
    std::vector<expected_field> fields_; // none: not known
    std::string back_;                   // behind the last value, up to what ends the row
    std::size_t around_ = 0;             // bytes in front of a row's text
    std::size_t own_end_ = 0;            // 1: what ends a row is of its text
    std::vector<std::size_t> missing_;   // columns that have no field
    bool unknown_ = true;                // the row at hand does not look so
    std::size_t lesson_at_ = 0;
    bool lesson_failed_ = false;
    std::size_t wait_ = 0;       // rows without a lesson
    std::size_t next_wait_ = 1;

    row_scan scan_; // where fields are
    std::size_t run_ = penstock::detail::kernel_rows;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/flat_rows.ipp>
#endif
