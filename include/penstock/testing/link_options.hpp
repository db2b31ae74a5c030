// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock::testing {

/// Something that happens to one direction of a simulated connection once `at` bytes have passed.
struct link_fault {
    enum class kind : std::uint8_t {
        close, ///< the reader sees an orderly end, the writer a broken pipe
        reset, ///< both sides see a reset
        stall, ///< nothing passes for `length`
    };
    link_fault() = default;
    link_fault(kind what, std::uint64_t at, duration length = duration::max())
        : what{what}, at{at}, length{length} {}

    kind what = kind::close;
    std::uint64_t at = 0;
    duration length = duration::max(); ///< of a stall; `max` is for ever
};

/// The properties of one direction.
struct link_options {
    link_options() = default;

    /// Bytes on the way (sent and not yet read); a writer that is further ahead waits.
    std::size_t capacity = std::size_t{64} << 10;
    duration latency{};
    std::uint64_t bytes_per_second = 0; ///< 0: as fast as it goes
    /// The most that one read or write moves; with a random source, between 1 and this. 0: no limit.
    std::size_t max_transfer = 0;
    std::vector<link_fault> faults; ///< in order of `at`
};

/// Counts what a pair did; the calls that moved bytes or ended the stream are its steps.
struct link_statistics {
    std::uint64_t bytes_to_client = 0;
    std::uint64_t bytes_to_server = 0;
    std::uint64_t client_steps = 0;
};

} // namespace penstock::testing
