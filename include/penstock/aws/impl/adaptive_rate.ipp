// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/adaptive_rate.hpp>

#include <algorithm>
#include <cmath>

namespace penstock::aws {

PENSTOCK_DECL double detail::cubic_window(double last_max_rate) noexcept {
    return std::cbrt(last_max_rate * (1 - adaptive_rate::beta) / adaptive_rate::scale_constant);
}

PENSTOCK_DECL double detail::cubic_rate(double last_max_rate, double since_throttled) noexcept {
    const double from_turn = since_throttled - cubic_window(last_max_rate);
    return adaptive_rate::scale_constant * from_turn * from_turn * from_turn + last_max_rate;
}

PENSTOCK_DECL adaptive_rate::adaptive_rate(steady_time start)
    : start_{start}, bucket_{min_fill_rate, min_capacity, 0, start} {}

PENSTOCK_DECL duration adaptive_rate::take(steady_time now) {
    return throttled_before_ ? bucket_.take(1, now) : duration::zero();
}

PENSTOCK_DECL void adaptive_rate::measure(double now) noexcept {
    ++sent_;
    const double window = std::floor(now / measure_bucket) * measure_bucket;
    if (window <= window_) return;
    measured_ = smoothing * sent_ / (window - window_) + (1 - smoothing) * measured_;
    sent_ = 0;
    window_ = window;
}

PENSTOCK_DECL void adaptive_rate::answered(bool throttled, steady_time when) {
    const double now = seconds(when);
    measure(now);
    double rate = 0;
    if (throttled) {
        last_max_rate_ = throttled_before_ ? std::min(measured_, bucket_.rate()) : measured_;
        last_throttled_ = now;
        throttled_before_ = true;
        rate = last_max_rate_ * beta;
    } else {
        rate = detail::cubic_rate(last_max_rate_, now - last_throttled_);
    }
    rate = std::max(min_fill_rate, std::min(rate, 2 * measured_));
    bucket_.set_rate(rate, std::max(min_capacity, rate), when);
}

} // namespace penstock::aws
