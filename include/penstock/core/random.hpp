// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <memory>

namespace penstock {

/// Where jitter and hedging get their randomness; not for secrets. Injected so that a test can replay it. Belongs to
/// one executor.
class random_source {
  public:
    virtual ~random_source() = default;
    virtual std::uint64_t next() noexcept = 0;

    /// Uniform in [0, 1).
    double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// Uniform in [0, n); 0 for n = 0.
    std::uint64_t below(std::uint64_t n) noexcept {
        return n ? static_cast<std::uint64_t>(uniform() * static_cast<double>(n)) : 0;
    }
};

/// Seeded by the operating system.
PENSTOCK_DECL std::shared_ptr<random_source> make_system_random();

/// The same sequence for the same seed, on every machine (SplitMix64).
PENSTOCK_DECL std::shared_ptr<random_source> make_seeded_random(std::uint64_t seed);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/random.ipp>
#endif
