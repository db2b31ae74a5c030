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
#include <string>
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

// ---- who waits in vain

/// Who collects: holds all that it got until it has `rounds` times `units`, or is refused.
inline awaitable<void> gather(std::shared_ptr<semaphore> s, std::shared_ptr<clock_source> c, std::uint64_t units, int rounds,
                              std::vector<failure>* ends) {
    std::vector<permit> held;
    failure why;
    try {
        for (int i = 0; i < rounds; ++i) {
            auto more = co_await s->acquire_more(units);
            held.push_back(std::move(more));
            co_await sleep_for(c, std::chrono::seconds{1});
        }
    } catch (const error& e) {
        why = e.as_failure();
    }
    ends->push_back(why);
}

TEST_CASE("semaphore: callers who gather units wait for each other no longer than patience allows") {
    using std::chrono::minutes;
    for (const int callers : {2, 3, 20}) {
        CAPTURE(callers);
        const auto c = testing::manual_clock::create();
        const auto s = semaphore::create(100, c, minutes{1});
        asio::io_context io{1};
        std::vector<failure> ends;
        const auto began = c->now();
        for (int i = 0; i < callers; ++i) asio::co_spawn(io, gather(s, c, 7, 10, &ends), asio::detached);
        CHECK(testing::run_simulated(io, *c) == testing::simulation_end::idle);
        REQUIRE(ends.size() == static_cast<std::size_t>(callers));
        const auto got = std::count_if(ends.begin(), ends.end(), [](const failure& f) { return !f; });
        CHECK(got >= 1);
        CHECK(got < callers);
        for (const auto& why : ends)
            if (why) CHECK(why.code() == errc::budget_stalled);
        CHECK(c->now() - began >= minutes{1});
        CHECK(c->now() - began <= minutes{8});
        CHECK(s->used() == 0);
        CHECK(s->waiting() == 0);
        CHECK(s->try_acquire(100).units() == 100);
    }
}

/// Who asks, and what came of it.
struct wish {
    bool done = false;
    failure why;
    duration took{};
};
inline awaitable<void> ask(awaitable<permit> for_it, std::shared_ptr<clock_source> c, wish* w) {
    const auto began = c->now();
    permit got;
    try {
        got = co_await std::move(for_it);
    } catch (const error& e) {
        w->why = e.as_failure();
    }
    w->took = c->now() - began;
    w->done = true;
}

struct lab {
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    std::shared_ptr<semaphore> s = semaphore::create(100, clock, std::chrono::minutes{1});
    asio::io_context io{1};

    void want(awaitable<permit> p, wish& w) { asio::co_spawn(io, ask(std::move(p), clock, &w), asio::detached); }
    void pass(duration d) {
        const auto until = clock->now() + d;
        const auto nothing = [](std::shared_ptr<clock_source> c, duration d) -> awaitable<void> { co_await sleep_for(c, d); };
        asio::co_spawn(io, nothing(clock, d), asio::detached);
        testing::run_simulated(io, *clock, [&] { return clock->now() >= until; });
    }
};

TEST_CASE("semaphore: the error says what is held, who waits and what helps") {
    using std::chrono::seconds;
    lab l;
    auto held = l.s->try_acquire_more(90);
    wish w;
    l.want(l.s->acquire(15, 5), w);
    l.pass(seconds{59});
    CHECK_FALSE(w.done);
    l.pass(seconds{2});
    REQUIRE(w.done);
    CHECK(w.why.code() == errc::budget_stalled);
    CHECK(w.why.code() == condition::limit);
    CHECK(w.why.detail().message == "waited 60 s in vain for 20 bytes: 90 of 100 are held, nobody used them or gave any back, and 1 waits for some");
    CHECK(w.why.detail().hint.find("raise the memory budget") != std::string::npos);
    CHECK(l.s->waiting() == 0);
    CHECK(l.s->used() == 90);
}

TEST_CASE("semaphore: who holds some and wants more is told first, then who wants headroom, then the others, one at a time") {
    using std::chrono::seconds;
    lab l;
    auto held = l.s->try_acquire_more(95);
    wish plain, starting, more, more_too;
    l.want(l.s->acquire(10), plain);
    l.want(l.s->acquire(9, 5), starting);
    l.want(l.s->acquire_more(8), more);
    l.want(l.s->acquire_more(7), more_too);
    l.pass(seconds{61});
    CHECK((more.done && !more_too.done && !starting.done && !plain.done));
    l.pass(seconds{30});
    CHECK((more_too.done && !starting.done && !plain.done));
    l.pass(seconds{15});
    CHECK((starting.done && !plain.done));
    l.pass(seconds{8});
    CHECK(plain.done);
    for (const auto* w : {&more, &more_too, &starting, &plain}) CHECK(w->why.code() == errc::budget_stalled);
    CHECK(more.why.detail().message.find("4 wait for some") != std::string::npos);
}

