// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace semaphore_test {

using namespace penstock;

inline awaitable<void> take_and_note(std::shared_ptr<semaphore> s, std::uint64_t units, int id, std::vector<int>* order,
                                     std::vector<permit>* held) {
    auto p = co_await s->acquire(units);
    order->push_back(id);
    held->push_back(std::move(p));
}

/// Runs what is ready, waits for nothing.
inline void settle(asio::io_context& io) {
    io.restart();
    io.poll();
}

TEST_CASE("units are counted, the peak is kept") {
    const auto s = semaphore::create(10);
    CHECK(s->limit() == 10);
    auto a = test::run(s->acquire(4));
    auto b = s->try_acquire(6);
    CHECK(a.units() == 4);
    CHECK(b.units() == 6);
    CHECK(s->used() == 10);
    CHECK(s->try_acquire(1).units() == 0);
    b.shrink(2);
    CHECK(b.units() == 2);
    CHECK(s->used() == 6);
    b.shrink(5); // never grows
    CHECK(b.units() == 2);
    a.release();
    a.release();
    CHECK(s->used() == 2);
    b = {};
    CHECK(s->used() == 0);
    CHECK(s->peak() == 10);
}

TEST_CASE("a permit moves its units along") {
    const auto s = semaphore::create(3);
    auto a = s->try_acquire(2);
    permit b{std::move(a)};
    CHECK(a.units() == 0); // NOLINT: what a moved-from permit holds is promised
    CHECK(b.units() == 2);
    auto& same = b;
    b = std::move(same);
    CHECK(s->used() == 2);
    b = s->try_acquire(1);
    CHECK(s->used() == 1);
}

TEST_CASE("nothing is always free, more than all is never") {
    const auto s = semaphore::create(5);
    auto all = s->try_acquire(5);
    CHECK(test::run(s->acquire(0)).units() == 0);
    try {
        test::run(s->acquire(6));
        FAIL("nothing thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::budget_exceeded);
        CHECK(e.code() == condition::limit);
        CHECK_FALSE(e.detail().hint.empty());
    }
    CHECK(s->waiting() == 0);
    CHECK(s->used() == 5);
}

TEST_CASE("first come, first served: a large request is not overtaken") {
    const auto s = semaphore::create(10);
    std::vector<int> order;
    std::vector<permit> held;
    auto first = s->try_acquire(6);
    asio::io_context io{1};
    asio::co_spawn(io, take_and_note(s, 8, 1, &order, &held), asio::detached);
    settle(io);
    asio::co_spawn(io, take_and_note(s, 1, 2, &order, &held), asio::detached);
    asio::co_spawn(io, take_and_note(s, 1, 3, &order, &held), asio::detached);
    settle(io);
    CHECK(s->waiting() == 3);
    CHECK(order.empty());
    CHECK(s->try_acquire(1).units() == 0); // four are free, but others wait
    first.shrink(1);
    settle(io);
    CHECK(order == std::vector<int>{1, 2});
    CHECK(s->waiting() == 1);
    held.clear();
    settle(io);
    CHECK(order == std::vector<int>{1, 2, 3});
    held.clear();
    first.release();
    CHECK(s->used() == 0);
    CHECK(s->peak() == 10);
}

TEST_CASE("one release serves as many waiters as fit") {
    const auto s = semaphore::create(4);
    std::vector<int> order;
    std::vector<permit> held;
    auto all = s->try_acquire(4);
    asio::io_context io{1};
    for (int i = 0; i < 6; ++i) asio::co_spawn(io, take_and_note(s, 1, i, &order, &held), asio::detached);
    settle(io);
    all.release();
    settle(io);
    CHECK(order == std::vector<int>{0, 1, 2, 3});
    CHECK(s->waiting() == 2);
    held.clear();
    settle(io);
    CHECK(order.size() == 6);
}

TEST_CASE("a cancelled waiter holds nothing and lets the next one through") {
    const auto s = semaphore::create(10);
    std::vector<int> order;
    std::vector<permit> held;
    auto first = s->try_acquire(6);
    asio::io_context io{1};
    for (const auto type :
         {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
        asio::cancellation_signal cancel;
        std::exception_ptr ended;
        const auto large = [](std::shared_ptr<semaphore> s) -> awaitable<void> {
            co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
            (void)co_await s->acquire(8);
        };
        asio::co_spawn(io, large(s), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) {
            ended = e;
        }));
        asio::co_spawn(io, take_and_note(s, 4, 1, &order, &held), asio::detached);
        settle(io);
        CHECK(s->waiting() == 2);
        cancel.emit(type);
        settle(io);
        REQUIRE(ended);
        CHECK(to_failure(ended).code() == condition::cancelled);
        CHECK(order.size() == 1);
        CHECK(s->used() == 10);
        CHECK(s->waiting() == 0);
        held.clear();
        order.clear();
        CHECK(s->used() == 6);
    }
}

