// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/detail/task_group.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

namespace task_group_test {

using namespace penstock;
using penstock::detail::task_group;
using std::chrono::seconds;

struct world {
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::vector<int> ended;
    std::vector<int> cancelled;

    awaitable<void> work(int id, duration d) {
        auto sleeping = sleep_for(clock, d);
        auto slept = co_await as_result(std::move(sleeping));
        if (slept) ended.push_back(id);
        else cancelled.push_back(id);
    }
    awaitable<void> fail(duration d) {
        if (d > duration{}) co_await sleep_for(clock, d);
        throw std::runtime_error{"on purpose"};
    }
    void run(awaitable<void> op) { testing::simulate(io, *clock, std::move(op)); }
};

TEST_CASE("task group: all are waited for") {
    world w;
    auto body = [](world* w) -> awaitable<void> {
        task_group g{w->io.get_executor()};
        for (int i = 3; i > 0; --i) g.start(w->work(i, seconds{i}));
        CHECK(g.running() == 3);
        co_await g.join();
        CHECK(g.running() == 0);
        co_await g.join(); // nothing runs
    };
    w.run(body(&w));
    CHECK(w.ended == std::vector{1, 2, 3});
}

TEST_CASE("task group: the first failure cancels the others, and is thrown when they have ended") {
    for (const auto after : {duration{}, duration{seconds{2}}}) {
        world w;
        auto body = [after](world* w) -> awaitable<void> {
            task_group g{w->io.get_executor()};
            g.start(w->work(1, seconds{1}));
            g.start(w->fail(after));
            g.start(w->work(2, seconds{3}));
            bool thrown = false;
            try {
                co_await g.join();
            } catch (const std::runtime_error&) {
                thrown = true;
            }
            CHECK(thrown);
            CHECK(g.running() == 0);
        };
        w.run(body(&w));
        CHECK(w.ended.size() == (after > duration{} ? 1 : 0));
        CHECK(w.ended.size() + w.cancelled.size() == 2);
    }
}

TEST_CASE("task group: a cancelled join cancels all and waits for them") {
    world w;
    auto body = [](world* w) -> awaitable<void> {
        task_group g{w->io.get_executor()};
        g.start(w->work(1, seconds{5}));
        g.start(w->work(2, seconds{6}));
        auto joining = with_timeout(g.join(), seconds{1}, w->clock);
        const auto joined = co_await as_result(std::move(joining));
        REQUIRE(joined.has_error());
        CHECK(joined.error().code() == errc::deadline_exceeded);
        CHECK(g.running() == 0);
    };
    w.run(body(&w));
    CHECK(w.cancelled == std::vector{1, 2});
}

TEST_CASE("task group: an executor may go away before the group") {
    auto w = std::make_unique<world>();
    task_group g{w->io.get_executor()};
    g.start(w->work(1, seconds{5}));
    w->io.poll();
    w.reset();
    g.cancel(); // of what is no more
    CHECK(g.running() == 1);
}

} // namespace task_group_test
