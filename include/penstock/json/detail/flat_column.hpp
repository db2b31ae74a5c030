// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/format/kernels/json_kernels.hpp>
#include <penstock/json/detail/value_node.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::json::detail {

/// Converts one column of rows, or a child of one, by kernels and, for values that those leave, one by one. It takes what is
/// plainly a value of the column, as long as the batch has room for it, and stops before all else: that is for the parser of
/// single lines to judge.
class flat_column {
  public:
    /// Where the fields of a run come from.
    enum class fields : std::uint8_t {
        split,  ///< what stands between commas
        walked, ///< the texts of single values; objects and arrays have been looked at; an empty field is a missing one
    };

    /// Precondition: `node.is_scalar()`; it outlives this.
    PENSTOCK_DECL flat_column(value_node& node, fields from, simd_level level);

    bool nullable() const noexcept { return node_->nullable(); }
    array_builder& builder() noexcept { return node_->builder(); }

    /// Appends the rows of a run, at most `kernel_rows`, and gives how many of them, from the first on, could be taken. What was
    /// appended for those behind them is not to be used.
    PENSTOCK_DECL std::size_t append(const penstock::detail::field_run& run);

    /// The batch ends: the next one will be as large.
    PENSTOCK_DECL void batch_done();
    void expect_nothing() noexcept { expected_ = expected_bytes_ = 0; }

  private:
    using field_run = penstock::detail::field_run;
    using field_bits = penstock::detail::field_bits;

    penstock::detail::null_form nulls() const noexcept {
        using penstock::detail::null_form;
        return !nullable() ? null_form::none : from_ == fields::walked ? null_form::word_or_empty : null_form::word;
    }
    const data_type& type() const noexcept { return node_->type(); }
    bool is_text_as_it_stands(std::string_view t) const;
    bool append_one(std::string_view text);
    std::size_t append_each(const field_run& run);
    template <class T>
    bool read(std::string_view text, T& out) const;
    template <class T, class Kernel>
    std::size_t append_values(number_builder<T>& to, const field_run& run, const Kernel& kernel);
    template <class T>
    std::size_t append_integers(const field_run& run);
    std::size_t append_booleans(const field_run& run);
    std::size_t append_strings(const field_run& run);

    value_node* node_;
    fields from_;
    const penstock::detail::text_kernels* kernels_;
    const penstock::detail::json_kernels* json_kernels_;
    std::size_t expected_ = 0; // values and bytes of the last batch: blocks are taken in one go
    std::size_t expected_bytes_ = 0;
    std::string scratch_;
};

/// How many rows from the first on hold one valid scalar: fields that are no column's are looked at all the same.
PENSTOCK_DECL std::size_t valid_scalars(penstock::detail::field_run run, const penstock::detail::json_kernels& kernels);

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/flat_column.ipp>
#endif
