// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace clock_test {

using namespace penstock;
using namespace std::chrono_literals;

TEST_CASE("the system's timer calls once, replaces, cancels, and is silent after its end") {
    asio::io_context io{1};
    const auto clock = make_system_clock();
    int first = 0, second = 0, never = 0;
    auto t = clock->make_timer(io.get_executor());
    t->start(clock->now(), [&] { ++first; });
    t->start(clock->now() + 1ms, [&] { ++second; });
    auto cancelled = clock->make_timer(io.get_executor());
    cancelled->start(clock->now(), [&] { ++never; });
    cancelled->cancel();
    {
        auto destroyed = clock->make_timer(io.get_executor());
        destroyed->start(clock->now(), [&] { ++never; });
    }
    io.run_for(30s);
    CHECK(first == 0);
    CHECK(second == 1);
    CHECK(never == 0);
}

TEST_CASE("a timer that is due when it is cancelled stays silent") {
    asio::io_context io{1};
    const auto clock = make_system_clock();
    int never = 0;
    auto t = clock->make_timer(io.get_executor());
    t->start(clock->now() - 1s, [&] { ++never; });
    asio::post(io, [&] { t->cancel(); });
    io.poll();
    auto u = clock->make_timer(io.get_executor());
    u->start(clock->now() - 1s, [&] { ++never; });
    u.reset();
    io.restart();
    io.run_for(30s);
    CHECK(never <= 1); // the first may have fired before the post ran; the second may not
}

TEST_CASE("a callback may destroy its own timer, or start it again") {
    asio::io_context io{1};
    const auto clock = make_system_clock();
    auto t = clock->make_timer(io.get_executor());
    bool called = false;
    t->start(clock->now(), [&] {
        t.reset();
        called = true;
    });
    io.run_for(30s);
    CHECK(called);

    auto again = clock->make_timer(io.get_executor());
    int times = 0;
    std::function<void()> tick = [&] {
        if (++times < 3) again->start(clock->now(), tick);
    };
    again->start(clock->now(), tick);
    io.restart();
    io.run_for(30s);
    CHECK(times == 3);
}

TEST_CASE("sleep_for: not before its time, at once for nothing, by any clock") {
    const auto clock = make_system_clock();
    const auto before = clock->now();
    test::run(sleep_for(clock, 5ms));
    CHECK(clock->now() - before >= 5ms);
    test::run(sleep_for(clock, 0ms));
    test::run(sleep_for(clock, -1h));

    const auto manual = testing::manual_clock::create();
    asio::io_context io{1};
    const auto start = manual->now();
    testing::simulate(io, *manual, sleep_for(manual, 24h));
    CHECK(manual->now() - start == 24h);
    testing::simulate(io, *manual, sleep_for(manual, 0ms));
    CHECK(manual->now() - start == 24h);
}

TEST_CASE("sleeping for ever is no overflow") {
    const auto manual = testing::manual_clock::create();
    for (const auto& clock : {std::shared_ptr<clock_source>{manual}, make_system_clock()}) {
        asio::io_context io{1};
        bool woken = false;
        const auto body = [](std::shared_ptr<clock_source> c, bool* woken) -> awaitable<void> {
            co_await sleep_for(c, duration::max());
            *woken = true;
        };
        asio::co_spawn(io, body(clock, &woken), asio::detached);
        io.poll();
        CHECK_FALSE(woken);
    }
    CHECK(manual->running_timers() == 0); // the sleeper went with its io_context
}

TEST_CASE("a cancelled sleep ends at once and leaves no timer") {
    const auto manual = testing::manual_clock::create();
    asio::io_context io{1};
    asio::cancellation_signal cancel;
    std::exception_ptr ended;
    asio::co_spawn(io, sleep_for(manual, 1h),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) { ended = e; }));
    io.poll();
    CHECK(manual->running_timers() == 1);
    cancel.emit(asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    REQUIRE(ended);
    CHECK(to_failure(ended).code() == condition::cancelled);
    CHECK(manual->running_timers() == 0);
}

TEST_CASE("a sleeper goes with its io_context") {
    auto token = std::make_shared<int>(1);
    const std::weak_ptr<int> gone = token;
    {
        asio::io_context io{1};
        const auto body = [](std::shared_ptr<int> token) -> awaitable<void> {
            co_await sleep_for(make_system_clock(), 1h);
            (void)token;
        };
        asio::co_spawn(io, body(std::move(token)), asio::detached);
        io.poll();
        CHECK_FALSE(gone.expired());
    }
    CHECK(gone.expired());
}

inline awaitable<std::string> after(std::shared_ptr<clock_source> c, duration d, std::string text) {
    co_await sleep_for(c, d);
    co_return text;
}
inline awaitable<void> fail_after(std::shared_ptr<clock_source> c, duration d) {
    co_await sleep_for(c, d);
    throw_failure(failure{errc::throttled, "inner"});
}
inline awaitable<void> foreign_after(std::shared_ptr<clock_source> c, duration d) {
    co_await sleep_for(c, d);
    throw std::logic_error{"the caller's own"};
}

TEST_CASE("with_timeout: in time, too late, and the failures of both") {
    const auto clock = testing::manual_clock::create();
    asio::io_context io{1};
    const auto run = [&](auto op) { return testing::simulate(io, *clock, std::move(op)); };
    CHECK(run(with_timeout(after(clock, 1s, "x"), 2s, clock)) == "x");
    CHECK(clock->running_timers() == 0);
    run(with_timeout(sleep_for(clock, 1s), 2s, clock));

    const auto start = clock->now();
    try {
        run(with_timeout(after(clock, 3s, "x"), 2s, clock));
        FAIL("nothing thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::deadline_exceeded);
        CHECK(e.code() == condition::timeout);
        CHECK(e.detail().message == "not done within 2000 ms");
    }
    CHECK(clock->now() - start == 2s);
    CHECK(clock->running_timers() == 0);

    // the inner failure is told when it happens, not at the deadline
    const auto again = clock->now();
    try {
        run(with_timeout(fail_after(clock, 1s), 1h, clock));
        FAIL("nothing thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::throttled);
        CHECK(e.detail().message == "inner");
    }
    CHECK(clock->now() - again == 1s);
    CHECK_THROWS_AS(run(with_timeout(foreign_after(clock, 1s), 1h, clock)), std::logic_error);
}

TEST_CASE("with_timeout without a limit worth the name") {
    const auto clock = testing::manual_clock::create();
    asio::io_context io{1};
    CHECK(testing::simulate(io, *clock, with_timeout(after(clock, 1h, "x"), duration::max(), clock)) == "x");
    // nothing to wait for: what needs no waiting still gets done
    CHECK(testing::simulate(io, *clock, with_timeout(after(clock, 0s, "x"), 0s, clock)) == "x");
    CHECK_THROWS_AS(testing::simulate(io, *clock, with_timeout(after(clock, 1s, "x"), 0s, clock)), error);
}

TEST_CASE("the caller's cancellation reaches through with_timeout") {
    const auto clock = testing::manual_clock::create();
    asio::io_context io{1};
    asio::cancellation_signal cancel;
    std::exception_ptr ended;
    asio::co_spawn(io, with_timeout(after(clock, 1h, "x"), 2h, clock),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, std::string) { ended = e; }));
    io.poll();
    cancel.emit(asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    REQUIRE(ended);
    CHECK(to_failure(ended).code() == condition::cancelled);
    CHECK(clock->running_timers() == 0);
}

} // namespace clock_test
