// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>

namespace penstock::s3 {

/// What a client did so far.
struct client_statistics {
    client_statistics() = default;

    std::uint64_t requests = 0;    ///< sent, attempts included; those whose answer has come or failed
    std::uint64_t retries = 0;     ///< attempts after the first
    std::uint64_t hedges = 0;      ///< second requests, for the answer to the first was late
    std::uint64_t hedges_won = 0;  ///< of these, whose answer came first
    std::uint64_t resumes = 0;     ///< downloads that went on after a break
    std::uint64_t connections = 0; ///< opened
    std::uint64_t bytes_sent = 0;     ///< of bodies
    std::uint64_t bytes_received = 0; ///< of bodies
    std::uint64_t cross_region_buckets = 0; ///< found in another region than the client's
    std::uint64_t budget_used = 0;
    std::uint64_t budget_peak = 0;
};

} // namespace penstock::s3
