// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/read_options.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace penstock::json {

/// How `lines_reader` reads: what all text formats have (read_options.hpp) and what is JSON's own. Setters
/// chain.
class lines_options : public read_option_setters<lines_options> {
  public:
    lines_options() = default;

    /// Instead of columns by key: one string column of this name with the JSON text of each line's value as
    /// it stands in the data, of whatever type. Every line is checked in full. Schema, columns and inference
    /// play no part.
    lines_options& value_column(std::string name) {
        value_column_ = std::move(name);
        return *this;
    }
    /// How many columns inference may find; more are `errc::record_too_large`. It bounds what a table of
    /// nulls takes.
    lines_options& max_columns(std::size_t n) {
        max_columns_ = n;
        return *this;
    }

    const std::string& value_column() const noexcept { return value_column_; }
    std::size_t max_columns() const noexcept { return max_columns_; }

  private:
    std::string value_column_;
    std::size_t max_columns_ = 4096;
};

} // namespace penstock::json