TEST_CASE("units granted to a waiter that was cancelled in the same moment come back") {
    const auto s = semaphore::create(1);
    auto all = s->try_acquire(1);
    asio::io_context io{1};
    asio::cancellation_signal cancel;
    bool ended = false;
    const auto body = [](std::shared_ptr<semaphore> s) -> awaitable<void> { (void)co_await s->acquire(1); };
    for (const bool grant_first : {true, false}) {
        CAPTURE(grant_first);
        ended = false;
        if (!all.units()) all = s->try_acquire(1);
        REQUIRE(all.units() == 1);
        asio::co_spawn(io, body(s),
                       asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
        settle(io);
        REQUIRE(s->waiting() == 1);
        asio::post(io, [&] {
            if (grant_first) all.release();
            cancel.emit(asio::cancellation_type::terminal);
            if (!grant_first) all.release();
        });
        settle(io);
        CHECK(ended);
        CHECK(s->used() == 0);
        CHECK(s->waiting() == 0);
    }
}

TEST_CASE("a waiter goes with its io_context, whatever it owns") {
    const auto s = semaphore::create(1);
    std::weak_ptr<semaphore> gone;
    auto all = s->try_acquire(1);
    std::vector<int> order;
    std::vector<permit> held;
    {
        asio::io_context io{1};
        const auto own = semaphore::create(1);
        gone = own;
        auto none_left = std::make_shared<permit>(own->try_acquire(1));
        const auto wait_for_ever = [](std::shared_ptr<semaphore> s, std::shared_ptr<permit> kept) -> awaitable<void> {
            (void)co_await s->acquire(1);
            (void)kept;
        };
        asio::co_spawn(io, wait_for_ever(own, none_left), asio::detached);
        asio::co_spawn(io, take_and_note(s, 1, 1, &order, &held), asio::detached);
        settle(io);
        CHECK(s->waiting() == 1);
    }
    CHECK(gone.expired());
    CHECK(s->waiting() == 0);
    all.release();
    CHECK(s->used() == 0);
}

TEST_CASE("units granted to a frame that never runs again come back") {
    const auto s = semaphore::create(1);
    auto all = s->try_acquire(1);
    std::vector<int> order;
    std::vector<permit> held;
    {
        asio::io_context io{1};
        asio::co_spawn(io, take_and_note(s, 1, 1, &order, &held), asio::detached);
        settle(io);
        all.release(); // granted, but the io_context does not run any more
        CHECK(s->used() == 1);
    }
    CHECK(order.empty());
    CHECK(s->used() == 0);
}

TEST_CASE("permits outlive every other handle on their semaphore") {
    permit kept;
    {
        const auto s = semaphore::create(2);
        kept = s->try_acquire(2);
    }
    CHECK(kept.units() == 2);
    kept.shrink(1);
    kept.release();
}

TEST_CASE("units are released and waited for by several threads") {
    const auto s = semaphore::create(7);
    constexpr int rounds = 300;
    std::vector<std::thread> threads;
    std::atomic<int> done{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            const auto body = [](std::shared_ptr<semaphore> s, unsigned t, std::atomic<int>* done) -> awaitable<void> {
                for (unsigned i = 0; i < rounds; ++i) {
                    auto p = co_await s->acquire(1 + (i * 3 + t) % 7);
                    if (i % 16 == 0) std::thread{[moved = std::move(p)] {}}.join();
                }
                ++*done;
            };
            test::run(body(s, static_cast<unsigned>(t), &done));
        });
    for (auto& t : threads) t.join();
    CHECK(done == 4);
    CHECK(s->used() == 0);
    CHECK(s->waiting() == 0);
    CHECK(s->peak() <= 7);
}

