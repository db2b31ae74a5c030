// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/with_timeout.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/simulation.hpp>

#include "support/run.hpp"

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace with_timeout_test {

using namespace penstock;
using std::chrono::seconds;

/// Not default-constructible, not copyable.
struct parcel {
    explicit parcel(std::string text) : text{std::make_unique<std::string>(std::move(text))} {}
    std::unique_ptr<std::string> text;
};

awaitable<parcel> deliver(std::shared_ptr<clock_source> clock) {
    co_await sleep_for(clock, seconds{4});
    co_return parcel{"here"};
}

/// Ends well although it was cancelled.
awaitable<int> insist(wait_list& gate) {
    bool given_up = false;
    try {
        co_await gate.wait();
    } catch (const boost::system::system_error&) {
        given_up = true;
    }
    co_return given_up ? 1 : 2;
}

struct waiting {
    asio::io_context io{1};
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    wait_list gate;
    asio::cancellation_signal stop;
    std::string ended;

    template <class T>
    void start(awaitable<T> op) {
        auto done = [this](std::exception_ptr e, T) { ended = e ? to_failure(e).code().message() : "well"; };
        asio::co_spawn(io, within_five_seconds(std::move(op)), asio::bind_cancellation_slot(stop.slot(), done));
        poll();
    }
    /// A coroutine that is spawned lets only the hardest kind of cancellation through unless it says so.
    template <class T>
    awaitable<T> within_five_seconds(awaitable<T> op) {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        auto limited = with_timeout(std::move(op), seconds{5}, clock);
        co_return co_await std::move(limited);
    }
    void poll() {
        io.restart();
        io.poll();
    }
};

awaitable<int> wait_at(wait_list& gate) {
    co_await gate.wait();
    co_return 1;
}

TEST_CASE("with_timeout: the value, of whatever type, and no timer left") {
    auto clock = testing::manual_clock::create();
    asio::io_context io{1};
    const auto unpack = [&]() -> awaitable<std::string> {
        auto got = co_await with_timeout(deliver(clock), seconds{5}, clock);
        co_return *got.text;
    };
    CHECK(testing::simulate(io, *clock, unpack()) == "here");
    CHECK(clock->running_timers() == 0);
}

TEST_CASE("with_timeout: at the deadline it is cancelled, and not before") {
    waiting w;
    w.start(wait_at(w.gate));
    w.clock->advance(seconds{5} - std::chrono::nanoseconds{1});
    w.poll();
    CHECK(w.ended.empty());
    w.clock->advance(std::chrono::nanoseconds{1});
    w.poll();
    CHECK(w.ended == failure{errc::deadline_exceeded}.code().message());
    CHECK(w.clock->running_timers() == 0);
}

TEST_CASE("with_timeout: what ends well nevertheless counts") {
    waiting w;
    w.start(insist(w.gate));
    w.clock->advance(seconds{5});
    w.poll();
    CHECK(w.ended == "well");
}

TEST_CASE("with_timeout: the caller's own cancellation is handed on, and is no deadline") {
    using type = asio::cancellation_type;
    for (const auto kind : {type::terminal, type::partial, type::total}) {
        waiting w;
        w.start(wait_at(w.gate));
        w.stop.emit(kind);
        w.poll();
        CHECK(w.ended == error_code{asio::error::operation_aborted}.message());
        CHECK(w.clock->running_timers() == 0);
    }
}

TEST_CASE("with_timeout: failures are told at once, each as it is") {
    auto clock = testing::manual_clock::create();
    const auto fail = []() -> awaitable<void> {
        throw_failure(failure{errc::no_such_key, "gone"});
        co_return;
    };
    const auto why = test::run(as_result(with_timeout(fail(), seconds{5}, clock)));
    REQUIRE(why.has_error());
    CHECK(why.error().detail().message == "gone");
    const auto foreign = []() -> awaitable<void> {
        throw std::logic_error{"mine"};
        co_return;
    };
    CHECK_THROWS_AS(test::run(with_timeout(foreign(), seconds{5}, clock)), std::logic_error);
}

TEST_CASE("with_timeout: within another, the shorter counts") {
    waiting w;
    w.start(with_timeout(wait_at(w.gate), seconds{2}, w.clock));
    w.clock->advance(seconds{2});
    w.poll();
    CHECK(w.ended == failure{errc::deadline_exceeded}.code().message());
    waiting v;
    v.start(with_timeout(wait_at(v.gate), seconds{9}, v.clock));
    v.clock->advance(seconds{5});
    v.poll();
    CHECK(v.ended == failure{errc::deadline_exceeded}.code().message());
}

TEST_CASE("with_timeout: an execution context that ends takes it along") {
    auto clock = testing::manual_clock::create();
    wait_list gate; // outlives the context
    {
        asio::io_context io{1};
        asio::co_spawn(io, with_timeout(wait_at(gate), seconds{5}, clock), [](std::exception_ptr, int) { FAIL("it ended"); });
        io.poll();
        CHECK(clock->running_timers() == 1);
    }
    CHECK(clock->running_timers() == 0);
}

} // namespace with_timeout_test
