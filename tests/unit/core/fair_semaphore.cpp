// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/error.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/rate_limiter.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <cmath>
#include <memory>
#include <vector>

namespace fair_semaphore_test {

using namespace penstock;
using namespace std::chrono_literals;

using share_ptr = std::shared_ptr<fair_share>;

struct lab {
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};

    /// Always wants another: each takes `each`.
    static awaitable<void> hungry(share_ptr s, work_kind kind, std::shared_ptr<clock_source> clock, duration each, int* done) {
        for (;;) {
            const auto p = co_await s->acquire(kind);
            co_await sleep_for(clock, each);
            ++*done;
        }
    }
    void start(share_ptr s, work_kind kind, duration each, int* done, int how_many) {
        for (int i = 0; i < how_many; ++i) asio::co_spawn(io, hungry(s, kind, clock, each, done), asio::detached);
    }
    void pass(duration d) { testing::simulate(io, *clock, sleep_for(clock, d)); }
    void settle() {
        io.restart();
        io.poll();
    }
};

awaitable<void> take_and_note(share_ptr s, work_kind kind, int id, std::vector<int>* order, std::vector<fair_permit>* held) {
    auto p = co_await s->acquire(kind);
    order->push_back(id);
    held->push_back(std::move(p));
}

TEST_CASE("core/fair_semaphore: units are counted, per share and in all") {
    const auto all = fair_semaphore::create(3);
    const auto a = all->share(), b = all->share(1, 1);
    auto p = a->try_acquire(work_kind::read);
    auto q = b->try_acquire(work_kind::write);
    CHECK(p);
    CHECK(q);
    CHECK_FALSE(b->try_acquire(work_kind::read)); // its own limit
    auto r = a->try_acquire(work_kind::write);
    CHECK_FALSE(a->try_acquire(work_kind::read));
    CHECK(all->used() == 3);
    CHECK(a->used() == 2);
    q.release();
    q.release();
    CHECK(b->used() == 0);
    p = std::move(r);
    CHECK(all->used() == 1);
    CHECK(all->peak() == 3);
}

TEST_CASE("core/fair_semaphore: bodies leave the last of several units to short work") {
    const auto all = fair_semaphore::create(2);
    const auto a = all->share(), b = all->share();
    const auto body = a->try_acquire(work_kind::body);
    CHECK(body);
    CHECK_FALSE(a->try_acquire(work_kind::body));
    CHECK_FALSE(b->try_acquire(work_kind::body));
    CHECK(b->try_acquire(work_kind::write));
    const auto one = fair_semaphore::create(1);
    CHECK(one->share()->try_acquire(work_kind::body));
}

TEST_CASE("core/fair_semaphore: who may not go on does not stop others, and goes on when he may") {
    lab l;
    const auto all = fair_semaphore::create(2);
    const auto a = all->share();
    std::vector<int> order;
    std::vector<fair_permit> held;
    auto body = a->try_acquire(work_kind::body);
    asio::co_spawn(l.io, take_and_note(a, work_kind::body, 1, &order, &held), asio::detached);
    l.settle();
    CHECK(a->waiting() == 1);
    CHECK(a->try_acquire(work_kind::read)); // and back
    asio::co_spawn(l.io, take_and_note(a, work_kind::read, 2, &order, &held), asio::detached);
    l.settle();
    CHECK(order == std::vector<int>{2});
    body.release();
    l.settle();
    CHECK(order == std::vector<int>{2, 1});
    CHECK(all->waiting() == 0);
}