TEST_CASE("semaphore: a permit is split, never more than it has") {
    const auto sem = semaphore::create(10);
    auto p = sem->try_acquire(7);
    auto part = p.split(3);
    CHECK(part.units() == 3);
    CHECK(p.units() == 4);
    part.release();
    CHECK(sem->used() == 4);
    auto rest = p.split(100);
    CHECK(rest.units() == 4);
    CHECK(p.units() == 0);
    CHECK(p.split(1).units() == 0);
    p.release();
    CHECK(sem->used() == 4);
    rest.release();
    CHECK(sem->used() == 0);
}

TEST_CASE("semaphore: who holds some and needs more waits for nobody but those like him, and not for larger ones") {
    const auto s = semaphore::create(10);
    auto held = s->try_acquire(6);
    std::vector<int> order;
    std::vector<permit> got;
    asio::io_context io;
    const auto more = [](std::shared_ptr<semaphore> s, std::uint64_t n, int id, std::vector<int>* order, std::vector<permit>* got) -> awaitable<void> {
        auto p = co_await s->acquire_more(n);
        order->push_back(id);
        got->push_back(std::move(p));
    };
    asio::co_spawn(io, take_and_note(s, 9, 1, &order, &got), asio::detached); // must wait
    settle(io);
    asio::co_spawn(io, more(s, 8, 2, &order, &got), asio::detached); // must wait, too
    asio::co_spawn(io, more(s, 3, 3, &order, &got), asio::detached); // fits, past both
    settle(io);
    CHECK(order == std::vector<int>{3});
    CHECK(s->waiting() == 2);
    asio::co_spawn(io, more(s, 2, 4, &order, &got), asio::detached);
    settle(io);
    CHECK(s->try_acquire(1).units() == 0); // somebody waits
    CHECK(s->try_acquire_more(1).units() == 1);
    held.shrink(4);
    settle(io);
    CHECK(order == std::vector<int>{3, 4}); // past the larger one before it
    held.release();
    got.clear();
    settle(io);
    CHECK(order == std::vector<int>{3, 4, 2});
    got.clear();
    settle(io);
    CHECK(order == std::vector<int>{3, 4, 2, 1});
    CHECK_THROWS_AS(test::run(s->acquire_more(11)), error);
    got.clear();
    CHECK(s->used() == 0);
}

TEST_CASE("semaphore: nobody starts while somebody who holds some waits for more") {
    const auto s = semaphore::create(10);
    auto held = s->try_acquire(4);
    asio::io_context io;
    permit got;
    const auto more = [](std::shared_ptr<semaphore> s, permit* got) -> awaitable<void> { *got = co_await s->acquire_more(8); };
    asio::co_spawn(io, more(s, &got), asio::detached);
    settle(io);
    CHECK(s->try_acquire(1, 1).units() == 0);
    CHECK(s->try_acquire(1).units() == 1); // what ends by itself may go on
    held.release();
    settle(io);
    CHECK(got.units() == 8);
    CHECK(s->try_acquire(1, 1).units() == 1);
}

/// Small ones without headroom, one begun every 10 ms, each holding for `held`; so some hold at any time.
inline awaitable<void> take_briefly(std::shared_ptr<semaphore> s, std::shared_ptr<clock_source> c,
                                    duration held, duration* longest) {
    const auto asked = c->now();
    auto p = co_await s->acquire(1);
    *longest = std::max(*longest, c->now() - asked);
    co_await sleep_for(c, held);
}

