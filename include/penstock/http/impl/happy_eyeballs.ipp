// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/happy_eyeballs.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/http/detail/connection_race.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <deque>
#include <exception>
#include <utility>

namespace penstock::http {
namespace detail {

/// What the attempts of one race have in common. They keep it alive: those that lost end after the race.
struct race_state {
    struct attempt {
        explicit attempt(asio::ip::address to) : to{std::move(to)} {}
        asio::ip::address to;
        asio::cancellation_signal stop;
        bool begun = false;
        bool failed = false;
    };

    race_state(std::vector<asio::ip::address> addresses, dialer dial, std::shared_ptr<clock_source> clock)
        : plan{addresses.size(), connection_attempt_delay}, dial{std::move(dial)}, clock{std::move(clock)} {
        for (auto& a : addresses) attempts.emplace_back(std::move(a));
    }

    connection_race plan;
    dialer dial;
    std::shared_ptr<clock_source> clock;
    std::deque<attempt> attempts;
    stream_ptr won;
    const attempt* winner = nullptr;
    failure last;
    std::exception_ptr thrown; ///< what is no failure of an attempt
    wait_list changed;
};

inline awaitable<void> run_attempt(std::shared_ptr<race_state> race, race_state::attempt* mine) {
    auto dialled = race->dial(mine->to);
    penstock::detail::attempt made{std::move(dialled)};
    co_await made.run();
    if (!made) {
        race->plan.failed(race->clock->now());
        race->last = made.error();
        mine->failed = true;
    } else if (!race->won) {
        race->won = std::move(*made);
        race->winner = mine;
    }
}

inline void begin_attempt(const executor& ex, const std::shared_ptr<race_state>& race, race_state::attempt& a) {
    a.begun = true;
    asio::co_spawn(ex, run_attempt(race, &a),
                   asio::bind_cancellation_slot(a.stop.slot(), [race](std::exception_ptr thrown) {
                       if (thrown) race->thrown = thrown;
                       race->changed.notify_all();
                   }));
}

/// Nobody goes on once the race is over.
inline void end_race(race_state& race) {
    for (auto& a : race.attempts)
        if (&a != race.winner) a.stop.emit(asio::cancellation_type::terminal);
}

inline awaitable<void> run_race(std::shared_ptr<race_state> race) {
    const executor ex = co_await asio::this_coro::executor;
    const auto bell = race->clock->make_timer(ex);
    while (!race->won && !race->thrown) {
        if (const auto i = race->plan.next(race->clock->now())) {
            begin_attempt(ex, race, race->attempts[*i]);
            continue;
        }
        if (race->plan.lost()) break;
        if (const auto at = race->plan.next_at(); at != steady_time::max())
            bell->start(at, [weak = std::weak_ptr{race}] {
                if (const auto r = weak.lock()) r->changed.notify_all();
            });
        co_await race->changed.wait();
    }
}

} // namespace detail

PENSTOCK_DECL awaitable<raced_connection> race_connections(std::vector<asio::ip::address> addresses, dialer dial,
                                                           std::shared_ptr<clock_source> clock) {
    auto race = penstock::detail::share<detail::race_state>(detail::interleave_families(std::move(addresses)), std::move(dial),
                                                     std::move(clock));
    std::exception_ptr thrown;
    try {
        co_await detail::run_race(race);
    } catch (...) {
        thrown = std::current_exception();
    }
    // Not by a destructor: where the io_context goes, its attempts are gone before.
    detail::end_race(*race);
    if (!thrown) thrown = race->thrown;
    if (thrown) std::rethrow_exception(thrown);
    raced_connection out;
    bool before = true;
    for (const auto& a : race->attempts) {
        if (&a == race->winner)
            before = false;
        else if (a.failed || (before && a.begun))
            out.passed_over.push_back(a.to);
    }
    out.stream = std::move(race->won);
    out.last = race->last;
    co_return out;
}

} // namespace penstock::http
