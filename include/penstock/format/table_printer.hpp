// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/format/value_text.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace penstock {

struct table_options {
    table_options() = default;

    std::size_t width =
        0; ///< of the terminal, in columns; 0 for no limit. Columns that do not fit are left out
    std::size_t max_column_width = 40; ///< longer texts are cut and end in "…"
    std::string null_text = "null";
};

/// Prints batches as a table for people: numbers to the right, text to the left, control characters escaped,
/// text cut at whole characters by the width it takes on a terminal. Column widths are those of the first batch:
/// what is printed needs no look at what comes. Only text and nested values are cut; a number, truth value or null that is wider
/// than its column makes its row wider. Pure.
class table_printer {
  public:
    explicit table_printer(table_options options = table_options()) : options_{std::move(options)} {}

    /// The lines of `batch`, each ended by a line feed; before those of the first, a header and a rule.
    PENSTOCK_DECL std::string print(const record_batch& batch);

  private:
    PENSTOCK_DECL void measure(const record_batch& batch);
    PENSTOCK_DECL void print_header(std::string& out, const schema& s) const;

    table_options options_;
    std::vector<std::size_t> widths_; // of the columns that are shown
    bool started_ = false;
    bool cut_ = false; // some columns are not shown
};

/// How many columns `text` takes on a terminal: 2 for wide East Asian characters and emoji, 0 for combining
/// marks.
PENSTOCK_DECL std::size_t display_width(std::string_view text) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/table_printer.ipp>
#endif
