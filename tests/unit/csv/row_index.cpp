// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/csv/detail/row_index.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace csv_row_index_test {

using namespace penstock;
using csv::detail::row_index;
using positions = std::vector<std::uint32_t>;
inline constexpr std::uint32_t before_all = 0xffffffff;

inline void add(row_index& index, std::string_view text) {
    while (!text.empty()) {
        const auto room = index.prepare();
        REQUIRE_FALSE(room.empty());
        const auto n = std::min(room.size(), text.size());
        std::copy_n(reinterpret_cast<const std::byte*>(text.data()), n, room.data());
        index.commit(n);
        text.remove_prefix(n);
    }
}
inline void scan(row_index& index) {
    while (index.scan_more()) {}
}
inline row_index make() { return row_index{csv::dialect{}, "t.csv", buffer_pool::create()}; }
inline positions list(std::span<const std::uint32_t> p) { return {p.begin(), p.end()}; }

TEST_CASE("row_index: ends of fields and rows, behind the byte before the first row") {
    auto index = make();
    CHECK_FALSE(index.scan_more()); // nothing there
    add(index, "a,b\n1,\"2,\n\"\n5");
    index.finish();
    scan(index);
    CHECK(index.closed());
    CHECK(list(index.separators()) == positions{before_all, 1, 3, 5, 11, 13});
    CHECK(list(index.row_ends()) == positions{3, 11, 13});
    CHECK(index.row_start() == 0);
    CHECK(index.fields() == 2);
    index.consume(2, 1);
    CHECK(list(index.separators()) == positions{3, 5, 11, 13});
    CHECK(list(index.row_ends()) == positions{11, 13});
    CHECK(index.row_start() == 4);
    index.consume(3, 2);
    CHECK(index.row_ends().empty());
    CHECK_FALSE(index.scan_more());
}

TEST_CASE("row_index: a text that is cut off has only the rows that have their ends") {
    auto index = make();
    add(index, "a,b\n5,6");
    index.cut_off();
    scan(index);
    CHECK(index.closed());
    CHECK(list(index.row_ends()) == positions{3});
    CHECK_FALSE(index.open_end());
}

TEST_CASE("row_index: a byte-order mark belongs to no row, and half of one may be text") {
    auto index = make();
    add(index, "\xef\xbb");
    CHECK_FALSE(index.scan_more());
    add(index, "\xbf"
               "a\n");
    index.finish();
    scan(index);
    CHECK(index.row_start() == 3);
    CHECK(list(index.row_ends()) == positions{4});
    auto half = make();
    add(half, "\xef\xbb");
    half.finish();
    scan(half);
    CHECK(half.row_start() == 0);
    CHECK(list(half.row_ends()) == positions{2});
}

TEST_CASE("row_index: what ends wrong") {
    auto open = make();
    add(open, "a,\"b\n");
    open.finish();
    scan(open);
    CHECK(open.open_end());
    CHECK(open.row_ends().empty());
    auto bad = make();
    add(bad, "a,\"b\"c\n");
    bad.finish();
    for (int i = 0; i < 10 && bad.scan_more() && !bad.malformed(); ++i) {}
    CHECK(bad.malformed());
    CHECK(bad.scanned() == 5);
}

TEST_CASE("row_index: blank rows") {
    const csv::options o;
    const csv::detail::cell_rules rules{o};
    auto index = make();
    add(index, "\n\r\n\"\"\n,\n");
    index.finish();
    scan(index);
    const bool blank[] = {true, true, false, false};
    for (const bool wanted : blank) {
        CHECK(index.is_dropped(0, 0, rules) == wanted);
        index.consume(index.fields(), 1);
    }
}

TEST_CASE("row_index: text that was consumed makes room, and offsets, lines and columns stay true") {
    auto index = make();
    const std::string row = "some,\"text\nof\",no interest\n";
    std::size_t rows = 0;
    for (std::size_t i = 0; i < 100'000; ++i) {
        add(index, row);
        if (i % 1000) continue;
        scan(index);
        while (!index.row_ends().empty()) {
            const auto fault = index.fault(errc::malformed_csv, index.row_start() + 11, "here");
            CHECK(fault.detail().byte_offset == rows * row.size() + 11);
            CHECK(fault.detail().line == 2 * rows + 2);
            CHECK(fault.detail().column == 1);
            CHECK(fault.detail().object == "t.csv");
            index.consume(index.fields(), 1);
            ++rows;
        }
    }
    CHECK(rows > 98'000);
    CHECK(index.prepare().size() <= (1u << 20)); // 2.7 MB went through
}

TEST_CASE("row_index: positions are paid by the pool; where it refuses memory, scanning goes on when there is some") {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i % 7) + ",\"a" + (i % 5 ? "" : "\n") + "\",,\n";
    const auto whole = [&](const std::shared_ptr<buffer_pool>& pool, const std::shared_ptr<memory_budget>& budget, permit held) {
        row_index index{csv::dialect{}, "t.csv", pool};
        add(index, text);
        index.finish();
        std::size_t refused = 0;
        for (;;) {
            try {
                if (!index.scan_more()) break;
            } catch (const error& e) {
                REQUIRE(e.code() == errc::budget_exceeded);
                ++refused;
                held.shrink(held.units() - std::min<std::uint64_t>(held.units(), 4096));
            }
        }
        CHECK(index.closed());
        CHECK(refused == (budget ? refused : 0));
        if (budget) CHECK(refused > 3);
        if (budget) CHECK(budget->used() - held.units() > (std::uint64_t{512} << 10)); // beside the text
        auto out = list(index.separators());
        for (const auto end : list(index.row_ends())) out.push_back(end);
        out.push_back(static_cast<std::uint32_t>(index.line_breaks()));
        return out;
    };
    const auto expected = whole(buffer_pool::create(), nullptr, {});
    const auto budget = memory_budget::create(std::uint64_t{4} << 20);
    CHECK((whole(buffer_pool::create(budget), budget, budget->try_acquire((std::uint64_t{4} << 20) - (std::uint64_t{540} << 10))) == expected));
    CHECK(budget->used() == 0);
}

TEST_CASE("row_index: what a sample took is given back when it is done") {
    const auto budget = memory_budget::create(std::uint64_t{8} << 20);
    row_index index{csv::dialect{}, "t.csv", buffer_pool::create(budget)};
    std::string text;
    for (int i = 0; i < 60'000; ++i) text += ",,\n";
    add(index, text);
    scan(index);
    const auto sampled = budget->used();
    index.set_block(csv::detail::mini_block);
    index.consume(index.separators().size() - 1, index.row_ends().size());
    add(index, text);
    CHECK(index.scan_more());
    CHECK(index.row_ends().size() > 5000);
    CHECK(budget->used() < sampled - (std::uint64_t{500} << 10));
}

} // namespace csv_row_index_test
