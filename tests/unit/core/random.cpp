// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <set>

namespace random_test {

using namespace penstock;

TEST_CASE("a seed gives the same numbers everywhere") {
    // SplitMix64's own test vector for the seed 1234567
    const auto r = make_seeded_random(1234567);
    CHECK(r->next() == 6457827717110365317ULL);
    CHECK(r->next() == 3203168211198807973ULL);
    CHECK(r->next() == 9817491932198370423ULL);
    const auto again = make_seeded_random(1234567);
    CHECK(again->next() == 6457827717110365317ULL);
    CHECK(make_seeded_random(1)->next() != make_seeded_random(2)->next());
}

TEST_CASE("uniform stays in [0, 1) and reaches all of it") {
    const auto r = make_seeded_random(7);
    std::array<int, 10> tenths{};
    for (int i = 0; i < 10'000; ++i) {
        const double x = r->uniform();
        REQUIRE(x >= 0);
        REQUIRE(x < 1);
        ++tenths[static_cast<std::size_t>(x * 10)];
    }
    for (const int n : tenths) CHECK(n > 850);
}

/// The two ends of what a generator can say.
class constant_source final : public random_source {
  public:
    explicit constant_source(std::uint64_t value) : value_{value} {}
    std::uint64_t next() noexcept override { return value_; }

  private:
    std::uint64_t value_;
};

TEST_CASE("below stays below") {
    constant_source highest{std::numeric_limits<std::uint64_t>::max()};
    constant_source lowest{0};
    CHECK(highest.uniform() < 1);
    CHECK(lowest.uniform() == 0);
    for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{10}, (std::uint64_t{1} << 53) + 1,
                                  std::numeric_limits<std::uint64_t>::max()}) {
        CHECK(highest.below(n) < n);
        CHECK(lowest.below(n) == 0);
    }
    CHECK(highest.below(0) == 0);
    CHECK(highest.below(10) == 9);
}

TEST_CASE("the system's seed differs from one to the next") {
    std::set<std::uint64_t> first;
    for (int i = 0; i < 8; ++i) first.insert(make_system_random()->next());
    CHECK(first.size() == 8);
}

} // namespace random_test
