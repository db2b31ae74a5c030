// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/prometheus.hpp"

#include <penstock/core/prometheus.hpp>

#include <doctest/doctest.h>

namespace prometheus_test {

using namespace penstock;
using namespace std::chrono_literals;
using test::read_prometheus;

TEST_CASE("counters and gauges: a head each, a line a series, text that is escaped") {
    const auto all = metrics_registry::create();
    const auto a = all->make_counter("b_total", "two\nlines and a \\ and a \"quote\"", {{"op", "get \"x\"\\\n"}, {"z", "ü"}});
    const auto g = all->make_gauge("a_now", "now");
    a->add(7);
    g->set(-3);
    CHECK(prometheus_text(all->collect()) == "# HELP a_now now\n# TYPE a_now gauge\na_now -3\n"
                                             "# HELP b_total two\\nlines and a \\\\ and a \"quote\"\n# TYPE b_total counter\n"
                                             "b_total{op=\"get \\\"x\\\"\\\\\\n\",z=\"ü\"} 7\n");
    const auto read = read_prometheus(prometheus_text(all->collect()));
    CHECK(read.fault == "");
    CHECK(read.values.at("b_total{op=\"get \\\"x\\\"\\\\\\n\",z=\"ü\"}") == 7);
    CHECK(prometheus_text({}) == "");
}

TEST_CASE("histograms: buckets are added up, with their bounds in seconds; sum and count follow") {
    const auto all = metrics_registry::create();
    const auto h = all->make_histogram("h_seconds", "took", {{"op", "get"}});
    for (const auto d : {1us, 16us, 17us, 300'000'000us}) h->record(d);
    const auto text = prometheus_text(all->collect());
    const auto read = read_prometheus(text);
    CHECK(read.fault == "");
    CHECK(read.values.at("h_seconds_bucket{op=\"get\",le=\"1.6e-05\"}") == 2);
    CHECK(read.values.at("h_seconds_bucket{op=\"get\",le=\"3.2e-05\"}") == 3);
    CHECK(read.values.at("h_seconds_bucket{op=\"get\",le=\"134.217728\"}") == 3);
    CHECK(read.values.at("h_seconds_bucket{op=\"get\",le=\"+Inf\"}") == 4);
    CHECK(read.values.at("h_seconds_count{op=\"get\"}") == 4);
    CHECK(read.values.at("h_seconds_sum{op=\"get\"}") == doctest::Approx(300.000034));
}

TEST_CASE("the checker of these tests sees what a Prometheus server would refuse") {
    CHECK(read_prometheus("a 1\n").fault != "");                                  // no TYPE
    CHECK(read_prometheus("# TYPE a counter\na 1").fault != "");                  // no line's end
    CHECK(read_prometheus("# TYPE a counter\na{b=1} 1\n").fault != "");           // no quotes
    CHECK(read_prometheus("# TYPE a counter\na{b=\"1} 1\n").fault != "");         // quote not closed
    CHECK(read_prometheus("# TYPE a counter\na{b=\"\\x\"} 1\n").fault != "");     // unknown escape
    CHECK(read_prometheus("# TYPE a counter\na x\n").fault != "");                // no number
    CHECK(read_prometheus("# TYPE a counter\na 1\na 2\n").fault != "");           // twice
    CHECK(read_prometheus("# TYPE a counter\n# TYPE a counter\na 1\n").fault != "");
    CHECK(read_prometheus("# TYPE a counter\na -1\n").fault != "");
    CHECK(read_prometheus("# TYPE a what\na 1\n").fault != "");
    CHECK(read_prometheus("# TYPE 1a counter\n1a 1\n").fault != "");
    CHECK(read_prometheus("# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n").fault != "");
    CHECK(read_prometheus("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n").fault != "");  // no +Inf
    CHECK(read_prometheus("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n").fault != "");
    CHECK(read_prometheus("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n").fault == "");
}

} // namespace prometheus_test
