// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The parser against itself over every way to cut a text, and against a plain reading of the format.

#include "csv_support.hpp"
#include "support/rounds.hpp"

#include <doctest/doctest.h>

#include <random>

namespace csv_differential_test {

using namespace csv_test;

TEST_CASE("csv differential: every two cuts of small texts") {
    const char* texts[] = {
        "a,b\n1,2\n",
        "\xef\xbb\xbf"
        "a,b\r\n\"x\r\ny\",\"\"\"\"\r\n\r\n",
        "a\r\r\nb\r",
        "a,b\n\"1\"\"\",\xe6\x97\xa5\n3,\"4",
        "x,y\n1,2\n3,4,5\n",
        "x,y\n1,2\n3\n",
        "a,b\n\"x\"y,z\n",
        "\xef\xbb\"",
        "a\n\"\"\n\n\"b\"",
        "\xff,\xfe\n",
    };
    for (const std::string_view text : texts) {
        for (const bool header : {true, false}) {
            for (const std::size_t limit : {std::size_t{4}, std::size_t{1} << 20}) {
                const auto o = csv::options().header(header).max_record_bytes(limit).inference_rows(2);
                const auto whole = read(text, o);
                for (std::size_t first = 0; first <= text.size(); ++first)
                    for (std::size_t second = first; second <= text.size(); ++second) {
                        const auto cut = read(text, o, [&](std::size_t at) {
                            return at < first ? first - at : at < second ? second - at : text.size() - at;
                        });
                        REQUIRE_MESSAGE(cut == whole, text, " cut at ", first, " and ", second, ": ",
                                        cut.text(), " ", cut.counts(), " ", cut.error(), " instead of ", whole.text(), " ",
                                        whole.error());
                    }
            }
        }
    }
}

TEST_CASE("csv differential: reads of every size from 1 to 70") {
    std::mt19937 random{5};
    std::string text = "id,name,value,note\n";
    for (int i = 0; i < 400; ++i) {
        text += std::to_string(random() % 100000) + ",";
        text += random() % 3 ? "plain," : "\"quo,\"\"ted\n\",";
        if (random() % 4) text += std::to_string(random() % 1000) + "." + std::to_string(random() % 100);
        text += "," + std::string(random() % 80, 'n') + (random() % 2 ? "\r\n" : "\n");
    }
    const auto whole = read(text, csv::options().batch_rows(64));
    CHECK(whole.rows() == 400);
    CHECK(whole.types() == "id:int64 name:string value:float64 note:string");
    for (std::size_t chunk = 1; chunk <= 70; ++chunk)
        REQUIRE(read(text, csv::options().batch_rows(64), chunk) == whole);
}

TEST_CASE("csv differential: random texts, random cuts, random options") {
    std::mt19937 random{6};
    for (int round = 0; round < test::rounds(500); ++round) {
        const auto text = random_text(random, random() % 300);
        auto o = random_options(random);
        if (random() % 2 == 0) o.ragged_rows(static_cast<csv::ragged_rows>(random() % 4));
        if (random() % 4 == 0) o.skip_rows(random() % 4);
        if (random() % 4 == 0) o.names({"x", "y"});
        const auto whole = read(text, o);
        for (int again = 0; again < 3; ++again) {
            const auto most = 1 + random() % 40;
            const auto cut = read(text, o, [&](std::size_t) { return 1 + random() % most; });
            REQUIRE_MESSAGE(cut == whole, text, " gave ", cut.text(), " ", cut.counts(), " ", cut.error(), " instead of ",
                            whole.text(), " ", whole.counts(), " ", whole.error());
        }
    }
}

TEST_CASE("csv differential: input that fails anywhere gives the whole rows before, however it was cut") {
    const failure gone{errc::connection_closed, "gone"};
    const std::string_view text = "\xef\xbb\xbf"
                                  "id,note\r\n1,plain\r\n\r\n2,\"quo\"\"ted, \n\"\n3,\"\"\r4,x\n5,"
                                  "0123456789012345678901234567890123456789012345678901234567890123456789\n6,y";
    for (const auto& o : {csv::options(), csv::options().inference_rows(2), csv::options().infer_types(false),
                          csv::options().header(false).infer_types(false)}) {
        for (std::size_t end = 0; end <= text.size(); ++end) {
            const auto part = text.substr(0, end);
            const auto whole = read(part, o, [&](std::size_t) { return end; }, gone);
            CAPTURE(part);
            REQUIRE(whole.failed.has_value());
            CHECK(whole.failed->code() == errc::connection_closed);
            for (const std::size_t chunk : {1, 2, 3, 5, 16, 33, 64, 79})
                REQUIRE(read(part, o, [&](std::size_t) { return chunk; }, gone) == whole);
            // All that an orderly end would give, but for a row that has no end yet.
            const auto ended = read(part, o);
            if (ended.failed) continue; // in the middle of a quoted field
            const auto all = ended.text();
            CHECK(all.starts_with(whole.text()));
            CHECK(ended.rows() - whole.rows() <= 1);
        }
    }
    const auto whole = read("a,b\n1,2\n3,4\n5", csv::options(), [](std::size_t) { return 100; }, gone);
    CHECK(whole.text() == "1|2;3|4");
    CHECK(whole.types() == "a:int64 b:int64");
    CHECK(read("a,b\n1,2\r", csv::options(), [](std::size_t) { return 100; }, gone).text() == "1|2");
    // What the text itself has wrong comes first.
    CHECK(read("a,b\n1,2,3", csv::options(), [](std::size_t) { return 100; }, gone).failed->code() ==
          errc::ragged_row);
}

/// The format by the book, one character at a time. "!" when the text is malformed.
inline std::string by_the_book(std::string_view text) {
    std::string out;
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::string row;
        std::size_t fields = 1;
        bool blank = true;
        for (;;) {
            if (i < text.size() && text[i] == '"') {
                blank = false;
                ++i;
                for (;;) {
                    if (i == text.size()) return "!";
                    if (text[i] != '"') {
                        row += text[i++];
                    } else if (i + 1 < text.size() && text[i + 1] == '"') {
                        row += '"';
                        i += 2;
                    } else {
                        ++i;
                        break;
                    }
                }
                if (i < text.size() && text[i] != ',' && text[i] != '\n' && text[i] != '\r') return "!";
            } else {
                while (i < text.size() && text[i] != ',' && text[i] != '\n' && text[i] != '\r') {
                    row += text[i++];
                    blank = false;
                }
            }
            if (i == text.size() || text[i] != ',') break;
            blank = false;
            ++i;
            row += '|';
            ++fields;
        }
        if (i < text.size()) i += text.substr(i).starts_with("\r\n") ? 2 : 1;
        if (blank) continue;
        if (width && fields != width) return "ragged";
        if (!out.empty()) out += ';';
        out += row;
        width = fields;
    }
    return out;
}