TEST_CASE("semaphore: what the first gives back gives the others hope") {
    using std::chrono::seconds;
    lab l;
    auto held = l.s->try_acquire_more(50);
    wish first, second;
    std::vector<failure> ends;
    asio::co_spawn(l.io, gather(l.s, l.clock, 40, 2, &ends), asio::detached);
    l.pass(seconds{1});
    l.want(l.s->acquire(30, 10), second);
    l.pass(seconds{62});
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].code() == errc::budget_stalled);
    CHECK(second.done);
    CHECK_FALSE(second.why);
}

TEST_CASE("semaphore: what is used, however slowly, is waited for") {
    using std::chrono::seconds;
    lab l;
    auto held = l.s->try_acquire_more(95);
    wish w;
    l.want(l.s->acquire(10, 1), w);
    for (int i = 0; i < 50; ++i) {
        l.pass(seconds{55});
        held.touch();
    }
    CHECK_FALSE(w.done);
    l.pass(seconds{121}); // it may be looked at once a minute
    CHECK(w.why.code() == errc::budget_stalled);
    permit none;
    none.touch();
    l.s->try_acquire_more(0).touch();
}

TEST_CASE("semaphore: short ones that come and go give no hope where others hold too much") {
    using std::chrono::seconds;
    for (const std::uint64_t lasting : {85, 40}) {
        CAPTURE(lasting);
        lab l;
        auto held = l.s->try_acquire_more(lasting);
        wish w;
        // In turns of his own the short ones would go, were they not so long as his turns end before.
        bool done = false;
        const auto short_ones = [](std::shared_ptr<semaphore> s, std::shared_ptr<clock_source> c, bool* done) -> awaitable<void> {
            const executor ex = co_await asio::this_coro::executor;
            const auto one = [](std::shared_ptr<semaphore> s, std::shared_ptr<clock_source> c) -> awaitable<void> {
                const auto p = co_await s->acquire(5);
                p.touch(); // no more than a request's
                co_await sleep_for(c, seconds{30});
            };
            while (!*done) {
                asio::co_spawn(ex, one(s, c), asio::detached);
                co_await sleep_for(c, seconds{3});
            }
        };
        asio::co_spawn(l.io, short_ones(l.s, l.clock, &done), asio::detached);
        l.pass(seconds{40});
        l.want(l.s->acquire(55, 5), w);
        l.pass(seconds{300});
        CHECK(w.done == (lasting == 85));
        if (w.done) CHECK(w.why.code() == errc::budget_stalled);
        done = true;
        held.release();
        CHECK(testing::run_simulated(l.io, *l.clock) == testing::simulation_end::idle);
        CHECK(w.done);
        CHECK(l.s->used() == 0);
    }
}

TEST_CASE("semaphore: without patience of its own it waits for ever; a memory budget has a minute") {
    const auto c = testing::manual_clock::create();
    const auto s = semaphore::create(10, c);
    const std::shared_ptr<semaphore> b = memory_budget::create(10, c);
    asio::io_context io{1};
    auto held = s->try_acquire(10), of_budget = b->try_acquire(10);
    wish w, v;
    asio::co_spawn(io, ask(s->acquire(1), c, &w), asio::detached);
    asio::co_spawn(io, ask(b->acquire(1), c, &v), asio::detached);
    CHECK(testing::run_simulated(io, *c) == testing::simulation_end::idle);
    CHECK_FALSE(w.done);
    CHECK(v.why.code() == errc::budget_stalled);
    CHECK(v.took == memory_budget::usual_patience);
    held.release();
    settle(io);
    CHECK(w.done);
}

TEST_CASE("semaphore: who never runs again keeps nobody from being told") {
    using std::chrono::seconds;
    lab l;
    auto held = l.s->try_acquire_more(95);
    asio::io_context dead{1};
    wish never, w;
    asio::co_spawn(dead, ask(l.s->acquire_more(10), l.clock, &never), asio::detached);
    settle(dead);
    l.want(l.s->acquire(10, 1), w);
    l.pass(seconds{100});
    CHECK(w.why.code() == errc::budget_stalled);
    CHECK_FALSE(never.done);
    CHECK(l.s->waiting() == 0);
    settle(dead);
    CHECK(never.why.code() == errc::budget_stalled);
}

TEST_CASE("semaphore: a permit of both kinds counts as held for long") {
    using std::chrono::seconds;
    lab l;
    auto p = l.s->try_acquire(60);
    p.merge(l.s->try_acquire_more(20));
    auto part = p.split(30);
    wish w;
    l.want(l.s->acquire(30), w);
    l.pass(seconds{30});
    part.touch(); // lasting, all of it
    l.pass(seconds{70});
    CHECK_FALSE(w.done);
    l.pass(seconds{60});
    CHECK(w.done);
    p.release();
    part.release();
    CHECK(l.s->used() == 0);
}

} // namespace semaphore_test
