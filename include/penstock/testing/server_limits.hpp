// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <cstddef>
#include <cstdint>

namespace penstock::testing {

/// Limits of the transport. The defaults suit real clients on a real network.
struct server_limits {
    server_limits() = default;

    std::size_t max_header_size = std::size_t{64} << 10;
    std::size_t max_connections = 4096;                 ///< more are closed at once
    duration header_timeout = std::chrono::seconds{30}; ///< from the first byte of a head to its last
    duration idle_timeout = std::chrono::minutes{2};    ///< between requests
    duration stall_timeout = std::chrono::minutes{1};   ///< without a byte of a body, either way
    std::uint64_t max_drain = std::uint64_t{64}
                              << 20; ///< of a body that nobody wants, before the connection is closed
};

} // namespace penstock::testing
