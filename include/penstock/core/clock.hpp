// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/asio.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace penstock {

using steady_time = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::system_clock::time_point;
using duration = std::chrono::nanoseconds;

/// `d` after `t`, but not past the end of time: a limit may be `duration::max()`, which is none.
constexpr steady_time later(steady_time t, duration d) noexcept {
    return d > steady_time::max() - t ? steady_time::max() : t + d;
}

/// A one-shot timer with a callback. Destroying it cancels it: the callback never runs afterwards. Belongs to one
/// executor.
class timer {
  public:
    virtual ~timer() = default;
    /// Calls `on_expiry` on the executor at `deadline` or soon after. Replaces an earlier start.
    virtual void start(steady_time deadline, std::function<void()> on_expiry) = 0;
    virtual void cancel() noexcept = 0;
};

/// Where time comes from. A client takes it as a shared handle; tests give it a `testing::manual_clock`. Thread-safe.
class clock_source {
  public:
    virtual ~clock_source() = default;
    virtual steady_time now() const noexcept = 0;
    /// Seconds since the epoch, for signatures and expiry.
    virtual wall_time wall_now() const noexcept = 0;
    virtual std::unique_ptr<timer> make_timer(executor ex) = 0;
};

/// The machine's own clock.
PENSTOCK_DECL std::shared_ptr<clock_source> make_system_clock();

/// Completes `d` from now by `c`; at once where `d` is not positive. Cancellation (any type) ends it with
/// `asio::error::operation_aborted`.
PENSTOCK_DECL awaitable<void> sleep_for(std::shared_ptr<clock_source> c, duration d);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/clock.ipp>
#endif
