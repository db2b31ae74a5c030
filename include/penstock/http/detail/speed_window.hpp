// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <cstdint>

namespace penstock::http::detail {

/// How many bytes moved over each window of waiting. Time in which nobody waits does not count: a caller who is slow is no
/// slow network. Pure.
class speed_window {
  public:
    speed_window(std::uint64_t least, duration length) noexcept : least_{least}, length_{length} {}

    bool enabled() const noexcept { return least_ > 0; }
    void restart() noexcept { bytes_ = 0, waited_ = {}; }
    void moved(std::uint64_t n) noexcept { bytes_ += n; }

    void begin_wait(steady_time now) noexcept { since_ = now; }
    void end_wait(steady_time now) noexcept { waited_ += now - since_; }

    /// When the window is over, where the wait that has begun goes on until then.
    steady_time over_at() const noexcept { return waited_ < length_ ? later(since_, length_ - waited_) : since_; }
    /// For when it is over, in a wait. Where enough moved, the next one begins.
    bool too_slow(steady_time now) noexcept {
        if (bytes_ < least_) return true;
        restart();
        since_ = now;
        return false;
    }

  private:
    std::uint64_t least_;
    duration length_;
    std::uint64_t bytes_ = 0;
    duration waited_{};
    steady_time since_{};
};

} // namespace penstock::http::detail
