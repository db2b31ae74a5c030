// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/token_bucket.hpp>

#include <doctest/doctest.h>

namespace token_bucket_test {

using namespace penstock;
using namespace std::chrono_literals;

constexpr steady_time at(duration d) { return steady_time{} + d; }

TEST_CASE("core/token_bucket: no faster than its rate, after its capacity") {
    token_bucket b{10, 2, at(0s)};
    CHECK(b.take(1, at(0s)) == 0s);
    CHECK(b.take(1, at(0s)) == 0s);
    CHECK(b.take(1, at(0s)) == 100ms);
    CHECK(b.take(1, at(50ms)) == 50ms); // asking takes nothing
    CHECK(b.take(1, at(100ms)) == 0s);
    CHECK(b.take(2, at(100ms)) == 200ms);
    CHECK(b.take(2, at(10s)) == 0s); // never more than the capacity, however long it was idle
    CHECK(b.take(1, at(10s)) == 100ms);
}

TEST_CASE("core/token_bucket: more than its capacity is had once it is full, and waited for afterwards") {
    token_bucket b{10, 2, at(0s)};
    CHECK(b.take(5, at(0s)) == 0s);
    CHECK(b.take(1, at(0s)) == 400ms);
    CHECK(b.take(5, at(400ms)) == 100ms);
}

TEST_CASE("core/token_bucket: another rate holds from its time on") {
    token_bucket b{10, 10, 0, at(0s)};
    b.set_rate(1, 3, at(500ms)); // five are there, of which three have room
    CHECK(b.rate() == 1);
    CHECK(b.take(3, at(500ms)) == 0s);
    CHECK(b.take(1, at(500ms)) == 1s);
    CHECK(b.take(1, at(0s)) == 1s); // a clock that goes back gives nothing
    token_bucket slow{1e-12, 1, 0, at(0s)};
    CHECK(slow.take(1, at(0s)) == std::chrono::hours{24 * 365});
}

TEST_CASE("core/token_bucket: who waits as long as it says always gets it") {
    token_bucket b{3, 1, at(0s)};
    auto now = at(0s);
    for (int i = 0; i < 1000; ++i) {
        const auto wait = b.take(1, now);
        if (wait == 0s) continue; // the first
        now += wait;
        REQUIRE(b.take(1, now) == 0s);
    }
    CHECK(now >= at(332s));
    CHECK(now <= at(334s));
}

} // namespace token_bucket_test
