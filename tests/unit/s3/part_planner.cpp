// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/s3/detail/part_planner.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace part_planner_test {

using namespace penstock;
using s3::detail::parallel_limits;
using s3::detail::part_planner;

constexpr std::uint64_t kib = std::uint64_t{1} << 10;
constexpr std::uint64_t mib = std::uint64_t{1} << 20;

TEST_CASE("part planner: wishes become what the budget has room for") {
    struct row {
        std::uint64_t part;
        std::uint32_t connections;
        std::uint64_t window, budget, writer_part, connection;
        std::uint64_t got_part;
        std::uint32_t got_connections;
        std::uint64_t got_window;
    };
    const row rows[] = {
        // as wished
        {8 * mib, 4, 0, 128 * mib, 8 * mib, 0, 8 * mib, 4, 24 * mib},
        {8 * mib, 1, 0, 128 * mib, 8 * mib, 0, 8 * mib, 1, 0},
        {mib, 3, 0, 4 * mib, mib, 0, mib, 3, 2 * mib},
        // the default window ends at 64 MiB, whatever the connections: then parts are smaller
        {8 * mib, 17, 0, 512 * mib, 8 * mib, 0, 4 * mib, 17, 64 * mib},
        {16 * mib, 5, 0, 512 * mib, 8 * mib, 0, 16 * mib, 5, 64 * mib},
        {std::uint64_t{5} << 30, 4, 0, 512 * mib, 8 * mib, 0, 64 * mib / 3 / (256 * kib) * (256 * kib), 4, 64 * mib},
        {~std::uint64_t{}, ~std::uint32_t{}, 0, 512 * mib, 8 * mib, 0, mib, 65, 64 * mib},
        // a window of one's own
        {8 * mib, 4, 96 * mib, 512 * mib, 8 * mib, 0, 8 * mib, 4, 96 * mib},
        {8 * mib, 4, 6 * mib, 128 * mib, 8 * mib, 0, 2 * mib, 4, 6 * mib},
        {8 * mib, 4, mib, 128 * mib, 8 * mib, 0, mib, 2, mib},
        {8 * mib, 4, mib - 1, 128 * mib, 8 * mib, 0, 8 * mib, 1, 0},
        // a quarter of the budget, or a writer's part, stays free
        {8 * mib, 4, ~std::uint64_t{}, 128 * mib, 8 * mib, 0, 8 * mib, 4, 96 * mib},
        {8 * mib, 4, 0, 16 * mib, 8 * mib, 0, (8 * mib / 3) / (256 * kib) * (256 * kib), 4, 8 * mib},
        {8 * mib, 4, 0, 8 * mib, mib, 0, 2 * mib, 4, 6 * mib},
        {8 * mib, 4, 0, 9 * mib, 8 * mib, 0, mib, 2, mib},
        {8 * mib, 4, 0, 8 * mib, 8 * mib, 0, 8 * mib, 1, 0},
        {8 * mib, 4, 0, mib, mib, 0, 8 * mib, 1, 0},
        // connections take memory, too
        {8 * mib, 4, 0, 8 * mib, mib, 64 * kib, 1792 * kib, 4, 8 * mib - 2 * mib - 256 * kib},
        {8 * mib, 4, 0, 9 * mib, 8 * mib, kib, 8 * mib, 1, 0},
        {8 * mib, 4, 0, 10 * mib, 8 * mib, 512 * kib, mib, 2, mib},
    };
    for (const auto& r : rows) {
        CAPTURE(&r - rows);
        const auto how = s3::parallel_options{}.part_size(r.part).connections(r.connections).window(r.window);
        const auto got = s3::detail::settle_window(how, r.budget, r.writer_part, r.connection);
        CHECK(got.part_size == r.got_part);
        CHECK(got.connections == r.got_connections);
        CHECK(got.window == r.got_window);
        CHECK(got.window + got.headroom <= r.budget);
        if (got.connections > 1) CHECK(got.window + got.headroom + got.connections * r.connection <= r.budget);
        CHECK(got.headroom >= std::min(r.budget, r.writer_part));
        if (got.connections > 1) CHECK((got.connections - 1) * s3::detail::in_blocks(got.part_size) <= got.window);
    }
}

TEST_CASE("part planner: parts lie side by side, from the first byte to the last") {
    parallel_limits limits;
    limits.part_size = 3 * mib;
    limits.connections = 3;
    limits.window = 6 * mib;
    part_planner plan{5, 5 + 7 * mib, limits};
    std::vector<byte_range> parts;
    while (!plan.all_taken()) parts.push_back(plan.take());
    CHECK(parts == std::vector<byte_range>{{5, 3 * mib}, {5 + 3 * mib, 3 * mib}, {5 + 6 * mib, mib}});
    CHECK(plan.take() == byte_range{5 + 7 * mib, 0});
    CHECK(part_planner{7, 7, limits}.all_taken());
}

TEST_CASE("part planner: a part begins ahead when there is a connection and memory for all of it") {
    parallel_limits limits;
    limits.part_size = 2 * mib;
    limits.connections = 3;
    limits.window = 4 * mib;
    part_planner plan{0, 5 * mib, limits};
    CHECK(plan.wanted_ahead(1, 0) == 2 * mib);
    CHECK(plan.wanted_ahead(2, 2 * mib) == 2 * mib);
    CHECK(plan.wanted_ahead(2, 2 * mib + 1) == 0); // no memory
    CHECK(plan.wanted_ahead(3, 0) == 0);           // no connection
    plan.take(4 * mib + 1);
    CHECK(plan.wanted_ahead(1, 3 * mib) == mib - 1); // the rest
    CHECK(plan.wanted_ahead(1, 3 * mib + 256 * kib) == 0); // memory is taken in whole blocks
    plan.take();
    CHECK(plan.wanted_ahead(1, 0) == 0); // nothing is left
}

TEST_CASE("part planner: what the budget has no room for is tried by halves, but only where nothing is under way") {
    part_planner plan{0, 100 * mib, parallel_limits{}};
    CHECK(plan.smaller(8 * mib, 0) == 4 * mib);
    CHECK(plan.smaller(2 * mib, 0) == mib);
    CHECK(plan.smaller(2 * mib - 1, 0) == 0);
    CHECK(plan.smaller(8 * mib, 1) == 0);
}

} // namespace part_planner_test
