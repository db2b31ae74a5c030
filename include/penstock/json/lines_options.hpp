// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/cpu_features.hpp>
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

    /// Whether objects and arrays become structs and lists where types are inferred; false makes them their JSON text.
    lines_options& infer_nested(bool on) {
        infer_nested_ = on;
        return *this;
    }
    /// A key that occurs twice in one object is `errc::malformed_json`; otherwise the last value counts (a map has both).
    /// Looking for them allocates memory for every key.
    lines_options& duplicate_keys_as_error(bool on) {
        duplicate_keys_as_error_ = on;
        return *this;
    }
    /// For tests and measurements: kernels of a level below the processor's, which is the default. Precondition: the
    /// processor has it.
    lines_options& instruction_set(simd_level level) {
        instruction_set_ = level;
        return *this;
    }
    /// For tests and measurements: false reads every line by the general parser, also those that are flat objects with
    /// the keys of the line before. The result is the same.
    lines_options& expect_flat_rows(bool on) {
        expect_flat_rows_ = on;
        return *this;
    }

    const std::string& value_column() const noexcept { return value_column_; }
    std::size_t max_columns() const noexcept { return max_columns_; }
    bool infer_nested() const noexcept { return infer_nested_; }
    bool duplicate_keys_as_error() const noexcept { return duplicate_keys_as_error_; }
    simd_level instruction_set() const noexcept { return instruction_set_; }
    bool expect_flat_rows() const noexcept { return expect_flat_rows_; }

  private:
    std::string value_column_;
    std::size_t max_columns_ = 4096;
    bool infer_nested_ = true;
    bool duplicate_keys_as_error_ = false;
    simd_level instruction_set_ = penstock::detail::best_simd_level();
    bool expect_flat_rows_ = true;
};

} // namespace penstock::json
