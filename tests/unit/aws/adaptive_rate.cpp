// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/adaptive_rate.hpp>

#include <doctest/doctest.h>

namespace test_aws_adaptive_rate {

using namespace penstock;
using namespace std::chrono_literals;
using aws::adaptive_rate;

constexpr steady_time at(duration d) { return steady_time{1000h} + d; }

/// A store that serves `rate` a second and throttles what is more: how many it served, and refused, in `seconds`.
struct served {
    int good = 0, refused = 0;
};
served ask(adaptive_rate& rates, double rate, int seconds) {
    served out;
    token_bucket store{rate, 1, at(0s)};
    auto now = at(0s);
    while (now < at(std::chrono::seconds{seconds})) {
        if (const auto wait = rates.take(now); wait > 0s) {
            now += wait;
            continue;
        }
        const bool throttled = store.take(1, now) > 0s;
        ++(throttled ? out.refused : out.good);
        rates.answered(throttled, now);
        now += 1ms; // a thousand a second if nobody holds it back
    }
    return out;
}

TEST_CASE("aws/adaptive_rate: nothing is held back before the store throttles") {
    adaptive_rate rates{at(0s)};
    for (int i = 0; i < 1000; ++i) {
        CHECK(rates.take(at(1ms * i)) == 0s);
        rates.answered(false, at(1ms * i));
    }
    CHECK_FALSE(rates.limits());
    rates.answered(true, at(1s));
    CHECK(rates.limits());
    CHECK(rates.fill_rate() < rates.measured_rate());
}

TEST_CASE("aws/adaptive_rate: it settles near what the store serves") {
    for (const double rate : {5.0, 50.0, 200.0}) {
        CAPTURE(rate);
        adaptive_rate rates{at(0s)};
        const auto got = ask(rates, rate, 120);
        CHECK(got.good > 120 * rate * 0.7);
        CHECK(got.refused < got.good / 3);
    }
}

TEST_CASE("aws/adaptive_rate: however much fails, it asks twice in four seconds") {
    adaptive_rate rates{at(0s)};
    auto now = at(0s);
    for (int i = 0; i < 100; ++i) {
        if (const auto wait = rates.take(now); wait > 0s) {
            now += wait;
            CHECK(rates.take(now) == 0s);
        }
        rates.answered(true, now);
    }
    CHECK(rates.fill_rate() == adaptive_rate::min_fill_rate);
    CHECK(rates.take(now) <= 2s);
}

} // namespace test_aws_adaptive_rate
