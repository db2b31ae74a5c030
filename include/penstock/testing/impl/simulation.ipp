// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/simulation.hpp>

namespace penstock::testing {

PENSTOCK_DECL simulation_end run_simulated(asio::io_context& io, manual_clock& clock,
                                           std::function<bool()> done, simulation_limits limits) {
    std::uint64_t handlers = 0;
    std::uint64_t timers = 0;
    for (;;) {
        if (done()) return simulation_end::done;
        if (io.stopped()) io.restart();
        if (io.poll_one() > 0) {
            if (++handlers > limits.max_handlers) return simulation_end::step_limit;
            continue;
        }
        if (!clock.advance_to_next()) return simulation_end::idle;
        if (++timers > limits.max_timers) return simulation_end::step_limit;
    }
}

PENSTOCK_DECL simulation_end run_simulated(asio::io_context& io, manual_clock& clock) {
    return run_simulated(io, clock, [] { return false; });
}

} // namespace penstock::testing
