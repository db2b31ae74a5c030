// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/cpu_features.hpp>
#include <penstock/format/binary_text.hpp>
#include <penstock/format/read_options.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace penstock::json {

/// What readers of lines and of documents have beyond all text formats: how a record becomes a row.
struct record_options {
    std::string value_column;
    std::size_t max_columns = 4096;
    bool infer_nested = true;
    bool duplicate_keys_as_error = false;
    binary_form binary = binary_form::base64;
    simd_level instruction_set = penstock::detail::best_simd_level();
    bool expect_flat_rows = true;
};

/// Chaining setters for them.
template <class Derived>
class record_option_setters : public read_option_setters<Derived> {
  public:
    /// Instead of columns by key: one string column of this name with the JSON text of each record's value as
    /// it stands in the data, of whatever type. Every record is checked in full. Schema, columns and inference
    /// play no part.
    Derived& value_column(std::string name) {
        records_.value_column = std::move(name);
        return static_cast<Derived&>(*this);
    }
    /// How many columns inference may find; more are `errc::record_too_large`. It bounds what a table of
    /// nulls takes.
    Derived& max_columns(std::size_t n) {
        records_.max_columns = n;
        return static_cast<Derived&>(*this);
    }
    /// Whether objects and arrays become structs and lists where types are inferred; false makes them their JSON text.
    Derived& infer_nested(bool on) {
        records_.infer_nested = on;
        return static_cast<Derived&>(*this);
    }
    /// A key that occurs twice in one object is `errc::malformed_json`; otherwise the last value counts (a map has both).
    /// Looking for them allocates memory for every key.
    Derived& duplicate_keys_as_error(bool on) {
        records_.duplicate_keys_as_error = on;
        return static_cast<Derived&>(*this);
    }
    /// What stands for the bytes of binary columns that a schema has.
    Derived& binary(binary_form form) {
        records_.binary = form;
        return static_cast<Derived&>(*this);
    }
    /// For tests and measurements: kernels of a level below the processor's, which is the default. Precondition: the
    /// processor has it.
    Derived& instruction_set(simd_level level) {
        records_.instruction_set = level;
        return static_cast<Derived&>(*this);
    }
    /// For tests and measurements: false reads every record by the general parser, also those that could be read many at
    /// once. The result is the same.
    Derived& expect_flat_rows(bool on) {
        records_.expect_flat_rows = on;
        return static_cast<Derived&>(*this);
    }

    simd_level instruction_set() const noexcept { return records_.instruction_set; }
    bool expect_flat_rows() const noexcept { return records_.expect_flat_rows; }
    const record_options& records() const noexcept { return records_; }

  protected:
    record_option_setters() = default;

  private:
    record_options records_;
};

} // namespace penstock::json
