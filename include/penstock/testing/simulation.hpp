// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>
#include <penstock/testing/manual_clock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace penstock::testing {

/// How a run in simulated time ended.
enum class simulation_end {
    done,      ///< what was waited for happened
    idle,      ///< nothing is left to run and no timer is running
    step_limit ///< too many handlers or timers: a loop that never ends
};

struct simulation_limits {
    simulation_limits() = default;
    std::uint64_t max_handlers = 50'000'000;
    std::uint64_t max_timers = 5'000'000;
};

/// Runs the handlers of `io` until none is ready, moves `clock` to its next timer, and so on until `done()`
/// or until nothing is left. One thread, no waiting, the same order every time. `io` must hold no work of the
/// outside world (sockets, system timers), for nobody waits for it.
PENSTOCK_DECL simulation_end run_simulated(asio::io_context& io, manual_clock& clock,
                                           std::function<bool()> done,
                                           simulation_limits limits = simulation_limits());

/// Runs until nothing is left.
PENSTOCK_DECL simulation_end run_simulated(asio::io_context& io, manual_clock& clock);

/// Runs one coroutine to its end in simulated time, gives its value or throws what it threw. A coroutine that
/// can never end (a deadlock) or does not within `limits` is an `std::logic_error`, after which `io` must be
/// destroyed before anything that the coroutine refers to.
template <class T>
T simulate(asio::io_context& io, manual_clock& clock, awaitable<T> op,
           simulation_limits limits = simulation_limits()) {
    struct outcome {
        std::optional<std::conditional_t<std::is_void_v<T>, int, T>> value;
        std::exception_ptr failed;
        bool done = false;
    };
    auto out = std::make_shared<outcome>();
    if constexpr (std::is_void_v<T>) {
        asio::co_spawn(io, std::move(op), [out](std::exception_ptr e) {
            out->failed = e;
            out->done = true;
        });
    } else {
        asio::co_spawn(io, std::move(op), [out](std::exception_ptr e, T v) {
            out->failed = e;
            if (!e) out->value.emplace(std::move(v));
            out->done = true;
        });
    }
    const auto end = run_simulated(
        io, clock, [out] { return out->done; }, limits);
    if (end == simulation_end::idle)
        throw std::logic_error{"simulation: the coroutine waits for nothing (deadlock)"};
    if (end == simulation_end::step_limit) throw std::logic_error{"simulation: too many steps"};
    if (out->failed) std::rethrow_exception(out->failed);
    if constexpr (!std::is_void_v<T>) return std::move(*out->value);
}

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/simulation.ipp>
#endif
