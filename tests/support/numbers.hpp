// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/random.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace test {

/// Numbers from a seed: a test that fails fails again.
class numbers {
  public:
    explicit numbers(std::uint64_t seed) : source_{penstock::make_seeded_random(seed)} {}
    std::uint64_t next() { return source_->next(); }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }

  private:
    std::shared_ptr<penstock::random_source> source_;
};

} // namespace test