TEST_CASE("csv differential: random texts by the book") {
    std::mt19937 random{7};
    int fine = 0;
    int malformed = 0;
    for (int round = 0; round < 20000; ++round) {
        // few kinds of characters, so that rows often agree in length and quotes often close; long runs reach
        // the blocks
        std::string text;
        const auto n = random() % 12;
        for (std::size_t i = 0; i < n; ++i) {
            static constexpr std::string_view pieces[] = {
                "a",
                "\"b\"",
                "\"\"",
                "\"c,\n\r\"",
                "\"d\"\"\"",
                "e\"f",
                "\n",
                "\r\n",
                "\r",
                ",",
                "\"",
                "g\"\"h",
                "0123456789012345678901234567890123456789",
                "\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\""};
            text += pieces[random() % std::size(pieces)];
            if (random() % 3) text += ",\n"[random() % 2];
        }
        const auto expected = by_the_book(text);
        const auto got = read(text, plain(), random() % 2 ? 7 : text.size() + 1);
        if (expected == "!" || expected == "ragged") {
            // which of the two comes first in a text that has both is not the book's to say
            REQUIRE_MESSAGE(got.failed.has_value(), text);
            malformed += expected == "!";
        } else {
            REQUIRE_MESSAGE(!got.failed.has_value(), text, ": ", got.error());
            REQUIRE_MESSAGE(got.text() == expected, text);
            fine += !expected.empty();
        }
    }
    CHECK(fine > 1500);
    CHECK(malformed > 300);
}

TEST_CASE("csv differential: a quote at every place of two blocks") {
    for (std::size_t at = 0; at < 130; ++at) {
        for (const char* field : {"\"q\"", "\"q,\nr\"", "\"\"\"\"", "q\"r", "\"\""}) {
            const auto text = std::string(at, 'x') + "," + field + "," + std::string(140, 'z') + "\n";
            const auto expected = by_the_book(text);
            CHECK_MESSAGE(read(text, plain()).text() == expected, text);
        }
        // text behind a closing quote that is the last byte of a block
        const auto bad = "\"" + std::string(at, 'x') + "\"y," + std::string(140, 'z') + "\n";
        const auto r = read(bad, plain());
        REQUIRE(r.failed.has_value());
        CHECK(r.failed->detail().byte_offset == at + 2);
    }
}

TEST_CASE("csv differential: line breaks at every place of two blocks") {
    for (std::size_t at = 0; at < 130; ++at)
        for (const char* line_break : {"\n", "\r\n", "\r", "\r\r\n", "\r\n\r\n"}) {
            const auto text =
                std::string(at, 'x') + ",1" + line_break + "2," + std::string(140, 'z') + line_break;
            CHECK(read(text, plain()).text() == std::string(at, 'x') + "|1;2|" + std::string(140, 'z'));
        }
}

} // namespace csv_differential_test
