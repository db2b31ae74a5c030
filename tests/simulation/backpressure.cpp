// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "world.hpp"

#include <penstock/core/as_result.hpp>

#include <doctest/doctest.h>

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

} // namespace backpressure_test
