// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>

namespace penstock::s3 {

/// What a client did so far.
struct client_statistics {
    client_statistics() = default;

    std::uint64_t requests = 0;    ///< sent, attempts included
    std::uint64_t retries = 0;     ///< attempts after the first
    std::uint64_t resumes = 0;     ///< downloads that went on after a break
    std::uint64_t connections = 0; ///< opened
    std::uint64_t budget_used = 0;
    std::uint64_t budget_peak = 0;
};

} // namespace penstock::s3
