// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/csv/detect_dialect.hpp>

#include "csv_support.hpp"

#include <doctest/doctest.h>

namespace detect_dialect_test {

using namespace penstock;

/// "delimiter quote escape columns header", - for none.
std::string found(std::string_view text, bool complete = true) {
    const std::string exact{text}; // so that reading beyond it is seen
    const auto d = csv::detect_dialect(exact, complete);
    const auto name = [](std::optional<char> c) { return std::string{!c ? '-' : *c == '\t' ? 't' : *c}; };
    return (d.dialect.delimiter == "\t" ? "t" : d.dialect.delimiter) + name(d.dialect.quote) + name(d.dialect.escape) + " " + std::to_string(d.columns) +
           (d.header ? " header" : "");
}

struct row {
    std::string_view text;
    std::string_view expected;
};
const row rows[] = {
    // delimiters
    {"a,b\n1,2\n3,4\n", ",\"\" 2 header"},
    {"a;b\n1;2\n3;4\n", ";\"\" 2 header"},
    {"a\tb\r\n1\t2\r\n", "t\"\" 2 header"},
    {"a|b|c\r1|2|3\r", "|\"\" 3 header"},
    {"root:x:0:root\nbin:x:1:bin\n", ":\"\" 4"},
    {"\xef\xbb\xbf" "a;b\n1;2", ";\"\" 2 header"},
    // what looks like another delimiter
    {"id;price\n1;2,5\n2;3,75\n", ";\"\" 2 header"},
    {"1;2,5\n2;3,75\n", ";\"\" 2"},
    {"id|tags\n1|a,b,c\n2|d,e\n", "|\"\" 2 header"},
    {"id,at\n1,12:30:00\n2,13:00:00\n", ",\"\" 2 header"},
    {"1,2024-01-01 12:30:00\n2,2024-01-02 13:00:00\n", ",\"\" 2"},
    {"name;text\nx;hello, world\ny;bye\n", ";\"\" 2 header"},
    // one column
    {"n\n1\n2\n", ",\"\" 1 header"},
    {"1\n2\n", ",\"\" 1"},
    {"12:30:00\n13:00:00\n", ",\"\" 1"},
    {"a sentence, with a comma\none without\nand a third: no more\n", ";\"\" 1 header"},
    {"\"p;q;r\"\n\"s;t;u\"\n", ",\"\" 1 header"},
    {"one row\n", ",\"\" 1 header"},
    {"", ",\"\" 0 header"},
    {"\n\n", ",\"\" 0 header"},
    // quotes
    {"a,b\n\"x,y\",1\n\"p\n\nq\",2\n", ",\"\" 2 header"},
    {"a,b\n\"x \"\"y\"\"\",1\n", ",\"\" 2 header"},
    {"a,b\n\"x \\\"y\\\", z\",1\n", ",\"\\ 2 header"},
    {"a,b\n'x,y',1\n'p,q',2\n", ",'' 2 header"},
    {"a|b\n'it\\'s|x'|2\n'y'|3\n", "|'\\ 2 header"},
    {"a,b\nit's,1\nisn't,2\n", ",\"\" 2 header"},
    {"a,b\n5\" pipe,1\n\"6,2\n", ",-- 2 header"}, // a quote that is never closed
    {"a,b\nx\\,y,1\nz,2\n\"q,3\n", ",-\\ 2 header"},
    {"a,b\n\"c:\\dir\\\",1\n\"d\",2\n", ",\"\" 2 header"},
    // headers
    {"name,city\nbo,bern\nal,basel\n", ",\"\" 2 header"},
    {"yes,no\nno,no\nyes,yes\n", ",\"\" 2"},          // comes again
    {"name,ok\nname,1\nx,2\n", ",\"\" 2 header"},      // but a column is typed
    {"a,a\n1,2\n", ",\"\" 2"},                         // two of a name
    {"a,\n1,2\n", ",\"\" 2"},                          // no name
    {"country,1990\nfr,5\n", ",\"\" 2"},               // a number
    {"day,x\n2024-01-01,a\n", ",\"\" 2 header"},
    // rows of unequal length
    {"a,b,c\n1,2,3\n4,5\n6,7,8\n9,10,11\n", ",\"\" 3 header"},
    {"# a comment\na;b;c\n1;2;3\n4;5;6\n7;8;9\n", ";\"\" 3"},
    // no dialect fits
    {"\"a", ",\"\" 0 header"},
};

TEST_CASE("detect_dialect: delimiters, quotes and headers") {
    for (const auto& r : rows) {
        CAPTURE(printable(r.text));
        CHECK(found(r.text) == r.expected);
    }
}

TEST_CASE("detect_dialect: a cut row does not count") {
    CHECK(found("a,b\n1,2\n\"3;", false) == ",\"\" 2 header");
    CHECK(found("a,b\n1,2\n3;4;5;6;7;8", false) == ",\"\" 2 header");
    std::string text = "id;v\n";
    while (text.size() <= csv::detail::detection_bytes + 100) text += "1;2\n";
    const auto d = csv::detect_dialect(text + "\"unbalanced, but not looked at", true);
    CHECK(d.dialect.delimiter == ";");
    CHECK(d.rows < csv::detail::detection_bytes / 4);
    CHECK(d.confidence > 0.5);
}

TEST_CASE("detect_dialect: delimiters of one's own, and how sure it is") {
    const auto d = csv::detect_dialect("a^b\n1^2\n", true, csv::detect_options().delimiters({"^"}));
    CHECK(d.dialect.delimiter == "^");
    CHECK(d.columns == 2);
    CHECK(d.rows == 2);
    CHECK(d.confidence == 1);
    CHECK(csv::detect_dialect("a,b;c\n1,2;3\n", true).confidence < 0.5); // either
    CHECK(csv::detect_dialect("", true).confidence == 0);
}

TEST_CASE("detect: the reader takes dialect and header from the text, however it is cut") {
    const auto options = csv::options().detect(true);
    for (const std::size_t chunk : {1u, 7u, 1000u}) {
        const auto o = csv_test::read("\xef\xbb\xbf" "id;price;name\n1;2,5;'x;y'\n2;3,75;'z'\n", options, chunk);
        CHECK(o.types() == "id:int64 price:string name:string");
        CHECK(o.text() == "1|2,5|x;y;2|3,75|z");
        CHECK(csv_test::read("1\t2\n3\t4\n", options, chunk).types() == "f0:int64 f1:int64");
        CHECK(csv_test::read("", options, chunk).error() == "");
        CHECK(csv_test::read("a\\,b|c\n", options, chunk).rows() == 0);
    }
    // A text of just so much as is looked at, less and more, with and without a mark, and one that breaks off.
    for (const std::string mark : {"", "\xef\xbb\xbf"})
        for (const std::size_t size : {csv::detail::detection_bytes - 1, csv::detail::detection_bytes,
                                       csv::detail::detection_bytes + 1, csv::detail::detection_bytes + 5}) {
            std::string text = mark + "a;b\n";
            while (text.size() + 4 <= mark.size() + size) text += "1;2\n";
            text.resize(mark.size() + size, '3');
            const auto whole = csv_test::read(text, options);
            CHECK(whole.columns);
            CHECK(csv_test::read(text, options, 1) == whole);
            CHECK(csv_test::read(text, options, 4096) == whole);
            const failure broken{errc::connection_closed};
            const auto cut = csv_test::read(text, options, [](std::size_t) { return 100000; }, broken);
            CHECK(csv_test::read(text, options, [](std::size_t) { return 5; }, broken) == cut);
        }
    csv::parser parser{options, "t"};
    CHECK(!parser.detected());
    parser.finish();
    CHECK(parser.advance().has_value());
    CHECK(parser.detected());
    CHECK(parser.detected()->confidence == 0);
}

TEST_CASE("csv: only the first byte-order mark is passed over, also where the dialect is detected") {
    const std::string_view text = "\xef\xbb\xbf\xef\xbb\xbf\x35,a\t \"\"nzm\x1a\x07" "a\t \xef,a\t\xbf\n";
    const auto found = csv::detect_dialect(text, true);
    const auto detected = csv_test::read(text, csv::options().detect(true));
    const auto told = csv_test::read(text, csv::options().dialect(found.dialect).header(found.header));
    CHECK(detected.error() == told.error());
    CHECK(detected.batches == told.batches);
}

} // namespace detect_dialect_test
