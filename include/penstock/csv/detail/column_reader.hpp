// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/schema.hpp>
#include <penstock/csv/detail/date_column.hpp>
#include <penstock/csv/detail/row_run.hpp>
#include <penstock/csv/detail/table_setup.hpp>
#include <penstock/format/kernels/text_kernels.hpp>
#include <penstock/format/scalar_text.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace penstock::csv::detail {

/// Why a cell cannot be read.
struct cell_fault {
    errc code;
    std::size_t position; ///< in the buffer
    std::string message;
};

/// Converts one column of a run after the other.
class column_reader {
  public:
    /// `inferred`: every value must be of a kind that inference would have put into this column.
    PENSTOCK_DECL column_reader(field f, table_layout::column where, bool mismatch_as_null, const csv::options& options,
                                std::shared_ptr<buffer_pool> pool);

    bool inferred() const noexcept { return inferred_; }

    /// Appends the rows of the run. Sets the bits of those that cannot be read in `faults`; what was appended from the first
    /// of them on is not to be used.
    PENSTOCK_DECL void append(const row_run& run, const cell_rules& rules, std::span<std::uint64_t> faults);

    /// The next batch is perhaps not as large as the last one.
    void expect_nothing() noexcept { expected_ = expected_bytes_ = 0; }

    /// How many values became null in the last `append` because they were not of the column's type.
    std::size_t mismatches() const noexcept { return mismatches_; }

    /// What is wrong with the cell in this row, if anything is. `mismatch`: also where it is null for that.
    PENSTOCK_DECL std::optional<cell_fault> find_fault(const row_run& run, std::size_t row, const cell_rules& rules,
                                                       bool mismatch = false);

    /// A row without values.
    void append_null() { builder_.append_null(); }

    void truncate(std::size_t size) noexcept { builder_.truncate(size); }
    PENSTOCK_DECL array finish();

  private:
    using field_bits = penstock::detail::field_bits;
    using field_run = penstock::detail::field_run;

    PENSTOCK_DECL field_run column_of(const row_run& run, const cell_rules& rules) const noexcept;
    PENSTOCK_DECL penstock::detail::null_form nulls(const cell_rules& rules) const noexcept;
    template <class T, class Kernel>
    void append_values(number_builder<T>& to, const row_run& run, const cell_rules& rules, const Kernel& kernel);
    template <class T>
    void append_integers(number_builder<T>& to, const row_run& run, const cell_rules& rules);
    template <class T>
    void append_dates(number_builder<T>& to, const row_run& run, const cell_rules& rules);
    PENSTOCK_DECL void append_booleans(boolean_builder& to, const row_run& run, const cell_rules& rules);
    PENSTOCK_DECL void append_strings(string_builder& to, const row_run& run, const cell_rules& rules);
    PENSTOCK_DECL void append_parsed(const row_run& run, const cell_rules& rules);
    PENSTOCK_DECL void append_decoded(string_builder& to, const row_run& run, const cell_rules& rules);
    void found_fault(std::size_t row) noexcept { faults_[row / 64] |= std::uint64_t{1} << (row % 64); }

    enum class outcome : std::uint8_t { value, null, fault, mismatch };
    template <class T>
    outcome read(const row_run& run, std::size_t row, const cell_rules& rules, T& out);
    template <class T>
    void read_hard(const row_run& run, std::size_t first, const cell_rules& rules, T* out, std::uint64_t hard,
                   std::uint64_t& valid);
    template <class T>
    bool parse(std::string_view text, const cell_rules& rules, T& out);
    PENSTOCK_DECL bool append_value(std::string_view text, const cell_rules& rules);
    PENSTOCK_DECL field_run translate(const row_run& run, std::size_t first, std::size_t rows, const cell_rules& rules);
    PENSTOCK_DECL outcome append_one(const row_run& run, std::size_t row, const cell_rules& rules);
    outcome null_outcome() const noexcept { return field_.nullable() ? outcome::null : outcome::fault; }

    field field_;
    bool missing_;
    bool textual_;      // must be UTF-8
    bool quoted_nulls_; // a null text in quotes is null: what is quoted may not be a value
    std::size_t source_;
    bool inferred_;
    bool mismatch_as_null_;
    const penstock::detail::text_kernels* kernels_;
    array_builder builder_;
    scalar_parser parser_; // for types that have no kernel
    std::size_t expected_ = 0; // values and bytes of the last batch: blocks are taken in one go
    std::size_t expected_bytes_ = 0;
    std::size_t mismatches_ = 0;
    std::span<std::uint64_t> faults_; // while it appends
    std::string scratch_;
    std::string number_; // in the plain style
    std::optional<date_format> form_;
    bool numeric_; // and numbers have another style
    bool translated_; // for kernels
    std::string plain_;
    std::vector<std::uint32_t> plain_slots_;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/column_reader.ipp>
#endif
