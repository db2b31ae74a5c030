// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_state.hpp>

#include <penstock/core/wait_list.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include <array>
#include <exception>
#include <utility>

namespace penstock::s3::detail {

/// Two runs of one operation. What loses may end after its caller: then it finds the race decided and leaves the caller's
/// things alone.
struct client_state::hedge_race : std::enable_shared_from_this<hedge_race> {
    struct runner {
        asio::cancellation_signal stop;
        history past;
        std::exception_ptr failed;
        bool running = false;
        bool beaten = false; ///< the other one's answer was taken
    };

    steady_time began;
    std::array<runner, 2> runners; // the request itself, and its hedge
    bool decided = false;
    std::size_t winner = 0;
    http::connection_lease lease;
    wait_list changed;

    void end() {
        decided = true;
        for (auto& r : runners) r.stop.emit(asio::cancellation_type::terminal);
    }
};

/// Starts one of the two.
PENSTOCK_DECL void client_state::join_race(std::shared_ptr<hedge_race> race, std::size_t number, operation op, interpreter look) {
    interpreter mine = [race, number, look = std::move(look)](const http::response_head& head, std::string_view body) {
        if (race->decided) return failure{asio::error::operation_aborted};
        auto why = look(head, body);
        if (!why) race->decided = true, race->winner = number, race->runners[1 - number].beaten = true;
        return why;
    };
    auto& runner = race->runners[number];
    runner.running = true;
    op.beaten = &runner.beaten; // `mine` keeps it
    auto ended = [race, number](std::exception_ptr failed, http::connection_lease lease) {
        auto& r = race->runners[number];
        r.running = false;
        r.failed = failed;
        if (!failed) race->lease = std::move(lease);
        race->changed.notify_all();
    };
    auto running = run(std::move(op), answer_kind::stream, std::move(mine), &runner.past);
    asio::co_spawn(ex_, std::move(running), asio::bind_cancellation_slot(runner.stop.slot(), std::move(ended)));
}

/// Calls for a hedge once the request has been on its way for too long; looks again where it is not, or not yet.
PENSTOCK_DECL void client_state::watch_race(hedge_race& race, timer& watch, const operation& op, const interpreter& look) {
    const auto late = hedges_->late_after();
    auto& first = race.runners[0];
    if (!late || race.decided || !first.running) return;
    const auto now = clock_->now();
    const auto due = first.past.on_its_way ? later(*first.past.on_its_way, *late) : steady_time::max();
    if (due > now) {
        const auto soon = later(now, std::max<duration>(*late, std::chrono::milliseconds{1}));
        watch.start(std::min(due, soon), [this, &race, &watch, &op, &look] { watch_race(race, watch, op, look); });
        return;
    }
    if (!hedges_->take()) return;
    metrics_->hedges->add();
    auto again = op;
    again.hedge = true;
    again.called = race.began;
    again.once = true;
    again.memory_held = false;
    join_race(race.shared_from_this(), 1, std::move(again), look);
}

/// As `run`, of a GET whose answer may be late.
PENSTOCK_DECL awaitable<http::connection_lease> client_state::run_hedged(operation op, interpreter look, history* kept) {
    const auto self = shared_from_this();
    const auto race = std::make_shared<hedge_race>();
    race->began = clock_->now();
    /// However this ends, nothing goes on, and who was told to limit it knows where it stood.
    struct closing {
        ~closing() {
            if (kept) kept->doing = of.runners[0].past.doing;
            of.end();
        }
        hedge_race& of;
        history* kept;
    };
    const closing at_end{*race, kept};
    auto& first = race->runners[0];
    auto& hedge = race->runners[1];
    const operation copy = op;
    const auto watch = clock_->make_timer(ex_);
    join_race(race, 0, std::move(op), look);
    watch_race(*race, *watch, copy, look);
    const auto open = [&] {
        if (race->lease) return false;
        if (first.running) return true;
        // An answer is one, whatever it says; where there was none, the hedge may have it yet.
        return hedge.running && to_failure(first.failed).detail().http_status == 0;
    };
    while (open()) co_await race->changed.wait();
    if (!race->lease) std::rethrow_exception(first.failed);
    if (first.past.on_its_way) hedges_->answered(clock_->now() - *first.past.on_its_way);
    if (race->winner == 1) metrics_->hedges_won->add();
    co_return std::move(race->lease);
}

} // namespace penstock::s3::detail
