// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/options.hpp>

#include <cstddef>

namespace penstock::csv::detail {

/// How many fields a row may have: as many as the table, or fewer or more where the options pad or trim such rows.
class row_lengths {
  public:
    explicit constexpr row_lengths(ragged_rows r) noexcept
        : pads_{r == ragged_rows::pad || r == ragged_rows::pad_and_trim},
          trims_{r == ragged_rows::trim || r == ragged_rows::pad_and_trim} {}

    /// More are no fault.
    constexpr bool trims() const noexcept { return trims_; }
    constexpr bool allow(std::size_t fields, std::size_t width) const noexcept {
        return fields == width || (fields < width ? pads_ : trims_);
    }

  private:
    bool pads_;
    bool trims_;
};

} // namespace penstock::csv::detail