TEST_CASE("core/fair_semaphore: where all want more, each gets its part by weight") {
    struct row {
        std::uint64_t limit;
        std::vector<double> weights;
    };
    const row rows[] = {{1, {1, 1}}, {1, {3, 1}}, {2, {3, 1}}, {8, {1, 2, 5}}, {32, {0.5, 0.25, 0.25}}, {4, {10, 1}}};
    for (const auto& r : rows) {
        CAPTURE(r.limit);
        lab l;
        const auto all = fair_semaphore::create(r.limit);
        std::vector<int> done(r.weights.size());
        double weights = 0;
        for (std::size_t i = 0; i < r.weights.size(); ++i) {
            weights += r.weights[i];
            // Of the first there are many more: that brings it nothing.
            l.start(all->share(r.weights[i]), i % 2 ? work_kind::write : work_kind::read, 10ms, &done[i], i == 0 ? 100 : 40);
        }
        l.pass(20s);
        int sum = 0;
        for (const int n : done) sum += n;
        CHECK(sum >= static_cast<int>(r.limit * 1990)); // nothing is left idle
        for (std::size_t i = 0; i < done.size(); ++i) {
            CAPTURE(i);
            CHECK(std::abs(done[i] / static_cast<double>(sum) - r.weights[i] / weights) < 0.1 * r.weights[i] / weights);
        }
    }
}

TEST_CASE("core/fair_semaphore: who was idle saved nothing up, and loses nothing") {
    lab l;
    const auto all = fair_semaphore::create(1);
    const auto a = all->share(), b = all->share();
    int first = 0, second = 0;
    l.start(a, work_kind::read, 10ms, &first, 4);
    l.pass(10s);
    CHECK(first >= 990); // alone, it has all
    first = 0;
    l.start(b, work_kind::read, 10ms, &second, 4);
    l.pass(10s);
    CHECK(std::abs(first - second) <= 2);
}

TEST_CASE("core/fair_semaphore: within a share reads do not starve writes, nor bodies either") {
    lab l;
    const auto all = fair_semaphore::create(4);
    const auto a = all->share();
    int reads = 0, bodies = 0, writes = 0;
    l.start(a, work_kind::body, 10ms, &bodies, 100);
    l.start(a, work_kind::read, 10ms, &reads, 50);
    l.start(a, work_kind::write, 10ms, &writes, 5);
    l.pass(10s);
    const int sum = reads + bodies + writes;
    for (const int n : {reads, bodies, writes}) CHECK(std::abs(n - sum / 3) < sum / 30);
}

TEST_CASE("core/fair_semaphore: a share's own limit does not stop the others") {
    lab l;
    const auto all = fair_semaphore::create(4);
    int limited = 0, free = 0;
    l.start(all->share(100, 1), work_kind::write, 10ms, &limited, 10);
    l.start(all->share(), work_kind::write, 10ms, &free, 10);
    l.pass(10s);
    CHECK(std::abs(limited - 1000) < 10);
    CHECK(std::abs(free - 3000) < 30);
}

TEST_CASE("core/fair_semaphore: a wait that is cancelled, or whose context ends, holds nothing and is no obstacle") {
    lab l;
    const auto all = fair_semaphore::create(1);
    const auto a = all->share(), b = all->share();
    auto taken = a->try_acquire(work_kind::read);
    std::vector<int> order;
    std::vector<fair_permit> held;
    asio::cancellation_signal stop;
    std::exception_ptr why;
    asio::co_spawn(l.io, take_and_note(a, work_kind::read, 1, &order, &held),
                   asio::bind_cancellation_slot(stop.slot(), [&why](std::exception_ptr e) { why = e; }));
    {
        asio::io_context other{1};
        asio::co_spawn(other, take_and_note(a, work_kind::read, 2, &order, &held), asio::detached);
        other.poll();
        CHECK(all->waiting() == 1);
    }
    CHECK(all->waiting() == 0);
    asio::co_spawn(l.io, take_and_note(b, work_kind::read, 3, &order, &held), asio::detached);
    l.settle();
    stop.emit(asio::cancellation_type::terminal);
    taken.release(); // in the moment in which it is cancelled
    l.settle();
    CHECK(why);
    CHECK(order == std::vector<int>{3});
    held.clear();
    CHECK(all->used() == 0);
}

