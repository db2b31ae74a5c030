// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/range_source.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace penstock::s3::detail {

/// Bytes of a request that go to one of the ranges asked for.
struct range_piece {
    std::uint64_t offset = 0; ///< in the object
    std::uint64_t length = 0;
    std::size_t range = 0; ///< which one

    friend bool operator==(const range_piece&, const range_piece&) = default;
};

/// One GET: its pieces in order; what lies between them is read and dropped.
struct planned_request {
    byte_range range;
    std::vector<range_piece> pieces;
};

/// Bytes that two ranges have in common: received for one, copied to the other.
struct range_copy {
    range_piece piece; ///< its `range` is the one that received it
    std::size_t to = 0;

    friend bool operator==(const range_copy&, const range_copy&) = default;
};

struct range_plan {
    range_plan() = default;

    std::vector<planned_request> requests; ///< in the object's order
    std::vector<range_copy> copies;        ///< once all requests are done
};

/// Few requests for many ranges of an object of `size` bytes, in any order, overlapping or not: those that lie no further
/// than `gap` apart come together, up to `max_request` bytes; what is longer is cut. Beyond the object's end nothing is
/// asked for. In time n log n.
PENSTOCK_DECL range_plan plan_ranges(std::span<const byte_range> ranges, std::uint64_t size, std::uint64_t gap,
                                     std::uint64_t max_request);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/range_plan.ipp>
#endif
