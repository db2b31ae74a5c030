// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/part_planner.hpp>
#include <penstock/s3/detail/pinned_object.hpp>

#include <optional>

namespace penstock::s3::detail {

/// What the first request of a parallel read brought.
struct first_answer {
    first_answer() = default;

    std::optional<object_reader> body; ///< the first part, or all where that cannot be asked for in parts
    get_object_outcome outcome = get_object_outcome::whole;
    byte_range range;   ///< that the whole read gives
    bool counted = true; ///< its length is known
    part_planner plan;  ///< of what follows the body
};

/// Throws `errc::invalid_option`.
PENSTOCK_DECL void check_parallel(const parallel_options& how, const get_object_options& asked);

/// The request to begin with: for no more than a part. What lies at the end of an object of unknown size begins with its
/// last byte.
PENSTOCK_DECL object_range first_request(const object_range& asked, std::uint64_t part_size) noexcept;

/// Requests one after another, at most.
inline constexpr std::uint64_t first_memory = 2 * receiving_memory;

/// Sends the first request, and the second where the first was for the last byte only. Takes from `held`, which has
/// `first_memory` at least, what its connections need. `object` and `held` must outlive it.
PENSTOCK_DECL awaitable<first_answer> open_first(pinned_object& object, parallel_limits limits, bool pin_version,
                                                 permit& held);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/first_answer.ipp>
#endif