TEST_CASE("core/fair_semaphore: whoever is turned away goes on with nothing") {
    lab l;
    const auto all = fair_semaphore::create(1);
    const auto a = all->share();
    auto taken = a->try_acquire(work_kind::read);
    std::vector<int> order;
    std::vector<fair_permit> held;
    asio::co_spawn(l.io, take_and_note(a, work_kind::read, 1, &order, &held), asio::detached);
    l.settle();
    a->turn_away();
    l.settle();
    REQUIRE(held.size() == 1);
    CHECK_FALSE(held[0]);
    CHECK(all->waiting() == 0);
    CHECK(all->used() == 1);
}

TEST_CASE("core/fair_semaphore: there is hope while short work is under way, units move, or bodies are read") {
    const auto all = fair_semaphore::create(2);
    const auto a = all->share();
    constexpr steady_time start{};
    auto body = a->try_acquire(work_kind::body);
    CHECK(all->stuck_for(start) == 0s);
    CHECK(all->stuck_for(start + 10s) == 10s);
    body.touch();
    CHECK(all->stuck_for(start + 20s) == 0s);
    CHECK(all->stuck_for(start + 30s) == 10s);
    {
        const auto brief = a->try_acquire(work_kind::write);
        CHECK(all->stuck_for(start + 40s) == 0s);
        CHECK(all->stuck_for(start + 50s) == 0s);
    }
    CHECK(all->stuck_for(start + 60s) == 0s);
    CHECK(all->stuck_for(start + 70s) == 10s);
    body.release();
    CHECK(all->stuck_for(start + 80s) == 0s);
}

// ---- rates

awaitable<void> keep_asking(std::shared_ptr<rate_limiter> r, share_ptr s, std::shared_ptr<clock_source> clock, int* done) {
    for (;;) {
        co_await r->acquire(*s, work_kind::read, clock);
        ++*done;
    }
}

TEST_CASE("core/rate_limiter: so many a second, however many ask, by weight") {
    lab l;
    const auto r = rate_limiter::create(100);
    int done[2]{};
    const share_ptr shares[] = {r->queue()->share(3), r->queue()->share(1)};
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(l.io, keep_asking(r, shares[i % 2], l.clock, &done[i % 2]), asio::detached);
    l.pass(10s);
    CHECK(done[0] + done[1] >= 1000);
    CHECK(done[0] + done[1] <= 1011); // a tenth of a second's more at the start
    CHECK(std::abs(done[0] - 3 * done[1]) < 30);
}

TEST_CASE("core/rate_limiter: it doubles with time") {
    doubling_rate r{10, 60s};
    const auto in = [&r](duration from, duration for_how_long) {
        int n = 0;
        for (auto now = steady_time{} + from; now < steady_time{} + from + for_how_long;) {
            const auto wait = r.take(now);
            wait > 0s ? now += wait : (++n, now);
        }
        return n;
    };
    CHECK(r.rate(steady_time{} + 10s) == 10); // not begun
    CHECK(std::abs(in(0s, 1s) - 11) <= 1);
    CHECK(r.rate(steady_time{} + 60s) == doctest::Approx(20));
    CHECK(r.rate(steady_time{} + 600s) == doctest::Approx(10240));
    CHECK(std::abs(in(60s, 10s) - 212) < 6); // the integral
    CHECK(std::isfinite(r.rate(steady_time::max())));
}

TEST_CASE("core/rate_limiter: less than one a second, and what is no rate") {
    lab l;
    const auto r = rate_limiter::create(0.5);
    const auto s = r->queue()->share();
    CHECK(r->try_acquire(*s, work_kind::read, l.clock->now()));
    CHECK_FALSE(r->try_acquire(*s, work_kind::read, l.clock->now()));
    const auto start = l.clock->now();
    testing::simulate(l.io, *l.clock, r->acquire(*s, work_kind::read, l.clock));
    CHECK(l.clock->now() - start >= 2s);
    CHECK(l.clock->now() - start < 2100ms);
    CHECK_THROWS_AS(rate_limiter::create(0), error);
    CHECK_THROWS_AS(rate_limiter::create(-1), error);
    CHECK_THROWS_AS(rate_limiter::create(NAN), error);
}

} // namespace fair_semaphore_test
