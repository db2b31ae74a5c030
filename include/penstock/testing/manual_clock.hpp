// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace penstock::testing {

/// Time that stands still until a test moves it. Timers fire in order of deadline, those of one deadline in
/// the order in which they were started; their callbacks are posted to their executors. Thread-safe.
class manual_clock final : public clock_source {
  public:
    /// The wall clock's start, unless another is given: 2026-01-01 00:00:00 UTC.
    static constexpr wall_time default_start{std::chrono::seconds{1'767'225'600}};

    PENSTOCK_DECL static std::shared_ptr<manual_clock> create(wall_time start = default_start);
    PENSTOCK_DECL ~manual_clock() override;
    manual_clock(const manual_clock&) = delete;
    manual_clock& operator=(const manual_clock&) = delete;

    PENSTOCK_DECL steady_time now() const noexcept override;
    PENSTOCK_DECL wall_time wall_now() const noexcept override;
    PENSTOCK_DECL std::unique_ptr<timer> make_timer(executor ex) override;

    /// Moves both clocks `d` ahead and fires what is due on the way. Nothing happens for a negative `d`.
    PENSTOCK_DECL void advance(duration d);

    /// Moves to the deadline of the next timer and fires every timer of that deadline; false where no timer
    /// runs.
    PENSTOCK_DECL bool advance_to_next();

    /// Moves the wall clock alone, either way: what a skewed or corrected machine sees.
    PENSTOCK_DECL void skew_wall(duration d) noexcept;

    PENSTOCK_DECL std::optional<steady_time> next_deadline() const;
    PENSTOCK_DECL std::size_t running_timers() const;

    struct state;

  private:
    PENSTOCK_DECL explicit manual_clock(wall_time start);
    std::shared_ptr<state> state_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/manual_clock.ipp>
#endif