inline awaitable<void> keep_coming(std::shared_ptr<semaphore> s, std::shared_ptr<clock_source> c,
                                   duration held, const bool* done, duration* longest) {
    const executor ex = co_await asio::this_coro::executor;
    for (int i = 0; i < 100'000 && !*done; ++i) {
        asio::co_spawn(ex, take_briefly(s, c, held, longest), asio::detached);
        co_await sleep_for(c, std::chrono::milliseconds{10});
    }
}

TEST_CASE(
    "semaphore: who leaves headroom, or has some already, is not passed over for as long as others come") {
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    struct given {
        duration held;
        duration within;
    };
    for (const auto& g : {given{milliseconds{100}, milliseconds{1'100}},
                          given{milliseconds{450}, milliseconds{2'500}}, given{seconds{3}, seconds{20}}})
        for (const bool more : {false, true}) {
            CAPTURE(g.held.count());
            CAPTURE(more);
            const auto c = testing::manual_clock::create();
            const auto s = semaphore::create(1'000, c);
            asio::io_context io{1};
            bool done = false;
            duration longest{0}, took{0};
            asio::co_spawn(io, keep_coming(s, c, g.held, &done, &longest), asio::detached);
            const auto large = [&]() -> awaitable<void> {
                co_await sleep_for(c, 2 * g.held);
                const auto asked = c->now();
                auto acquiring = more ? s->acquire_more(1'000) : s->acquire(900, 100);
                auto p = co_await std::move(acquiring);
                took = c->now() - asked;
                done = true;
            };
            asio::co_spawn(io, large(), asio::detached);
            CHECK(testing::run_simulated(io, *c) == testing::simulation_end::idle);
            CHECK(done);
            CHECK(took > seconds{1});
            CHECK(took <= g.within);
            CHECK(longest <= std::max<duration>(2 * g.held, milliseconds{250}));
            CHECK(s->used() == 0);
            CHECK(s->waiting() == 0);
        }
}

TEST_CASE("semaphore: whose turn gives nothing lets the others go on, who may hold what it waits for") {
    using std::chrono::seconds;
    const auto c = testing::manual_clock::create();
    const auto s = semaphore::create(10, c);
    asio::io_context io{1};
    std::vector<int> order;
    std::vector<permit> got;
    const auto large = [&]() -> awaitable<void> {
        auto p = co_await s->acquire(8, 2);
        order.push_back(1);
    };
    const auto nested = [&]() -> awaitable<void> {
        auto outer = co_await s->acquire(1);
        for (int i = 0; i < 100; ++i) {
            const auto asked = c->now();
            auto inner = co_await s->acquire(1);
            CHECK(c->now() - asked <= seconds{8});
            inner.release();
            co_await sleep_for(c, std::chrono::milliseconds{300});
        }
        order.push_back(2);
    };
    asio::co_spawn(io, nested(), asio::detached);
    asio::co_spawn(io, large(), asio::detached);
    CHECK(testing::run_simulated(io, *c) == testing::simulation_end::idle);
    CHECK(order == std::vector<int>{2, 1});
    CHECK(s->used() == 0);
}

TEST_CASE("semaphore: a turn ends with whose it is") {
    using std::chrono::milliseconds;
    const auto c = testing::manual_clock::create();
    const auto s = semaphore::create(10, c);
    asio::io_context io{1};
    auto held = s->try_acquire(1);
    asio::cancellation_signal stop;
    const auto large = [&]() -> awaitable<void> { (void)co_await s->acquire(8, 2); };
    asio::co_spawn(io, large(), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
    settle(io);
    CHECK(s->try_acquire(1).units() == 1); // it waits, and has no turn yet
    c->advance(milliseconds{1'001});
    settle(io);
    CHECK(s->try_acquire(1).units() == 0);
    CHECK(s->try_acquire_more(1).units() == 1); // who holds some waits for nobody's turn
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(s->waiting() == 0);
    CHECK(s->try_acquire(1).units() == 1);
    held.release();
    CHECK(s->used() == 0);
}

} // namespace semaphore_test
