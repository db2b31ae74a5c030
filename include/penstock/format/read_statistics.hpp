// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <cstdint>
#include <vector>

namespace penstock {

/// What a `batch_reader` has come to so far. Rows of the batches that were given and records that were skipped are, at
/// the end of the data and without a limit, all records of the data: nothing is lost uncounted.
struct read_statistics {
    read_statistics() = default;

    std::uint64_t rows = 0;        ///< in batches that were given, captured ones included
    std::uint64_t skipped_rows = 0;  ///< bad records passed over
    std::uint64_t captured_rows = 0; ///< bad records that stand in the capture column
    std::uint64_t ragged_rows = 0; ///< of those given, the ones that a CSV reader padded or trimmed (`csv::options::ragged_rows`)
    std::uint64_t null_values = 0; ///< values that became null, because they are not of their column's type
    std::uint64_t bytes = 0;       ///< taken from the source, behind decompression
    /// Why the first bad records or values were bad, at most `read_options::max_kept_errors`, each with its place.
    std::vector<failure> errors;
};

} // namespace penstock
