// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/rate_limiter.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <cmath>

namespace penstock {

PENSTOCK_DECL double doubling_rate::rate(steady_time now) const noexcept {
    constexpr double most_doublings = 64; // no limit any more
    if (doubling_ <= duration::zero() || !bucket_ || now <= start_) return initial_;
    const auto doublings = std::chrono::duration<double>{now - start_} / std::chrono::duration<double>{doubling_};
    return initial_ * std::exp2(std::min(doublings, most_doublings));
}

PENSTOCK_DECL duration doubling_rate::take(steady_time now) {
    constexpr double burst = 0.1; // seconds
    if (!bucket_) {
        start_ = now;
        bucket_.emplace(initial_, std::max(1.0, initial_ * burst), now);
    }
    const double per_second = rate(now);
    bucket_->set_rate(per_second, std::max(1.0, per_second * burst), now);
    const auto wait = bucket_->take(1, now);
    // A rate that doubles soon has one sooner.
    return doubling_ > duration::zero() ? std::min(wait, doubling_) : wait;
}

PENSTOCK_DECL std::shared_ptr<rate_limiter> rate_limiter::create(double per_second, duration doubling_time) {
    if (!(per_second > 0))
        throw_failure(failure{errc::invalid_option, "a rate that is not above 0", "leave it out where there is no limit"});
    return std::shared_ptr<rate_limiter>{new rate_limiter{doubling_rate{per_second, doubling_time}}};
}

PENSTOCK_DECL bool rate_limiter::try_acquire(fair_share& who, work_kind kind, steady_time now) {
    const auto turn = who.try_acquire(kind);
    return turn && take(now) <= duration::zero();
}

PENSTOCK_DECL awaitable<void> rate_limiter::acquire(fair_share& who, work_kind kind, std::shared_ptr<clock_source> clock) {
    const auto turn = co_await who.acquire(kind);
    for (;;) {
        const auto wait = take(clock->now());
        if (wait <= duration::zero()) co_return;
        co_await sleep_for(clock, wait);
    }
}

PENSTOCK_DECL double rate_limiter::rate(steady_time now) const {
    const std::lock_guard lock{mutex_};
    return rate_.rate(now);
}

} // namespace penstock
