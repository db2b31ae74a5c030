// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/random.hpp>
#include <penstock/s3/detail/range_plan.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace range_plan_test {

using namespace penstock;
using s3::detail::plan_ranges;

/// "offset+length ..." of the requests.
std::string requests(const std::vector<byte_range>& ranges, std::uint64_t size, std::uint64_t gap, std::uint64_t most) {
    std::string out;
    for (const auto& r : plan_ranges(ranges, size, gap, most).requests)
        out += (out.empty() ? "" : " ") + std::to_string(r.range.offset) + "+" + std::to_string(r.range.length);
    return out;
}

TEST_CASE("range plan: what lies near comes together") {
    struct row {
        std::vector<byte_range> ranges;
        std::uint64_t gap, most;
        std::string expected;
    };
    const row rows[] = {
        {{}, 10, 100, ""},
        {{{5, 0}}, 10, 100, ""},
        {{{0, 10}}, 10, 100, "0+10"},
        {{{0, 10}, {10, 10}}, 0, 100, "0+20"},
        {{{0, 10}, {20, 10}}, 10, 100, "0+30"},
        {{{0, 10}, {21, 10}}, 10, 100, "0+10 21+10"},
        {{{20, 10}, {0, 10}}, 10, 100, "0+30"},          // any order
        {{{0, 10}, {20, 10}}, 10, 29, "0+10 20+10"},     // too long together
        {{{0, 250}}, 10, 100, "0+100 100+100 200+50"},   // cut
        {{{0, 250}, {255, 10}}, 10, 100, "0+100 100+100 200+65"},
        {{{0, 50}, {10, 5}, {40, 20}}, 0, 100, "0+60"},  // overlapping
        {{{990, 100}}, 10, 100, "990+10"},               // beyond the end
        {{{1000, 1}, {5000, 5}}, 10, 100, ""},
        {{{~std::uint64_t{}, ~std::uint64_t{}}}, 10, 100, ""},
        {{{999, ~std::uint64_t{}}}, 10, 100, "999+1"},
    };
    for (const auto& r : rows) CHECK(requests(r.ranges, 1000, r.gap, r.most) == r.expected);
}

TEST_CASE("range plan: every byte of every range, once over the network, whatever the ranges") {
    const auto random = make_seeded_random(7);
    const auto below = [&](std::uint64_t n) { return random->next() % n; };
    std::string object(500, ' ');
    for (auto& c : object) c = static_cast<char>('a' + below(26));
    for (int round = 0; round < 300; ++round) {
        std::vector<byte_range> ranges(below(12));
        for (auto& r : ranges) r = {below(520), below(80)};
        const auto gap = below(40), most = 1 + below(100);
        const auto plan = plan_ranges(ranges, object.size(), gap, most);
        std::vector<std::string> got(ranges.size());
        for (std::size_t i = 0; i < ranges.size(); ++i) got[i].resize(ranges[i].length, '.');
        std::vector<int> fetched(object.size());
        std::uint64_t end = 0;
        for (const auto& q : plan.requests) {
            REQUIRE(q.range.length > 0);
            REQUIRE(q.range.length <= most);
            REQUIRE(q.range.offset >= end);
            REQUIRE_FALSE(q.pieces.empty());
            auto at = q.range.offset;
            REQUIRE(q.pieces.front().offset == at);
            for (const auto& p : q.pieces) {
                REQUIRE(p.offset >= at);
                REQUIRE(p.offset - at <= gap);
                at = p.offset + p.length;
                for (auto i = p.offset; i < at; ++i) ++fetched.at(i);
                got.at(p.range).replace(p.offset - ranges[p.range].offset, p.length, object, p.offset, p.length);
            }
            end = q.range.offset + q.range.length;
            REQUIRE(at == end);
        }
        for (const auto n : fetched) REQUIRE(n <= 1);
        for (const auto& c : plan.copies) {
            REQUIRE(c.piece.range != c.to);
            got.at(c.to).replace(c.piece.offset - ranges[c.to].offset, c.piece.length, got.at(c.piece.range),
                                 c.piece.offset - ranges[c.piece.range].offset, c.piece.length);
        }
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            const auto there = ranges[i].offset < object.size() ? object.substr(ranges[i].offset, ranges[i].length) : "";
            REQUIRE(got[i].substr(0, there.size()) == there);
        }
    }
}

} // namespace range_plan_test
