// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "world.hpp"

#include <penstock/core/as_result.hpp>

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <vector>

namespace backpressure_test {

using namespace penstock;
using simulation_test::pattern;
using simulation_test::world;

TEST_CASE("backpressure: a consumer who does not read stops the server, and loses nothing") {
    world w{1};
    const auto body = pattern(2'000'000, 1);
    w.server.put("b", "k", body);
    w.network->plan([](const testing::connection_attempt&) {
        testing::connection_plan p;
        p.to_client.capacity = 10'000;
        return p;
    });
    auto slow = [](world* w, std::string* got) -> awaitable<void> {
        s3::client c{w->io.get_executor(), w->options()};
        auto reader = co_await c.open("s3://b/k");
        std::vector<std::byte> block(5'000);
        auto n = co_await reader.read(block);
        got->append(as_text({block.data(), n}));
        co_await sleep_for(w->clock, std::chrono::minutes{5});
        // What is read, one receive buffer, and what the network holds: no more has left the server.
        CHECK(w->server.statistics().response_bytes <= 5'000 + 16'384 + 10'000 + 65'536);
        CHECK(w->server.statistics().response_bytes < 200'000);
        for (;;) {
            n = co_await reader.read_some(block);
            if (n == 0) break;
            got->append(as_text({block.data(), n}));
        }
        CHECK(c.statistics().budget_peak <= (std::uint64_t{4} << 20));
    };
    std::string got;
    w.run(slow(&w, &got));
    CHECK(got == body);
}

TEST_CASE("backpressure: a writer takes one part of memory, and no more than the budget") {
    world w{2};
    w.server.put("b", "x", "");
    auto write = [](world* w) -> awaitable<void> {
        s3::client c{w->io.get_executor(), w->options()};
        const auto body = pattern(300'000, 2);
        auto writer = c.create("s3://b/big");
        for (int i = 0; i < 20; ++i) co_await writer.write(std::string_view{body});
        CHECK(c.statistics().budget_used >= std::uint64_t{1} << 20);
        co_await writer.commit();
        CHECK(c.statistics().budget_used < std::uint64_t{1} << 20);
        CHECK(c.statistics().budget_peak <= std::uint64_t{4} << 20);
        const auto head = co_await c.head("s3://b/big");
        CHECK(head.size == 6'000'000);
    };
    w.run(write(&w));
}

TEST_CASE("backpressure: many writers at once never wait for each other for ever") {
    world w{3};
    w.server.put("b", "x", "");
    auto options = w.options();
    options.part_size(std::uint64_t{2} << 20).memory_budget(std::uint64_t{5} << 20);
    const s3::client c{w.io.get_executor(), options};
    const auto body = pattern(2'700'000, 3);
    int done = 0;
    auto write = [&](int i) -> awaitable<void> {
        s3::client mine = c;
        auto writer = mine.create("s3://b/k" + std::to_string(i));
        // One in three stays within its first block.
        const auto size = i % 3 == 0 ? std::size_t{500'000} : body.size();
        for (std::size_t at = 0; at < size; at += 100'000) {
            co_await writer.write(std::string_view{body}.substr(at, std::min<std::size_t>(100'000, size - at)));
            co_await sleep_for(w.clock, std::chrono::milliseconds{1});
        }
        co_await writer.commit();
        ++done;
    };
    for (int i = 0; i < 12; ++i) asio::co_spawn(w.io, write(i), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    testing::run_simulated(w.io, *w.clock, [&done] { return done == 12; });
    CHECK(done == 12);
    CHECK(c.statistics().budget_peak <= (std::uint64_t{5} << 20));
    CHECK(c.statistics().budget_used == 0);
}

} // namespace backpressure_test
