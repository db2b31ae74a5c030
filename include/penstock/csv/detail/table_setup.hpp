// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>
#include <penstock/csv/detail/row_fitter.hpp>
#include <penstock/csv/detail/row_index.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/detail/schema_match.hpp>
#include <penstock/format/type_inference.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::csv::detail {

/// Which columns are read, and how.
struct table_layout {
    std::size_t width = 0;                          ///< fields of a row
    std::shared_ptr<const penstock::schema> schema; ///< of the columns that are read
    /// Where each stands in a row, and whether its type was inferred.
    struct column {
        std::optional<std::size_t> source; ///< none: it is missing, and null
        bool inferred = false;
    };
    std::vector<column> columns;
    std::size_t sampled = 0; ///< rows that types were inferred from
};

/// Finds out which columns there are and of which types: from the options, the header and the first rows.
class table_setup {
  public:
    /// Both must outlive it.
    table_setup(const csv::options& options, const cell_rules& rules)
        : options_{options}, rules_{rules}, fitter_{options, rules} {}

    /// Learns the columns from the first row, which has its end, and consumes it if it is a header.
    PENSTOCK_DECL result<void> read_header(row_index& index);
    /// There is no row at all: the columns are those that the caller named.
    PENSTOCK_DECL result<void> without_rows(const row_index& index);

    /// Fields of a row, once the columns are known.
    std::size_t width() const noexcept { return width_; }

    /// Looks at rows for their types without consuming them. True when enough was seen, or all there is; at
    /// once where no types are to be inferred. Precondition: the columns are known and no row was consumed
    /// since.
    PENSTOCK_DECL bool sample(const row_index& index);

    /// No row was sampled or passed over yet.
    bool untouched() const noexcept { return sampled_ == 0 && !passed_; }
    /// Types were to be inferred, but no row was good enough.
    bool sampled_nothing() const noexcept { return inference_ && sampled_ == 0; }

    /// Once only, after `sample` said true.
    PENSTOCK_DECL table_layout finish();

  private:
    PENSTOCK_DECL std::optional<failure> read_names(row_index& index, std::vector<std::string>& names);
    PENSTOCK_DECL result<void> apply_date_formats(const std::vector<std::string>& names, const row_index& index);
    PENSTOCK_DECL result<void> choose_columns(std::vector<std::string> names, const row_index& index);
    PENSTOCK_DECL bool sample_is_full(std::uint64_t end) const noexcept;

    const csv::options& options_;
    const cell_rules& rules_;
    row_fitter fitter_;

    std::size_t width_ = 0;
    std::vector<penstock::detail::matched_column> chosen_;

    std::optional<type_inference> inference_;
    std::size_t slot_ = 0; // of the next row to sample, in the index
    std::size_t row_ = 0;
    std::size_t sampled_ = 0;
    bool passed_ = false; // rows that are bad
    std::uint64_t sample_start_ = 0; // offset in the text
    std::string scratch_;
    std::string number_;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/table_setup.ipp>
#endif
