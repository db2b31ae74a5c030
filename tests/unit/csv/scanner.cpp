// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/csv/detail/cell.hpp>
#include <penstock/csv/detail/scanner.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace csv_scanner_test {

using namespace penstock;
using namespace penstock::csv::detail;

struct scanned {
    std::vector<std::uint32_t> separators, row_ends;
    std::size_t stopped = 0;
    bool malformed = false;
    std::uint64_t line_breaks = 0;
    scanner::place at = scanner::place::field_start;

    friend bool operator==(const scanned&, const scanned&) = default;
};

/// Scans in parts that end anywhere; what the scanner looks ahead at is always there behind a part.
inline scanned scan(const std::string& text, const csv::dialect& d, std::size_t part) {
    const auto padded = std::string(64, '"') + text + std::string(64, '"');
    const char* p = padded.data() + 64;
    scanner s{d};
    position_list separators;
    position_list row_ends;
    std::size_t at = 0;
    for (std::size_t to = 0; to < text.size() && !s.malformed();) {
        to = to + part + s.lookahead() > text.size() ? text.size() : to + part;
        at = s.scan(p, at, to, to == text.size(), separators, row_ends);
    }
    scanned out;
    out.separators.assign(separators.data(), separators.data() + separators.size());
    out.row_ends.assign(row_ends.data(), row_ends.data() + row_ends.size());
    out.stopped = at;
    out.malformed = s.malformed();
    out.line_breaks = s.line_breaks();
    out.at = s.at();
    return out;
}

TEST_CASE("csv scanner: blocks equal bytes") {
    // Parts below 64 bytes never make a block, so they go through the state machine alone.
    std::mt19937 random{9};
    int malformed = 0;
    for (int round = 0; round < 6000; ++round) {
        std::string text(random() % 400, ' ');
        const std::string_view kinds = random() % 2 ? "aaaaaaaaaa,,,\n\r" : "aaaa\",,\n\r\"";
        for (auto& c : text) c = kinds[random() % kinds.size()];
        if (random() % 2) // quotes in the right places, so that blocks stay fast
            for (std::size_t i = 0; i + 8 < text.size(); i += 8 + random() % 60) {
                text[i] = ',';
                text[i + 1] = '"';
                text[i + 6] = '"';
                text[i + 7] = ',';
            }
        csv::dialect d;
        if (random() % 5 == 0) d.quote = d.escape = std::nullopt;
        if (random() % 3 == 0) {
            d.escape = '\\';
            if (random() % 4 == 0) d.escape = std::nullopt;
            for (auto& c : text)
                if (random() % 6 == 0) c = '\\';
        }
        if (random() % 3 == 0) {
            static const char* const delimiters[] = {",,", ",a", ",,a,", ", ", " ,", ",a\tba,a,,"};
            d.delimiter = delimiters[random() % std::size(delimiters)];
            for (std::size_t i = 0; i < text.size(); i += 1 + random() % 30) text.replace(i, d.delimiter.size(), d.delimiter);
        }
        if (random() % 3 == 0) d.comment = random() % 2 ? "a" : "aaa";
        if (random() % 3 == 0) {
            d.trim = true;
            for (auto& c : text)
                if (random() % 4 == 0) c = ' ';
        }
        const auto slow = scan(text, d, 17);
        REQUIRE(scan(text, d, text.size()) == slow);
        REQUIRE(scan(text, d, 100) == slow);
        malformed += slow.malformed;
    }
    CHECK(malformed > 100);
    CHECK(malformed < 4000);
}

TEST_CASE("csv scanner: positions move with the bytes") {
    position_list p;
    p.push(static_cast<std::size_t>(-1));
    p.push(10);
    p.push(20);
    p.drop(1);
    p.shift(10);
    CHECK(p.size() == 2);
    CHECK(p[0] == 0);
    CHECK(p.back() == 10);
    p.drop(2);
    CHECK(p.size() == 0);
    p.push(0);
    p.shift(1);
    CHECK(static_cast<std::uint32_t>(p[0] + 1) == 0); // one before the first byte
}

TEST_CASE("csv cell: quotes and escapes come off") {
    std::string scratch;
    const auto text = [&](std::string_view raw, const csv::options& o = csv::options()) {
        const auto c = cell_rules{o}.decode(raw, scratch);
        return std::string{c.text} + (c.quoted ? "+" : "-");
    };
    CHECK(text("a") == "a-");
    CHECK(text("") == "-");
    CHECK(text("\"\"") == "+");
    CHECK(text("\"a\"\"b\"") == "a\"b+");
    CHECK(text("\"\"\"\"\"\"") == "\"\"+");
    CHECK(text("a\"\"b") == "a\"\"b-");
    const auto o = csv::options().escape('\\');
    CHECK(text("a\\,b", o) == "a,b-");
    CHECK(text("\"a\\\"\\\\\"", o) == "a\"\\+");
    CHECK(text("\"a\"", csv::options().quote(std::nullopt)) == "\"a\"-");
}

TEST_CASE("csv cell: the CR of a CRLF") {
    const cell_rules plain{csv::options()};
    CHECK(plain.without_cr("a\r") == "a");
    CHECK(plain.without_cr("\r") == "");
    CHECK(plain.without_cr("") == "");
    CHECK(plain.without_cr("a\r\r") == "a\r");
    const cell_rules escapes{csv::options().escape('\\')};
    CHECK(escapes.without_cr("a\r") == "a");
    CHECK(escapes.without_cr("a\\\r") == "a\\\r");
    CHECK(escapes.without_cr("a\\\\\r") == "a\\\\");
}

} // namespace csv_scanner_test
