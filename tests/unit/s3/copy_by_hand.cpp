// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/simulated_store.hpp"

#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/parallel_reader.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace copy_by_hand_test {

using namespace penstock;
using namespace std::chrono_literals;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

/// Who holds memory first, and how the object is read.
enum class order { open_first, write_first, in_parallel, parallel_after_write, by_blocks };

template <class Reader>
awaitable<void> pump(Reader& from, s3::object_writer& to) {
    std::vector<std::byte> memory(100'000);
    for (;;) {
        const auto n = co_await from.read_some(memory);
        if (n == 0) break;
        co_await to.write(std::span{memory}.first(n));
    }
}

/// The copy of "s3://b/from" behind whatever was written before.
awaitable<void> copy(s3::client c, order how, std::string before) {
    auto to = c.create("s3://b/to");
    const bool writes_first = how == order::write_first || how == order::parallel_after_write;
    if (writes_first) co_await to.write(before);
    if (how == order::open_first || how == order::write_first) {
        auto from = co_await c.open("s3://b/from");
        if (!writes_first) co_await to.write(before);
        co_await pump(from, to);
    } else {
        auto from = co_await s3::open_parallel(c, "s3://b/from");
        if (!writes_first) co_await to.write(before);
        if (how == order::by_blocks) {
            for (;;) {
                const auto block = co_await from.next_block();
                if (!block) break;
                co_await to.write(block.bytes());
            }
        } else {
            co_await pump(from, to);
        }
    }
    co_await to.commit();
}

TEST_CASE("copied by hand: whoever comes first, a writer's part leaves the budget room for what is read") {
    for (const bool tls : {false, true})
        for (const auto budget : {mebibyte, 2 * mebibyte, 8 * mebibyte})
            for (const auto part : {mebibyte, 8 * mebibyte})
                for (const auto how : {order::open_first, order::write_first, order::in_parallel,
                                       order::parallel_after_write, order::by_blocks}) {
                    CAPTURE(tls);
                    CAPTURE(budget);
                    CAPTURE(part);
                    CAPTURE(static_cast<int>(how));
                    simulated::world w{testing::s3_server_options().min_part_size(1)};
                    w.server.listen(*w.network, "s3.test", 443);
                    if (tls) w.options.endpoint_url("https://s3.test"); // counted as such; the bytes are plain here
                    w.options.memory_budget(budget).part_size(part);
                    auto random = make_seeded_random(7);
                    std::string object(budget + 3 * mebibyte, '\0'); // more parts than one
                    for (std::size_t i = 0; i < object.size(); i += 997) object[i] = static_cast<char>(random->next());
                    w.server.put("b", "from", object);
                    auto c = w.client();
                    auto copying = with_timeout(copy(c, how, "before"), 1h, w.clock);
                    const auto done = w.run(as_result(std::move(copying)));
                    REQUIRE(done.has_value());
                    CHECK(c.budget()->peak() <= budget);
                    w.options.memory_budget(128 * mebibyte);
                    const auto there = w.run(w.client().get("s3://b/to"));
                    CHECK((there.body == "before" + object)); // not to be printed
                }
}

} // namespace copy_by_hand_test
