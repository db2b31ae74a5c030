// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <algorithm>
#include <chrono>

namespace penstock {

/// Tokens that come at a steady rate, up to a capacity, and are taken one by one: how to keep to a rate. Pure.
class token_bucket {
  public:
    /// `rate` tokens a second, above 0; full at `now`, or with `tokens`.
    token_bucket(double rate, double capacity, steady_time now) : token_bucket{rate, capacity, capacity, now} {}
    token_bucket(double rate, double capacity, double tokens, steady_time now)
        : rate_{rate}, capacity_{capacity}, tokens_{std::min(tokens, capacity)}, filled_{now} {}

    /// Takes `n`, and gives zero; or takes nothing, and gives the time until they will be there. More than the capacity is
    /// had when the bucket is full, and waited for afterwards.
    duration take(double n, steady_time now) {
        fill(now);
        const double needed = std::min(n, capacity_);
        if (tokens_ + slack >= needed) {
            tokens_ -= n;
            return duration::zero();
        }
        const std::chrono::duration<double> wait{(needed - tokens_) / rate_};
        constexpr std::chrono::hours ages{24 * 365};
        return wait < ages ? std::chrono::ceil<duration>(wait) : duration{ages};
    }

    /// From `now` on.
    void set_rate(double rate, double capacity, steady_time now) {
        fill(now);
        rate_ = rate;
        capacity_ = capacity;
        tokens_ = std::min(tokens_, capacity);
    }

    double rate() const noexcept { return rate_; }

  private:
    static constexpr double slack = 1e-6; // what rounding may take from whole tokens

    void fill(steady_time now) {
        if (now <= filled_) return;
        tokens_ = std::min(capacity_, tokens_ + rate_ * std::chrono::duration<double>{now - filled_}.count());
        filled_ = now;
    }

    double rate_;
    double capacity_;
    double tokens_;
    steady_time filled_;
};

} // namespace penstock
