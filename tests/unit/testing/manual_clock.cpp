// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/simulation.hpp>

#include <penstock/core/wait_list.hpp>
#include <penstock/core/with_timeout.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <string>

namespace manual_clock_test {

using namespace penstock;
using namespace std::chrono_literals;

awaitable<void> note_after(std::shared_ptr<testing::manual_clock> c, duration d, std::string& log,
                           char what) {
    co_await sleep_for(c, d);
    log += what;
}

awaitable<int> measured(std::shared_ptr<testing::manual_clock> c) {
    const auto from = c->now();
    co_await sleep_for(c, 3s);
    co_await sleep_for(c, 4s);
    co_return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(c->now() - from).count());
}

awaitable<void> wait_for_ever() {
    wait_list never;
    co_await never.wait();
}

awaitable<void> spin() {
    for (;;) co_await asio::post(asio::use_awaitable);
}

awaitable<int> fail_after(std::shared_ptr<testing::manual_clock> c, duration d) {
    co_await sleep_for(c, d);
    throw std::runtime_error{"failed"};
}

} // namespace manual_clock_test

TEST_CASE("manual clock: time moves only when told, both clocks together") {
    using namespace manual_clock_test;
    auto c = testing::manual_clock::create();
    const auto steady = c->now();
    const auto wall = c->wall_now();
    CHECK(wall == testing::manual_clock::default_start);
    c->advance(90s);
    CHECK(c->now() - steady == 90s);
    CHECK(c->wall_now() - wall == 90s);
    c->advance(-5s);
    CHECK(c->now() - steady == 90s);
    c->skew_wall(-1h);
    CHECK(c->now() - steady == 90s);
    CHECK(c->wall_now() - wall == 90s - 1h);
}

TEST_CASE("manual clock: timers fire in order of deadline, then of start, on their executor") {
    using namespace manual_clock_test;
    asio::io_context io{1};
    auto c = testing::manual_clock::create();
    std::string log;
    auto make = [&](duration d, char what) {
        auto t = c->make_timer(io.get_executor());
        t->start(c->now() + d, [&log, what] { log += what; });
        return t;
    };
    auto a = make(2s, 'a');
    auto b = make(1s, 'b');
    auto d = make(2s, 'd');
    CHECK(c->running_timers() == 3);
    c->advance(10s);
    CHECK(log == ""); // posted, not called
    io.poll();
    CHECK(log == "bad");
    CHECK(c->running_timers() == 0);
    CHECK_FALSE(c->advance_to_next());
}

TEST_CASE("manual clock: a cancelled, replaced or destroyed timer stays silent, even after it was posted") {
    using namespace manual_clock_test;
    asio::io_context io{1};
    auto c = testing::manual_clock::create();
    std::string log;
    auto t = c->make_timer(io.get_executor());
    t->start(c->now() + 1s, [&] { log += 'x'; });
    t->cancel();
    c->advance(5s);
    io.poll();
    CHECK(log == "");
    t->start(c->now() + 1s, [&] { log += 'x'; });
    t->start(c->now() + 2s, [&] { log += 'y'; });
    c->advance(5s);
    io.restart();
    io.poll();
    CHECK(log == "y");
    t->start(c->now() + 1s, [&] { log += 'z'; });
    c->advance(1s);
    t.reset();
    io.restart();
    io.poll();
    CHECK(log == "y");
}

TEST_CASE("manual clock: a deadline that has passed fires without moving the time") {
    using namespace manual_clock_test;
    asio::io_context io{1};
    auto c = testing::manual_clock::create();
    bool fired = false;
    auto t = c->make_timer(io.get_executor());
    t->start(c->now(), [&] { fired = true; });
    CHECK(c->running_timers() == 0);
    io.poll();
    CHECK(fired);
}

TEST_CASE("simulation: coroutines sleep in order and in no time") {
    using namespace manual_clock_test;
    asio::io_context io{1};
    auto c = testing::manual_clock::create();
    std::string log;
    asio::co_spawn(io, note_after(c, 3h, log, 'c'), asio::detached);
    asio::co_spawn(io, note_after(c, 1h, log, 'a'), asio::detached);
    asio::co_spawn(io, note_after(c, 2h, log, 'b'), asio::detached);
    CHECK(testing::run_simulated(io, *c) == testing::simulation_end::idle);
    CHECK(log == "abc");
    CHECK(testing::simulate(io, *c, measured(c)) == 7);
}

TEST_CASE("simulation: a timeout ends what would wait for ever") {
    using namespace manual_clock_test;
    asio::io_context io{1};
    auto c = testing::manual_clock::create();
    try {
        testing::simulate(io, *c, with_timeout(wait_for_ever(), 30s, c));
        FAIL("no timeout");
    } catch (const error& e) {
        CHECK(e.code() == errc::deadline_exceeded);
    }
}

TEST_CASE("simulation: a failure under a timeout is heard of at once") {
    using namespace manual_clock_test;
    asio::io_context io{1};
    auto c = testing::manual_clock::create();
    const auto from = c->now();
    CHECK_THROWS_AS(testing::simulate(io, *c, with_timeout(fail_after(c, 2s), 1h, c)), std::runtime_error);
    CHECK(c->now() - from == 2s);
    CHECK(testing::simulate(io, *c, with_timeout(measured(c), 1h, c)) == 7);
}

TEST_CASE("simulation: an endless loop is stopped") {
    using namespace manual_clock_test;
    asio::io_context io{1};
    auto c = testing::manual_clock::create();
    testing::simulation_limits limits;
    limits.max_handlers = 1000;
    CHECK_THROWS_AS(testing::simulate(io, *c, spin(), limits), std::logic_error);
}
