// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/memory_room.hpp>
#include <penstock/core/semaphore.hpp>

#include "support/random_batches.hpp"
#include "support/run.hpp"

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace memory_budget_test {

using namespace penstock;

template <class F>
std::optional<failure> refusal(F&& f) {
    try {
        f();
    } catch (const error& e) {
        return e.as_failure();
    }
    return std::nullopt;
}

TEST_CASE("buffer_pool with a budget: blocks in use are paid, unused ones are not") {
    const auto budget = memory_budget::create(22'000);
    const auto pool = buffer_pool::create(budget);
    CHECK(pool->budget() == budget);
    CHECK(buffer_pool::create()->budget() == nullptr);
    auto a = pool->take(4097);
    CHECK(budget->used() == 8192);
    auto b = pool->take(8192);
    const auto why = refusal([&] { (void)pool->take(1); (void)pool->take(4096); });
    REQUIRE_FALSE(why.has_value()); // the first came back before the second
    auto c = pool->take(1);
    const auto full = refusal([&] { (void)pool->take(1); });
    REQUIRE(full.has_value());
    CHECK(full->code() == errc::budget_exceeded);
    CHECK(full->code() == condition::limit);
    CHECK(full->detail().message ==
          "a block of 4096 bytes does not fit into the memory budget: 20480 of 22000 bytes are in use");
    CHECK(pool->in_use() == budget->used());
}

TEST_CASE("buffer_pool with a budget: an array pays until its last copy is gone") {
    const auto budget = memory_budget::create(1 << 20);
    std::optional<array> a;
    {
        int64_builder b{buffer_pool::create(budget)};
        for (int i = 0; i < 1000; ++i) b.append(i);
        a = b.finish();
    }
    CHECK(budget->used() == 8192);
    const auto copy = a->slice(5, 1);
    a.reset();
    CHECK(budget->used() == 8192);
    CHECK(copy.int64_at(0) == 5);
    a = copy;
    CHECK(budget->peak() >= 8192);
}

TEST_CASE("builders of any type that the budget refuses more, at any block, can go on from the last whole row") {
    for (std::uint64_t seed = 0; seed < 250; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed};
        const auto type = random.type();
        CAPTURE(type.name());
        const auto a = random.values(type, 300);
        for (const std::uint64_t limit : {4096u, 16384u, 65536u}) {
            const auto budget = memory_budget::create(limit);
            array_builder b{type, buffer_pool::create(budget)};
            std::size_t done = 0;
            const auto why = refusal([&] {
                for (; done < a.size(); ++done) b.append(a, done, 1);
            });
            CHECK(budget->peak() <= limit);
            if (!why) continue;
            CHECK(why->code() == errc::budget_exceeded);
            b.truncate(done);
            REQUIRE(b.size() == done);
            // another row does not help either, and changes nothing
            (void)refusal([&] { b.append(a, done, 1); });
            b.truncate(done);
            std::optional<array> built;
            const auto unfinished = refusal([&] { built = b.finish(); });
            if (unfinished) { // no room for the first offset of what is empty
                CHECK(unfinished->code() == errc::budget_exceeded);
                CHECK((done == 0 || is_nested(type.id()) || type.id() == type_id::dictionary));
                continue;
            }
            CHECK(*built == a.slice(0, done));
        }
    }
}

awaitable<void> build_batches(std::shared_ptr<buffer_pool> pool, int id, std::vector<int>* order) {
    for (int round = 0; round < 3; ++round) {
        auto room = co_await acquire_room(pool, 3 * buffer_pool::block_size(65536));
        int64_builder b{pool};
        b.reserve(8192);
        for (int i = 0; i < 8192; ++i) b.append(i);
        room.release();
        const auto batch = b.finish();
        co_await asio::post(asio::use_awaitable); // the batch is used while others want room
        CHECK(batch.int64_at(8191) == 8191);
        order->push_back(id);
    }
}

TEST_CASE("acquire_room: readers wait for each other's batches, none fails") {
    const auto budget = memory_budget::create(262'144);
    asio::io_context io;
    std::vector<int> order;
    for (int id = 0; id < 5; ++id)
        asio::co_spawn(io, build_batches(buffer_pool::create(budget), id, &order), asio::detached);
    io.run();
    CHECK(order.size() == 15);
    CHECK(budget->used() == 0);
    CHECK(budget->peak() <= 262'144);
}

TEST_CASE("acquire_room: what is set aside is there, whoever else asks; the rest goes back") {
    const auto budget = memory_budget::create(32'768);
    const auto pool = buffer_pool::create(budget);
    const auto other = buffer_pool::create(budget);
    {
        auto room = test::run(acquire_room(pool, 28'672));
        CHECK(budget->used() == 28'672);
        CHECK(refusal([&] { (void)other->take(8192); }).has_value());
        const auto block = pool->take(16'384);
        CHECK(budget->used() == 28'672);
        auto moved = std::move(room);
        room = memory_room{};
        CHECK(budget->used() == 28'672);
        const auto more = pool->take(16'384); // 12,288 from the room, the rest from the budget
        CHECK(budget->used() == 32'768);
        CHECK(refusal([&] { (void)pool->take(1); }).has_value());
    }
    CHECK(budget->used() == 0);
    {
        auto room = test::run(acquire_room(pool, 8192));
        const auto block = pool->take(1);
        room.release();
        CHECK(budget->used() == 4096);
    }
    CHECK(budget->used() == 0);
    const auto too_much = refusal([&] { (void)test::run(acquire_room(pool, 32'769)); });
    REQUIRE(too_much.has_value());
    CHECK(too_much->code() == errc::budget_exceeded);
    (void)test::run(acquire_room(buffer_pool::create(), 1 << 30)); // no budget, no wait
}

TEST_CASE("acquire_room: a cancelled wait holds nothing") {
    const auto budget = memory_budget::create(8192);
    const auto pool = buffer_pool::create(budget);
    auto block = pool->take(8192);
    asio::io_context io;
    asio::cancellation_signal stop;
    bool failed = false;
    asio::co_spawn(io, acquire_room(pool, 4096),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e, memory_room) { failed = e != nullptr; }));
    io.poll();
    CHECK(budget->waiting() == 1);
    stop.emit(asio::cancellation_type::all);
    io.restart();
    io.run();
    CHECK(failed);
    block = {};
    CHECK(budget->used() == 0);
}

} // namespace memory_budget_test
