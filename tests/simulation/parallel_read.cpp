// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "world.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/s3/parallel_reader.hpp>

#include <doctest/doctest.h>


#include <algorithm>
#include <vector>

namespace parallel_read_test {

using namespace penstock;
using simulation_test::pattern;
using simulation_test::world;
using testing::fault;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t connection = http::connection_memory(true);

s3::parallel_options parts(std::uint32_t connections, std::uint64_t size = mib) {
    return s3::parallel_options{}.part_size(size).connections(connections);
}

awaitable<std::string> drain(s3::parallel_reader& reader, std::size_t at_once = 100'000) {
    std::string got;
    std::vector<std::byte> memory(at_once);
    for (;;) {
        const auto n = co_await reader.read_some(memory);
        if (n == 0) break;
        got.append(as_text({memory.data(), n}));
    }
    co_return got;
}

awaitable<std::string> drain_blocks(s3::parallel_reader& reader) {
    std::string got;
    for (;;) {
        const auto block = co_await reader.next_block();
        if (!block) break;
        got.append(as_text(block.bytes()));
    }
    co_return got;
}

/// Reads "s3://b/k" in whatever way and gives its bytes.
awaitable<std::string> read(world& w, s3::parallel_options how, s3::get_object_options asked = s3::get_object_options(),
                            bool by_block = false) {
    s3::client c{w.io.get_executor(), w.options()};
    auto reader = co_await s3::open_parallel(c, "s3://b/k", std::move(asked), how);
    std::string got;
    if (by_block)
        got = co_await drain_blocks(reader);
    else
        got = co_await drain(reader);
    CHECK(reader.remaining() == 0);
    CHECK(c.statistics().budget_used == 0);
    CHECK(c.statistics().budget_peak <= 4 * mib);
    co_return got;
}

TEST_CASE("parallel read: the bytes in order, by as many requests as parts, all pinned but the first") {
    for (const std::uint64_t size : {std::uint64_t{1}, mib - 1, mib, mib + 1, 4 * mib, 5 * mib + 777}) {
        for (const std::uint32_t connections : {1u, 2u, 4u}) {
            for (const bool by_block : {false, true}) {
                CAPTURE(size);
                CAPTURE(connections);
                world w{size + connections};
                const auto body = pattern(size, size);
                w.server.put("b", "k", body);
                CHECK(w.run(read(w, parts(connections), {}, by_block)) == body);
                testing::run_simulated(w.io, *w.clock); // the server writes down what it has finished
                const auto& requests = w.server.requests();
                REQUIRE(requests.size() == (connections == 1 ? 1 : (size + mib - 1) / mib));
                const auto unpinned = std::count_if(requests.begin(), requests.end(), [](const auto& r) {
                    CHECK(r.method == "GET");
                    return r.headers["If-Match"].empty();
                });
                CHECK(unpinned == 1);
            }
        }
    }
}

TEST_CASE("parallel read: an empty object is one request, and nothing") {
    world w{1};
    w.server.put("b", "k", "");
    CHECK(w.run(read(w, parts(4))) == "");
    testing::run_simulated(w.io, *w.clock);
    CHECK(w.server.requests().size() == 1);
}

TEST_CASE("parallel read: parts of an object") {
    world w{2};
    const auto body = pattern(5 * mib, 2);
    w.server.put("b", "k", body);
    const auto asked = [](s3::object_range r) { return s3::get_object_options{}.range(r); };
    CHECK(w.run(read(w, parts(3), asked(s3::object_range::slice(100, 3 * mib)))) == body.substr(100, 3 * mib));
    CHECK(w.run(read(w, parts(3), asked(s3::object_range::slice(3 * mib, 100 * mib)))) == body.substr(3 * mib));
    CHECK(w.run(read(w, parts(3), asked(s3::object_range::from(mib + 1)))) == body.substr(mib + 1));
    CHECK(w.run(read(w, parts(3), asked(s3::object_range::suffix(10)))) == body.substr(body.size() - 10));
    CHECK(w.run(read(w, parts(3), asked(s3::object_range::suffix(2 * mib + 5)))) == body.substr(3 * mib - 5));
    CHECK(w.run(read(w, parts(3), asked(s3::object_range::suffix(50 * mib)))) == body);
}

TEST_CASE("parallel read: whoever has what the object is gets nothing; a failed condition is told") {
    auto check = [](world* w) -> awaitable<void> {
        s3::client c{w->io.get_executor(), w->options()};
        const auto head = co_await c.head("s3://b/k");
        auto unchanged = s3::get_object_options{}.if_none_match(head.etag.raw());
        auto reader = co_await s3::open_parallel(c, "s3://b/k", unchanged, parts(4));
        CHECK(reader.outcome() == s3::get_object_outcome::not_modified);
        const auto got = co_await drain(reader);
        CHECK(got.empty());
        auto other = s3::get_object_options{}.if_match("\"no such\"");
        auto opening = s3::open_parallel(c, "s3://b/k", other, parts(4));
        const auto refused = co_await as_result(std::move(opening));
        REQUIRE(refused.has_error());
        CHECK(refused.error().code() == errc::precondition_failed);
        auto numbered = s3::get_object_options{}.part_number(2);
        auto by_number = s3::open_parallel(c, "s3://b/k", numbered, parts(4));
        const auto no_parts = co_await as_result(std::move(by_number));
        REQUIRE(no_parts.has_error());
        CHECK(no_parts.error().code() == errc::invalid_option);
    };
    world w{3};
    w.server.put("b", "k", pattern(3 * mib, 3));
    w.run(check(&w));
}

TEST_CASE("parallel read: every part goes on at its byte where its connection breaks") {
    world w{4};
    const auto body = pattern(6 * mib, 4);
    w.server.put("b", "k", body);
    w.server.faults().next(fault::close_at(300'000), 6);
    CHECK(w.run(read(w, parts(3))) == body);
    testing::run_simulated(w.io, *w.clock);
    CHECK(w.server.faults().hits() == 6);
    CHECK(w.server.requests().size() > 6);
}

TEST_CASE("parallel read: an object that is replaced meanwhile is never mixed, whether or not the store heeds If-Match") {
    for (const bool heeds : {true, false}) {
        for (const bool same_size : {true, false}) {
            CAPTURE(heeds);
            world w{5};
            const auto body = pattern(6 * mib, 5);
            w.server.put("b", "k", body);
            auto replace = [=](world* w) -> awaitable<void> {
                s3::client c{w->io.get_executor(), w->options()};
                auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(2));
                w->server.put("b", "k", pattern(same_size ? 6 * mib : 7 * mib, 55));
                if (!heeds) w->server.faults().next(fault::wrong_etag(), 5);
                std::string got;
                std::vector<std::byte> memory(100'000);
                error_code why;
                for (;;) {
                    auto reading = reader.read_some(memory);
                    const auto n = co_await as_result(std::move(reading));
                    if (!n) {
                        why = n.error().code();
                        break;
                    }
                    if (*n == 0) break;
                    got.append(as_text({memory.data(), *n}));
                }
                CHECK(why == errc::object_changed);
                CHECK(got == pattern(6 * mib, 5).substr(0, got.size()));
                const auto again = reader.try_read_some(memory);
                CHECK(again.status == io_status::error); // stays so
            };
            w.run(replace(&w));
        }
    }
}

TEST_CASE("parallel read: what fails ahead of the caller is told after the bytes before it") {
    world w{6};
    const auto body = pattern(4 * mib, 6);
    w.server.put("b", "k", body);
    auto reading = [](world* w) -> awaitable<void> {
        s3::client c{w->io.get_executor(), w->options()};
        auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(4));
        w->server.faults().next(fault::answer(403, "AccessDenied", "no"));
        std::string got;
        std::vector<std::byte> memory(100'000);
        for (;;) {
            auto some = reader.read_some(memory);
            const auto n = co_await as_result(std::move(some));
            if (!n) {
                CHECK(n.error().code() == errc::access_denied);
                break;
            }
            REQUIRE(*n > 0);
            got.append(as_text({memory.data(), *n}));
        }
        CHECK(got.size() % mib == 0);
        CHECK(got.size() >= mib);
    };
    w.run(reading(&w));
}

TEST_CASE("parallel read: a part whose next byte is late is waited for, at whatever byte") {
    for (const std::uint64_t byte : {0, 1, 100'000, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 512 * 1024, 1024 * 1024 - 1}) {
        for (const bool by_block : {false, true}) {
            CAPTURE(byte);
            world w{6};
            const auto body = pattern(5 * mib, 6);
            w.server.put("b", "k", body);
            w.server.faults().add(testing::fault_rule{fault::stall_at(byte, std::chrono::seconds{2})}.from(2).times(4));
            CHECK(w.run(read(w, parts(4), {}, by_block)) == body);
        }
    }
}

TEST_CASE("parallel read: what has come of a part is given at once, though more is late") {
    world w{6};
    w.server.put("b", "k", pattern(2 * mib, 6));
    w.server.faults().add(testing::fault_rule{fault::stall_at(100'000, std::chrono::seconds{2})}.from(2).times(1));
    auto late = [](world* w) -> awaitable<void> {
        s3::client c{w->io.get_executor(), w->options()};
        auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(2));
        const auto began = w->clock->now();
        std::vector<std::byte> memory(mib + 100'000);
        const auto n = co_await reader.read(memory);
        CHECK(n == memory.size());
        CHECK(w->clock->now() - began < std::chrono::seconds{2});
        const auto rest = co_await drain(reader);
        CHECK(rest.size() == mib - 100'000);
    };
    w.run(late(&w));
}

TEST_CASE("parallel read: a caller that stops reading stops all sockets, at the window") {
    world w{7};
    const auto body = pattern(16 * mib, 7);
    w.server.put("b", "k", body);
    w.network->plan([](const testing::connection_attempt&) {
        testing::connection_plan p;
        p.to_client.capacity = 10'000;
        return p;
    });
    auto slow = [](world* w, std::string* got) -> awaitable<void> {
        s3::client c{w->io.get_executor(), w->options()};
        auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(3));
        std::vector<std::byte> block(5'000);
        const auto n = co_await reader.read(block);
        got->append(as_text({block.data(), n}));
        co_await sleep_for(w->clock, std::chrono::minutes{5});
        CHECK(c.statistics().budget_used == 2 * mib + connection); // the two parts ahead are complete
        // The window, and of each of the three connections what it and the network hold.
        CHECK(w->server.statistics().response_bytes <= 2 * mib + 3 * 100'000);
        CHECK(w->server.requests().size() == 3);
        const auto rest = co_await drain(reader);
        got->append(rest);
        CHECK(c.statistics().budget_peak >= 2 * mib + 3 * connection);
        CHECK(c.statistics().budget_peak <= 3 * mib);
    };
    std::string got;
    w.run(slow(&w, &got));
    CHECK(got == body);
}

TEST_CASE("parallel read: where others hold the budget it goes on without, part after part") {
    world w{8};
    const auto body = pattern(5 * mib + 5, 8);
    w.server.put("b", "k", body);
    auto starved = [](world* w) -> awaitable<std::string> {
        s3::client c{w->io.get_executor(), w->options()};
        auto all = c.budget()->try_acquire(4 * mib - 2 * connection); // what a plain stream needs is left
        auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(3));
        std::vector<std::byte> memory(2'000'000);
        const auto n = co_await reader.read(memory);
        std::string got{as_text({memory.data(), n})};
        CHECK(c.budget()->used() == 4 * mib - connection);
        all.shrink(2 * mib); // now there is room for one part, and for a writer's
        const auto rest = co_await drain(reader);
        CHECK(c.budget()->peak() <= 4 * mib);
        got += rest;
        co_return got;
    };
    CHECK(w.run(starved(&w)) == body);
}

TEST_CASE("parallel read: what is read can be written by the same coroutine, whatever the budget") {
    for (const std::uint64_t budget : {mib + mib / 2, 2 * mib, 3 * mib, 8 * mib}) {
        CAPTURE(budget);
        world w{9};
        const auto body = pattern(7 * mib, 9);
        w.server.put("b", "k", body);
        auto copy = [budget](world* w) -> awaitable<void> {
            auto options = w->options();
            options.memory_budget(budget);
            s3::client c{w->io.get_executor(), options};
            auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(4));
            auto writer = c.create("s3://b/copy");
            std::vector<std::byte> memory(50'000);
            for (;;) {
                const auto n = co_await reader.read_some(memory);
                if (n == 0) break;
                co_await writer.write(std::span<const std::byte>{memory.data(), n});
            }
            co_await writer.commit();
            CHECK(c.statistics().budget_peak <= budget);
            const auto copied = co_await c.get("s3://b/copy");
            CHECK(copied.body == pattern(7 * mib, 9));
        };
        w.run(copy(&w));
    }
}

TEST_CASE("parallel read: dropped at any moment it closes every connection, and gives everything back") {
    for (int millis = 0; millis < 40; millis += 3) {
        CAPTURE(millis);
        world w{10};
        w.server.put("b", "k", pattern(12 * mib, 10));
        auto drop = [millis](world* w) -> awaitable<void> {
            s3::client c{w->io.get_executor(), w->options()};
            {
                auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(4));
                std::vector<std::byte> memory(1000);
                const auto n = co_await reader.read_some(memory);
                CHECK(n > 0);
                co_await sleep_for(w->clock, std::chrono::milliseconds{millis});
            }
            co_await sleep_for(w->clock, std::chrono::nanoseconds{1}); // a turn of the loop
            CHECK(c.statistics().budget_used == 0);
            const auto sent = w->server.requests().size();
            co_await sleep_for(w->clock, std::chrono::minutes{1});
            CHECK(w->server.requests().size() == sent);
            CHECK(w->server.statistics().open_connections == 0);
        };
        w.run(drop(&w));
    }
}

TEST_CASE("parallel read: a cancelled read loses no byte") {
    world w{11};
    const auto body = pattern(4 * mib, 11);
    w.server.put("b", "k", body);
    auto cancelled = [](world* w) -> awaitable<std::string> {
        s3::client c{w->io.get_executor(), w->options()};
        auto reader = co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(3));
        std::string got;
        std::vector<std::byte> memory(70'000);
        for (;;) {
            auto reading = reader.read_some(memory);
            auto limited = with_timeout(std::move(reading), std::chrono::microseconds{50}, w->clock);
            const auto n = co_await as_result(std::move(limited));
            if (!n) continue;
            if (*n == 0) break;
            got.append(as_text({memory.data(), *n}));
        }
        co_return got;
    };
    CHECK(w.run(cancelled(&w)) == body);
}

TEST_CASE("parallel read: an executor that goes away takes the reader's tasks with it") {
    auto w = std::make_unique<world>(12);
    w->server.put("b", "k", pattern(8 * mib, 12));
    std::optional<s3::parallel_reader> reader;
    auto open = [](world* w, std::optional<s3::parallel_reader>* out) -> awaitable<void> {
        s3::client c{w->io.get_executor(), w->options()};
        out->emplace(co_await s3::open_parallel(c, "s3://b/k", s3::get_object_options(), parts(4)));
    };
    SUBCASE("before the reader") {
        w->run(open(w.get(), &reader));
        w.reset();
        reader.reset();
    }
    SUBCASE("after it") {
        w->run(open(w.get(), &reader));
        reader.reset();
        w.reset();
    }
    CHECK_FALSE(reader.has_value());
}

} // namespace parallel_read_test
