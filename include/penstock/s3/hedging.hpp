// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <chrono>
#include <optional>

namespace penstock::s3 {

/// Hedged requests: where the answer to a GET of an object is late, the same is asked once more on another connection, which
/// begins with the next address of those that the store's name has; the first good answer is taken, the other connection closed.
/// Of writes never. The second request is no retry; it is left out where it would have to wait for its turn or for memory.
///
/// What it may cost is bounded by a budget of its own: ten to begin with; each hedge takes one, each answer gives 0.05 back
/// (as aws-s3-transfer-manager-rs has it): in the long run no more than one request in twenty.
class hedging_options {
  public:
    /// Late is later than 95 % of the last answers were, at least `least` (10 ms), once twenty are known.
    hedging_options() = default;
    /// Late is later than this.
    explicit hedging_options(duration after) : after_{after} {}
    hedging_options& least(duration d) { return least_ = d, *this; }

    const std::optional<duration>& after() const noexcept { return after_; }
    duration least() const noexcept { return least_; }

  private:
    std::optional<duration> after_;
    duration least_ = std::chrono::milliseconds{10};
};

} // namespace penstock::s3
