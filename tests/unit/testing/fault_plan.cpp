// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/fault_plan.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace fault_plan_test {

using namespace penstock;
using testing::fault;
using testing::fault_plan;
using testing::fault_rule;

} // namespace fault_plan_test

TEST_CASE("fault plan: globs") {
    using namespace fault_plan_test;
    struct row {
        const char* glob;
        const char* text;
        bool matches;
    };
    for (const auto& [glob, text, matches] : {row{"", "", true},
                                              {"", "a", false},
                                              {"*", "", true},
                                              {"*", "a/b", true},
                                              {"a*", "b", false},
                                              {"/b/*.csv", "/b/x/y.csv", true},
                                              {"/b/*.csv", "/b/x/y.csv.gz", false},
                                              {"?", "a", true},
                                              {"?", "", false},
                                              {"a?c", "abc", true},
                                              {"*a*b", "xaxxb", true},
                                              {"*a*b", "xaxx", false},
                                              {"**", "x", true},
                                              {"a", "a", true}})
        CHECK_MESSAGE(testing::glob_matches(glob, text) == matches, glob, " ", text);
    // A naive matcher would need longer than the universe is old.
    std::string stars;
    for (int i = 0; i < 40; ++i) stars += "*a";
    CHECK_FALSE(testing::glob_matches(stars + "b", std::string(2000, 'a')));
}

TEST_CASE("fault plan: rules hit by method, path, query, number and count") {
    using namespace fault_plan_test;
    fault_plan plan;
    plan.add(fault_rule{fault::internal_error()}.method("GET").path("/b/*").from(2).times(2));
    plan.add(fault_rule{fault::slow_down(100)}.query("uploads").times(0));
    auto hit = [&](const char* method, const char* path, const char* query = "") {
        return plan.decide(method, path, query).text();
    };
    CHECK(hit("GET", "/b/x") == "");
    CHECK(hit("PUT", "/b/x") == "");
    CHECK(hit("GET", "/c/x") == "");
    CHECK(hit("GET", "/b/x") == "InternalError");
    CHECK(hit("GET", "/b/y") == "InternalError");
    CHECK(hit("GET", "/b/x") == "");
    for (int i = 0; i < 5; ++i) CHECK(hit("POST", "/b/x", "uploads") == "SlowDown");
    CHECK(plan.hits() == 7);
    plan.next(fault::reset_at(10), 2);
    CHECK(plan.decide("GET", "/any", "").what() == fault::kind::reset);
    plan.clear();
    CHECK(plan.decide("GET", "/any", "").what() == fault::kind::none);
}

TEST_CASE("fault plan: the first rule that hits wins, and every rule counts what it matches") {
    using namespace fault_plan_test;
    fault_plan plan;
    plan.add(fault_rule{fault::internal_error()}.times(1));
    plan.add(fault_rule{fault::slow_down()}.from(2).times(1));
    CHECK(plan.decide("GET", "/", "").text() == "InternalError");
    CHECK(plan.decide("GET", "/", "").text() == "SlowDown");
    CHECK(plan.decide("GET", "/", "").text() == "");
}

TEST_CASE("fault plan: chance is the same for the same seed, and reaches every kind") {
    using namespace fault_plan_test;
    auto run = [](std::uint64_t seed, testing::random_faults how) {
        auto plan = fault_plan::random(seed, how);
        std::string out;
        for (int i = 0; i < 300; ++i)
            out += plan->decide(i % 3 ? "GET" : "PUT", "/b/k", "").describe() + "\n";
        return out;
    };
    testing::random_faults how;
    how.probability = 0.5;
    CHECK(run(7, how) == run(7, how));
    CHECK(run(7, how) != run(8, how));

    how.wrong_data = true;
    how.most_in_a_row = 0;
    how.probability = 1;
    auto plan = fault_plan::random(1, how);
    std::map<fault::kind, int> seen;
    for (int i = 0; i < 3000; ++i) ++seen[plan->decide(i % 2 ? "GET" : "PUT", "/", "").what()];
    CHECK(seen.size() == 9);
    CHECK(seen.count(fault::kind::none) == 0);

    how.most_in_a_row = 2;
    plan = fault_plan::random(1, how);
    int in_a_row = 0;
    for (int i = 0; i < 100; ++i) {
        in_a_row = plan->decide("GET", "/", "").what() == fault::kind::none ? 0 : in_a_row + 1;
        CHECK(in_a_row <= 2);
    }
}
