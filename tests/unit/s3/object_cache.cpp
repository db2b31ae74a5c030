// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/object_cache.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/detached.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace object_cache_test {

using namespace penstock;
using std::chrono::seconds;

struct world {
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::shared_ptr<s3::object_cache> cache;
    int asked = 0;
    std::vector<bool> had; ///< whether the store was asked with something kept

    explicit world(s3::object_cache_options o = {}) : cache{s3::object_cache::create(std::move(o.clock(clock)))} {}

    /// A store that answers after a second: with the same object unless another is `now`.
    std::string now = "a";
    bool fails = false;
    std::size_t tail = 100;
    awaitable<s3::cached_object_ptr> fetch(s3::cached_object_ptr kept) {
        ++asked;
        had.push_back(kept != nullptr);
        co_await sleep_for(clock, seconds{1});
        if (fails) throw_failure(failure{errc::service_unavailable});
        if (kept && kept->metadata.etag.raw() == now) co_return kept;
        auto fresh = std::make_shared<s3::cached_object>();
        fresh->metadata.etag = s3::entity_tag{now};
        fresh->tail = std::string(tail, 't');
        co_return fresh;
    }
    awaitable<std::string> get(std::string key) {
        auto fetching = [this](s3::cached_object_ptr kept) { return fetch(std::move(kept)); };
        auto got = co_await cache->get(std::move(key), std::move(fetching));
        co_return got->metadata.etag.raw();
    }
    std::string run(std::string key) { return testing::simulate(io, *clock, get(std::move(key))); }
};

TEST_CASE("object cache: by default the store is asked each time, with what is kept") {
    world w;
    CHECK(w.run("k") == "a");
    CHECK(w.run("k") == "a");
    w.now = "b";
    CHECK(w.run("k") == "b");
    CHECK(w.had == std::vector{false, true, true});
    CHECK(w.cache->size() == 1);
}

TEST_CASE("object cache: what is young enough is taken without asking") {
    world w{s3::object_cache_options{}.max_age(seconds{10})};
    CHECK(w.run("k") == "a");
    w.now = "b";
    CHECK(w.run("k") == "a");
    CHECK(w.asked == 1);
    w.clock->advance(seconds{10});
    CHECK(w.run("k") == "b");
    CHECK(w.asked == 2);
    w.cache->forget("k");
    CHECK(w.cache->bytes() == 0);
    CHECK(w.run("k") == "b");
    CHECK(w.asked == 3);
}

TEST_CASE("object cache: many who ask at a time ask once; a failure or a cancellation is only its own") {
    world w;
    int good = 0, bad = 0;
    auto ask = [&](duration limit) -> awaitable<void> {
        auto getting = with_timeout(w.get("k"), limit, w.clock);
        const auto got = co_await as_result(std::move(getting));
        ++(got ? good : bad);
    };
    SUBCASE("once") {
        for (int i = 0; i < 5; ++i) asio::co_spawn(w.io, ask(seconds{60}), asio::detached);
        testing::run_simulated(w.io, *w.clock);
        CHECK(good == 5);
        CHECK(w.asked == 1);
    }
    SUBCASE("who is cancelled hands over") {
        asio::co_spawn(w.io, ask(std::chrono::milliseconds{500}), asio::detached);
        for (int i = 0; i < 4; ++i) asio::co_spawn(w.io, ask(seconds{60}), asio::detached);
        testing::run_simulated(w.io, *w.clock);
        CHECK(good == 4);
        CHECK(bad == 1);
        CHECK(w.asked == 2);
    }
    SUBCASE("failures are not shared") {
        w.fails = true;
        for (int i = 0; i < 3; ++i) asio::co_spawn(w.io, ask(seconds{60}), asio::detached);
        testing::run_simulated(w.io, *w.clock);
        CHECK(bad == 3);
        CHECK(w.asked == 3);
        CHECK(w.cache->size() == 0);
    }
    SUBCASE("other keys do not wait") {
        asio::co_spawn(w.io, ask(seconds{60}), asio::detached);
        CHECK(w.run("other") == "a");
        testing::run_simulated(w.io, *w.clock);
        CHECK(w.asked == 2);
    }
}

TEST_CASE("object cache: within its bytes, the ones used last stay") {
    world w{s3::object_cache_options{}.max_bytes(10'000).max_age(seconds{1000})};
    w.tail = 3'000;
    for (const auto* key : {"a", "b"}) w.run(key);
    w.run("a");
    w.run("c"); // "b" goes
    CHECK(w.cache->bytes() <= 10'000);
    const int before = w.asked;
    w.run("a");
    w.run("c");
    CHECK(w.asked == before);
    w.run("b");
    CHECK(w.asked == before + 1);
    w.tail = 20'000;
    CHECK(w.run("large") == "a"); // given, not kept
    CHECK(w.cache->bytes() <= 10'000);
}

TEST_CASE("object cache: memory is the budget's, and a quarter of it stays free") {
    const auto budget = memory_budget::create(12'000);
    world w{s3::object_cache_options{}.budget(budget).max_age(seconds{1000})};
    w.tail = 3'000;
    for (const auto* key : {"a", "b", "c", "d"}) w.run(key);
    CHECK(budget->used() == w.cache->bytes());
    CHECK(budget->peak() <= 9'000);
    CHECK(w.cache->size() == 2);
    {
        auto others = budget->try_acquire(12'000 - budget->used());
        CHECK(w.run("e") == "a"); // no room: nothing is kept, nobody waits
        CHECK(budget->used() == w.cache->bytes() + others.units());
    }
    w.cache.reset();
    CHECK(budget->used() == 0);
}

} // namespace object_cache_test
