// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/token_bucket.hpp>

#include <memory>
#include <mutex>
#include <optional>

namespace penstock {

/// A rate that doubles with time, by a token bucket that holds a tenth of a second's tokens (one at least). Pure.
class doubling_rate {
  public:
    /// `per_second` above 0 from the first `take` on; twice that after each `doubling_time`, or the same for ever (zero).
    explicit doubling_rate(double per_second, duration doubling_time = duration::zero()) noexcept
        : initial_{per_second}, doubling_{doubling_time} {}

    /// Takes one token, and gives zero; or how long to wait before asking again.
    PENSTOCK_DECL duration take(steady_time now);
    PENSTOCK_DECL double rate(steady_time now) const noexcept;

  private:
    double initial_;
    duration doubling_;
    steady_time start_{};
    std::optional<token_bucket> bucket_; ///< none before the first
};

/// So many a second for several who share it: by weight, where they want more (see `fair_semaphore`). Thread-safe.
class rate_limiter {
  public:
    /// As `doubling_rate`. Throws `errc::invalid_option` where the rate is not above 0.
    PENSTOCK_DECL static std::shared_ptr<rate_limiter> create(double per_second, duration doubling_time = duration::zero());

    /// By whose shares it is asked.
    const std::shared_ptr<fair_semaphore>& queue() const noexcept { return queue_; }

    /// Whether one may go now.
    PENSTOCK_DECL bool try_acquire(fair_share& who, work_kind kind, steady_time now);
    /// Waits until one may go. Cancellation (any type) leaves the queue. Both must outlive it.
    PENSTOCK_DECL awaitable<void> acquire(fair_share& who, work_kind kind, std::shared_ptr<clock_source> clock);

    PENSTOCK_DECL double rate(steady_time now) const;

  private:
    explicit rate_limiter(doubling_rate how) : rate_{how} {}
    duration take(steady_time now) {
        const std::lock_guard lock{mutex_};
        return rate_.take(now);
    }

    std::shared_ptr<fair_semaphore> queue_ = fair_semaphore::create(1);
    mutable std::mutex mutex_;
    doubling_rate rate_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/rate_limiter.ipp>
#endif
