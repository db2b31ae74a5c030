// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/buffer_pool.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

namespace buffer_pool_test {

using namespace penstock;

TEST_CASE("sizes are classes of 4 KiB times a power of two") {
    const auto pool = buffer_pool::create();
    CHECK(pool->take(0).size() == 4096);
    CHECK(pool->take(1).size() == 4096);
    CHECK(pool->take(4096).size() == 4096);
    CHECK(pool->take(4097).size() == 8192);
    CHECK(pool->take(12289).size() == 16384);
    CHECK(pool->take(1 << 20).size() == 1 << 20);
}

TEST_CASE("a block comes back for its class, last in first out") {
    const auto pool = buffer_pool::create();
    auto a = pool->take(5000);
    auto b = pool->take(5000);
    const auto* first = a.data();
    const auto* second = b.data();
    CHECK(pool->idle() == 0);
    CHECK(pool->in_use() == 16384);
    a = {};
    b = {};
    CHECK(pool->idle() == 16384);
    CHECK(pool->in_use() == 0);
    auto other = pool->take(4096);
    CHECK(other.data() != first);
    CHECK(other.data() != second);
    auto c = pool->take(8192);
    auto d = pool->take(6000);
    CHECK(c.data() == second);
    CHECK(d.data() == first);
    CHECK(pool->idle() == 0);
}

TEST_CASE("blocks are aligned and padded on both sides") {
    const auto pool = buffer_pool::create();
    for (int round = 0; round < 2; ++round) {
        auto b = pool->take(4096);
        CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % 64 == 0);
        unsigned sum = 0;
        for (std::size_t i = 0; i < buffer_padding; ++i) {
            sum += std::to_integer<unsigned>(*(b.data() - buffer_padding + i));
            sum += std::to_integer<unsigned>(*(b.data() + b.size() + i));
        }
        CHECK(sum == 0); // and no sanitizer minds the reading
        std::memset(b.data(), 0xff, b.size());
    }
}

TEST_CASE("no more than max_idle is kept") {
    const auto pool = buffer_pool::create(10'000);
    auto a = pool->take(4096);
    auto b = pool->take(4096);
    auto c = pool->take(4096);
    a = {};
    b = {};
    CHECK(pool->idle() == 8192);
    c = {};
    CHECK(pool->idle() == 8192);
    pool->take(1 << 20) = {};
    CHECK(pool->idle() == 8192);

    const auto none = buffer_pool::create(0);
    none->take(1) = {};
    CHECK(none->idle() == 0);
}

TEST_CASE("a block outlives its pool") {
    pooled_buffer kept;
    {
        const auto pool = buffer_pool::create();
        kept = pool->take(100);
    }
    std::memset(kept.data(), 1, kept.size());
    CHECK(kept);
    kept = {};
    CHECK_FALSE(kept);
}

TEST_CASE("moving a block leaves nothing behind") {
    const auto pool = buffer_pool::create();
    auto a = pool->take(1);
    const auto* data = a.data();
    pooled_buffer b{std::move(a)};
    CHECK_FALSE(a); // NOLINT: what a moved-from buffer is, is promised
    CHECK(b.data() == data);
    auto& same = b;
    b = std::move(same);
    CHECK(b.data() == data);
    pooled_buffer empty;
    CHECK(empty.size() == 0);
    CHECK(empty.span().empty());
}

TEST_CASE("sizes that cannot be had are bad_alloc, not a small block") {
    const auto pool = buffer_pool::create();
    CHECK_THROWS_AS((void)pool->take(SIZE_MAX), std::bad_alloc);
    CHECK_THROWS_AS((void)pool->take(SIZE_MAX - 4096), std::bad_alloc);
    CHECK(pool->take(1).size() == 4096);
}

TEST_CASE("blocks may be given back by other threads") {
    const auto pool = buffer_pool::create(1 << 20);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([pool, t] {
            for (std::size_t i = 0; i < 500; ++i) {
                auto b = pool->take((i % 5) * 4096);
                std::memset(b.data(), t, 64);
                if (i % 50 == 0) std::thread{[moved = std::move(b)] {}}.join();
            }
        });
    for (auto& t : threads) t.join();
    CHECK(pool->idle() <= 1 << 20);
}

} // namespace buffer_pool_test
