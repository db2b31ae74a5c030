// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "simulation/world.hpp"

#include <penstock/core/as_result.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// What tests of writes share: a store with a bucket in simulated time, and what it was asked.
namespace writing_lab {

using namespace penstock;
using simulation_test::world;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

struct lab : world {
    explicit lab(std::uint64_t seed = 1) : world{seed} {
        server.put("b", "x", "");
        how = world::options();
        how.memory_budget(64 * mebibyte).retry(aws::retry_options::preset("none"));
    }
    s3::client client() { return s3::client{io.get_executor(), how}; }
    testing::fault_plan& faults() { return server.faults(); }
    std::size_t open_uploads() { return server.service().open_uploads(); }
    std::optional<std::string> stored(const std::string& key = "k") {
        auto c = client();
        const auto got = run(as_result(c.get("s3://b/" + key)));
        if (!got) return std::nullopt;
        return got->body;
    }
    /// Everything that is left to happen.
    void settle() { testing::run_simulated(io, *clock); }
    std::size_t count(std::string_view method, std::string_view in_target) {
        std::size_t n = 0;
        for (const auto& r : server.requests()) n += r.method == method && r.target.find(in_target) != r.target.npos;
        return n;
    }
    std::size_t parts_sent() { return count("PUT", "partNumber="); }

    s3::client_options how;
};

/// Runs `op` for `steps` handlers and cancels it; whether it was not done by then. `after` is called when it has ended.
template <class T>
bool cancel_at(world& w, awaitable<T> op, int steps, std::function<void()> after = [] {}) {
    bool ended = false;
    asio::cancellation_signal signal;
    asio::co_spawn(w.io, std::move(op), asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, auto&&...) {
                       ended = true;
                       after();
                   }));
    for (int i = 0; i < steps && !ended; ++i)
        if (w.io.poll_one() == 0 && !w.clock->advance_to_next()) break;
    const bool cut = !ended;
    const auto at = w.clock->now();
    signal.emit(asio::cancellation_type::terminal);
    testing::run_simulated(w.io, *w.clock, [&] { return ended; });
    CHECK(ended);
    CHECK(w.clock->now() == at); // no time passes
    testing::run_simulated(w.io, *w.clock);
    return cut;
}

} // namespace writing_lab
