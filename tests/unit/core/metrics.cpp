// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/error.hpp>
#include <penstock/core/metrics.hpp>

#include <doctest/doctest.h>

namespace metrics_test {

using namespace penstock;
using namespace std::chrono_literals;

/// The bucket that one value falls into.
std::size_t bucket_of(duration d) {
    duration_histogram h;
    h.record(d);
    const auto s = h.value();
    for (std::size_t i = 0; i < s.buckets.size(); ++i)
        if (s.buckets[i] == 1) return i;
    return s.buckets.size();
}

TEST_CASE("buckets double, and a bound belongs to the bucket below it") {
    CHECK(bucket_of(-5s) == 0);
    CHECK(bucket_of(0ns) == 0);
    for (std::size_t i = 0; i < histogram_snapshot::bounds; ++i) {
        CHECK(bucket_of(histogram_snapshot::bound(i)) == i);
        CHECK(bucket_of(histogram_snapshot::bound(i) + 1ns) == i + 1);
    }
    CHECK(histogram_snapshot::bound(0) == 16us);
    CHECK(histogram_snapshot::bound(histogram_snapshot::bounds - 1) == 134'217'728us);
    CHECK(bucket_of(duration::max()) == histogram_snapshot::bounds);
}

TEST_CASE("cells of the same labels are one series, and what they counted outlives them") {
    const auto all = metrics_registry::create();
    auto one = all->make_counter("c_total", "help", {{"op", "get"}});
    const auto two = all->make_counter("c_total", "another help", {{"op", "get"}});
    const auto put = all->make_counter("c_total", "help", {{"op", "put"}});
    one->add(2);
    two->add();
    put->add(10);
    auto seen = all->collect();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].help == "help");
    REQUIRE(seen[0].series.size() == 2);
    CHECK(value_of(seen, "c_total", {{"op", "get"}}) == 3);
    CHECK(value_of(seen, "c_total", {{"op", "put"}}) == 10);
    one.reset();
    CHECK(value_of(all->collect(), "c_total", {{"op", "get"}}) == 3);
    auto late = all->make_counter("c_total", "help", {{"op", "get"}});
    late->add(4);
    late.reset(); // folded by who makes the next, too
    const auto next = all->make_counter("c_total", "help", {{"op", "get"}});
    CHECK(value_of(all->collect(), "c_total", {{"op", "get"}}) == 7);
    CHECK(value_of(seen, "nothing") == 0);
}

TEST_CASE("a gauge goes with its owner; a histogram stays") {
    const auto all = metrics_registry::create();
    auto g = all->make_gauge("g", "now");
    auto h = all->make_histogram("h_seconds", "took");
    g->set(5);
    g->add(-2);
    h->record(1ms);
    CHECK(value_of(all->collect(), "g") == 3);
    g.reset();
    h.reset();
    const auto seen = all->collect();
    CHECK(value_of(seen, "g") == 0);
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].kind == metric_kind::histogram);
    CHECK(seen[1].series.at(0).histogram.count() == 1);
    CHECK(seen[1].series.at(0).histogram.sum == 1ms);
}

TEST_CASE("what is observed is read while it lives, and counted once") {
    const auto all = metrics_registry::create();
    auto thing = std::make_shared<int>(7);
    for (int i = 0; i < 2; ++i) all->observe("g", "now", {}, thing, [p = thing.get()] { return *p; });
    CHECK(value_of(all->collect(), "g") == 7);
    const auto other = std::make_shared<int>(1);
    all->observe("g", "now", {}, other, [p = other.get()] { return *p; });
    CHECK(value_of(all->collect(), "g") == 8);
    thing.reset();
    CHECK(value_of(all->collect(), "g") == 1);
}

TEST_CASE("so many values of a label are admitted, whoever asks, and stay so") {
    const auto all = metrics_registry::create();
    CHECK(all->admit("label", "b", 2));
    CHECK(all->admit("label", "a", 2));
    CHECK_FALSE(all->admit("label", "c", 2));
    CHECK(all->admit("label", "a", 2));
    CHECK(all->admit("label", "b", 1)); // it has its series
    CHECK(all->admit("another", "c", 2));
    CHECK(all->admit("label", "c", 3));
    CHECK_FALSE(all->admit("label", "", 3));
    CHECK_FALSE(all->admit("none", "a", 0));
}

TEST_CASE("a label's value that is not UTF-8 is made so, in the same series as its like") {
    const auto all = metrics_registry::create();
    const auto one = all->make_counter("c_total", "help", {{"l", "a\xff\xc3"}});
    const auto two = all->make_counter("c_total", "help", {{"l", "a\xfe\xe2"}});
    const auto good = all->make_counter("c_total", "help", {{"l", "\u00e9\U0001F600"}});
    one->add(1);
    two->add(2);
    good->add(4);
    const auto seen = all->collect();
    CHECK(seen.at(0).series.size() == 2);
    CHECK(value_of(seen, "c_total", {{"l", "a\uFFFD\uFFFD"}}) == 3);
    CHECK(value_of(seen, "c_total", {{"l", "\u00e9\U0001F600"}}) == 4);
}

TEST_CASE("names that Prometheus could not read are refused") {
    const auto all = metrics_registry::create();
    for (const char* name : {"", "1st", "with space", "dash-ed", "ü"}) CHECK_THROWS_AS(all->make_counter(name, ""), error);
    for (const char* label : {"", "1st", "a:b", "le", "__own", "ü"})
        CHECK_THROWS_AS(all->make_gauge("fine", "", {{label, "v"}}), error);
    CHECK_THROWS_AS(all->make_gauge("fine", "", {{"a", "1"}, {"a", "2"}}), error);
    const auto c = all->make_counter("name:space_1", "");
    CHECK_THROWS_AS(all->make_gauge("name:space_1", ""), error);
    CHECK_THROWS_AS(all->make_histogram("name:space_1", ""), error);
    CHECK(all->collect().size() == 1); // what was refused left nothing
}

} // namespace metrics_test
