// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>

#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <utility>

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

} // namespace memory_budget_test
