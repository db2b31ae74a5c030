// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/token_bucket.hpp>

namespace penstock::aws {

/// The client rate of AWS's adaptive retry mode: nothing is held back until the store throttles; then the rate falls to 0.7
/// of what was sent, and grows again as CUBIC does: fast, slowly near the rate that was too much, then faster and faster.
/// Pure. Times are since the first that it was given.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html; the numbers are those of botocore
/// (retries/throttling.py, adaptive.py) and smithy-rs (client_rate_limiter.rs).
class adaptive_rate {
  public:
    static constexpr double beta = 0.7;
    static constexpr double scale_constant = 0.4;
    static constexpr double smoothing = 0.8;
    static constexpr double min_fill_rate = 0.5;
    static constexpr double min_capacity = 1;
    static constexpr double measure_bucket = 0.5; ///< seconds

    PENSTOCK_DECL explicit adaptive_rate(steady_time start);

    /// Before a request: zero, and it may be sent; or how long to wait before asking again.
    PENSTOCK_DECL duration take(steady_time now);

    /// After an answer.
    PENSTOCK_DECL void answered(bool throttled, steady_time now);

    /// Requests a second that were sent, smoothed, in whole half seconds.
    double measured_rate() const noexcept { return measured_; }
    /// Requests a second that may be sent, once the store has throttled.
    double fill_rate() const noexcept { return bucket_.rate(); }
    bool limits() const noexcept { return throttled_before_; }

  private:
    double seconds(steady_time t) const noexcept { return std::chrono::duration<double>{t - start_}.count(); }
    PENSTOCK_DECL void measure(double now) noexcept;

    steady_time start_;
    token_bucket bucket_;
    bool throttled_before_ = false;
    // the rate as it is measured
    double measured_ = 0;
    double window_ = 0; ///< where the present half second began
    double sent_ = 0;   ///< since then
    // CUBIC
    double last_max_rate_ = 0;
    double last_throttled_ = 0;
};

namespace detail {

/// When, after it was throttled, a rate is back where it was: CUBIC's K, in seconds.
PENSTOCK_DECL double cubic_window(double last_max_rate) noexcept;
/// The rate some seconds after it was throttled.
PENSTOCK_DECL double cubic_rate(double last_max_rate, double since_throttled) noexcept;

} // namespace detail
} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/adaptive_rate.ipp>
#endif
