// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/field.hpp>
#include <penstock/format/kernels/json_kernels.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::json::detail {

/// Converts one column of rows that are flat objects, by kernels and, for values that those leave, one by one. It takes
/// what is plainly a value of the column, and stops before all else: that is for the parser of single lines to judge.
class flat_column {
  public:
    /// Whether columns of this type can be converted so.
    PENSTOCK_DECL static bool can_convert(type_id id) noexcept;

    /// Precondition: `can_convert`; `builder` is of the field's type, and outlives this.
    PENSTOCK_DECL flat_column(const field& f, bool inferred, array_builder& builder, simd_level level);

    bool nullable() const noexcept { return nullable_; }
    array_builder& builder() noexcept { return *builder_; }

    /// Appends the rows of a run, at most `kernel_rows`, and gives how many of them, from the first on, could be taken. What was
    /// appended for those behind them is not to be used.
    PENSTOCK_DECL std::size_t append(const penstock::detail::field_run& run);

    /// The batch ends: the next one will be as large.
    PENSTOCK_DECL void batch_done();

  private:
    using field_run = penstock::detail::field_run;
    using field_bits = penstock::detail::field_bits;

    penstock::detail::null_form nulls() const noexcept {
        return nullable_ ? penstock::detail::null_form::word : penstock::detail::null_form::none;
    }
    template <class T>
    bool read(std::string_view text, T& out) const;
    template <class T, class Kernel>
    std::size_t append_values(number_builder<T>& to, const field_run& run, const Kernel& kernel);
    template <class T>
    std::size_t append_integers(const field_run& run);
    std::size_t append_booleans(const field_run& run);
    std::size_t append_strings(const field_run& run);

    data_type type_;
    bool nullable_;
    bool inferred_;
    array_builder* builder_;
    const penstock::detail::text_kernels* kernels_;
    const penstock::detail::json_kernels* json_kernels_;
    std::size_t expected_ = 0; // values and bytes of the last batch: blocks are taken in one go
    std::size_t expected_bytes_ = 0;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/flat_column.ipp>
#endif
