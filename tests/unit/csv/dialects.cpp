// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What tables look like that are not RFC 4180's: rows of other lengths, text around the table.

#include "csv_support.hpp"
#include "support/rounds.hpp"

#include <doctest/doctest.h>

#include <random>

namespace csv_dialects_test {

using namespace csv_test;

/// The same however it is cut, and by every kernel.
outcome check(std::string_view text, const csv::options& o) {
    const auto whole = read(text, o);
    for (const std::size_t chunk : {1, 2, 3, 7, 40}) {
        const auto cut = read(text, o, chunk);
        CHECK_MESSAGE(cut == whole, cut.text(), " ", cut.counts(), " ", cut.error());
    }
    for (int level = 0; level < static_cast<int>(penstock::detail::best_simd_level()); ++level) {
        const auto other = read(text, csv::options{o}.instruction_set(static_cast<simd_level>(level)));
        CHECK_MESSAGE(other == whole, level, ": ", other.text(), " ", other.error());
    }
    return whole;
}
/// "rows|of;the|text", or the error.
std::string rows(std::string_view text, const csv::options& o) {
    const auto r = check(text, o);
    return r.failed ? r.failed->code().message() : r.text();
}

csv::options ragged(csv::ragged_rows what) { return csv::options().ragged_rows(what); }
constexpr auto pad = csv::ragged_rows::pad;
constexpr auto trim = csv::ragged_rows::trim;
constexpr auto pad_and_trim = csv::ragged_rows::pad_and_trim;

TEST_CASE("csv ragged rows: padded, trimmed, both") {
    struct row {
        std::string_view text; // behind the header a,b,c
        std::string_view padded;
        std::string_view trimmed;
        std::string_view both;
        unsigned changed;
    };
    constexpr std::string_view wrong = "a row has the wrong number of fields";
    for (const auto& t : {
             row{"1,2,3\n", "1|2|3", "1|2|3", "1|2|3", 0},
             row{"1,2\n", "1|2|~", wrong, "1|2|~", 1},
             row{"1\n4,5,6\n", "1|~|~;4|5|6", wrong, "1|~|~;4|5|6", 1},
             row{"1,2,3,4\n5,6,7\n", wrong, "1|2|3;5|6|7", "1|2|3;5|6|7", 1},
             row{"1,2,3,\"x\ny\",,\r\n\r\n5,6,7,8", wrong, "1|2|3;5|6|7", "1|2|3;5|6|7", 2},
             row{"1,2,3\r\n4,5\r\n6,7,8,9\r\n\r\n10", wrong, wrong, "1|2|3;4|5|~;6|7|8;10|~|~", 3},
             row{"1,,\n,2\n3,\n", "1|~|~;~|2|~;3|~|~", wrong, "1|~|~;~|2|~;3|~|~", 2},
             row{"1,\"2\"\n\"3\"\n4,5,6", "1|2|~;3|~|~;4|5|6", wrong, "1|2|~;3|~|~;4|5|6", 2},
         }) {
        CAPTURE(t.text);
        const auto text = "a,b,c\n" + std::string{t.text};
        CHECK(rows(text, ragged(pad)) == t.padded);
        CHECK(rows(text, ragged(trim)) == t.trimmed);
        CHECK(rows(text, ragged(pad_and_trim)) == t.both);
        CHECK(check(text, ragged(pad_and_trim)).statistics.ragged_rows == t.changed);
        CHECK(check(text, ragged(pad_and_trim).infer_types(false)).text() == t.both);
        CHECK(check(text, ragged(pad_and_trim).header(false).names({"a", "b", "c"}).skip_rows(1)).text() == t.both);
        if (t.changed) CHECK(check(text, csv::options()).failed->code() == errc::ragged_row);
    }
}

TEST_CASE("csv ragged rows: what is missing is null, whatever stands for null") {
    const auto o = ragged(pad).null_texts({});
    CHECK(rows("a,b\nx,\ny\n", csv::options{o}) == "x|;y|~");
    CHECK(rows("a,b\nx,NA\ny\n", csv::options{o}.null_texts({"NA"})) == "x|~;y|~");
    CHECK(rows("a,b\n1,2\n3\n", csv::options{o}) == "1|2;3|~");
    CHECK(rows("a,b\n1,true\n3\n", csv::options{o}) == "1|true;3|~");
    CHECK(rows("a,b\n1,2024-02-29\n3\n", csv::options{o}.null_texts({"0"})) == "1|2024-02-29;3|~");
    const auto decimals = make_schema({field{"a", data_type::int64()}, field{"b", data_type::decimal128(5, 1)}});
    CHECK(rows("a,b\n1,2.5\n3\n", csv::options{o}.schema(decimals)) == "1|2.5;3|~");
    // where no null may be, the row is bad
    const auto whole = make_schema({field{"a", data_type::string()}, field{"b", data_type::string(), false}});
    auto r = check("a,b\nx,y\nz\n", csv::options{o}.schema(whole));
    REQUIRE(r.failed.has_value());
    CHECK(r.error() == "read csv t.csv, line 3, column 2, byte 9: a value does not have its column's type: column \"b\": null, "
                       "but the column is not nullable; hint: correct the schema, or choose what becomes of bad values by "
                       "on_bad_record");
    r = check("a,b\nx,y\nz\nv,w\n", csv::options{o}.schema(whole).on_bad_record(bad_records::skip));
    CHECK(r.text() == "x|y;v|w");
    CHECK(r.statistics.skipped_rows == 1);
    CHECK(r.statistics.ragged_rows == 0);
}

TEST_CASE("csv ragged rows: what a policy does not allow is a bad record") {
    const std::string_view text = "a,b\n1,2\n3\n4,5,6\n7,8\n";
    auto r = check(text, ragged(pad).on_bad_record(bad_records::skip));
    CHECK(r.text() == "1|2;3|~;7|8");
    CHECK(r.counts().starts_with("3 1 0 0: read csv t.csv, line 4, column 4, byte 13: a row has the wrong number of fields: "
                                 "more than the 2 fields of the first row: \"4,5,\""));
    CHECK(r.statistics.ragged_rows == 1);
    r = check(text, ragged(trim).on_bad_record(bad_records::capture).capture_column("bad"));
    CHECK(r.text() == "1|2|~;~|~|3;4|5|~;7|8|~");
    // values of further fields are not looked at, nor is how many there are
    r = check("a\n1" + std::string(20000, ',') + "\"x\"\n2\n", ragged(trim));
    CHECK(r.text() == "1;2");
    CHECK(check("a\n1,\"x\"y\n", ragged(trim)).failed->code() == errc::malformed_csv);
    CHECK(check("a\n1,2\n", ragged(trim).max_record_bytes(2)).failed->code() == errc::record_too_large);
    // a value that is bad before a row that is short
    r = check("a,b\n1,2\nx\n3\n4,y\n5,6\n", ragged(pad).schema(make_schema({field{"a", data_type::int64()}, field{"b", data_type::int64()}}))
                                             .on_bad_record(bad_records::skip));
    CHECK(r.text() == "1|2;3|~;5|6");
    CHECK(r.statistics.ragged_rows == 1);
    CHECK(r.statistics.skipped_rows == 2);
    CHECK(r.statistics.errors.at(1).detail().line == 5);
}

TEST_CASE("csv ragged rows: types come from the fields that are there; a schema, a projection, a limit") {
    CHECK(check("a,b\n1\n2\n3,x\n", ragged(pad)).types() == "a:int64 b:string");
    CHECK(check("a,b\n1\n2\n3,4,x\n", ragged(pad_and_trim)).types() == "a:int64 b:int64");
    CHECK(rows("a,b,c\n1\n2,x\n3,y,z,v\n", ragged(pad_and_trim).columns({"c", "a"})) == "~|1;~|2;z|3");
    CHECK(rows("a,b\n1\n2,3,4\n5,\"", ragged(pad_and_trim).limit(2)) == "1|~;2|3");
    const auto s = make_schema({field{"x", data_type::int64()}, field{"y", data_type::string()}});
    CHECK(rows("1\n2,3,4\n", ragged(pad_and_trim).header(false).schema(s)) == "1|~;2|3");
    CHECK(check("1\n", ragged(trim).header(false).schema(s)).error() ==
          "read csv t.csv, line 1, column 2, byte 1: a row has the wrong number of fields: 1 field, but 2 in the schema: \"1\""
          "; hint: is the delimiter right? such rows are taken by ragged_rows, left out by on_bad_record");
}

TEST_CASE("csv ragged rows: a batch counts what is missing: a wide table and short lines do not take much memory") {
    std::string text = "c0";
    for (int i = 1; i < 1000; ++i) text += ",c" + std::to_string(i);
    for (int i = 0; i < 300; ++i) text += "\n1";
    const auto r = read(text, ragged(pad).batch_bytes(10000).infer_types(false));
    CHECK(r.rows() == 300);
    CHECK(r.batches.size() == 30);
    CHECK(check(text, ragged(pad).batch_bytes(10000)).rows() == 300);
}

TEST_CASE("csv ragged rows: random rows are padded and trimmed as by hand, wherever a run begins") {
    std::mt19937 random{3};
    for (int round = 0; round < 60; ++round) {
        std::string text;
        std::string expected;
        const auto odd = 1 + random() % 50; // one in so many rows
        for (int row = 0; row < 200; ++row) {
            const auto fields = random() % odd ? 4 : 1 + random() % 7;
            std::string line;
            if (row) expected += ';';
            for (std::size_t i = 0; i < std::max<std::size_t>(fields, 4); ++i) {
                const auto value = std::to_string(random() % 1000);
                if (i < fields) line += (i ? "," : "") + (random() % 9 ? value : "\"" + value + "\"");
                if (i < 4) expected += (i ? "|" : "") + (i < fields ? value : "~");
            }
            text += line + (random() % 20 ? "\n" : random() % 2 ? "\r\n" : "\n\n");
        }
        const auto o = ragged(pad_and_trim).header(false).names({"a", "b", "c", "d"}).batch_rows(1 + random() % 100);
        const auto whole = read(text, o);
        REQUIRE(whole.error().empty());
        REQUIRE(whole.text() == expected);
        const auto most = 1 + random() % 200;
        REQUIRE(read(text, o, [&](std::size_t) { return 1 + random() % most; }) == whole);
    }
}

TEST_CASE("csv names: in place of a header, or with one") {
    const auto named = csv::options().names({"x", "y"});
    CHECK(check("a,b\n1,2\n", named).types() == "x:int64 y:int64");
    CHECK(rows("a,b\n1,2\n", named) == "1|2");
    CHECK(check("1,2\n", csv::options{named}.header(false)).types() == "x:int64 y:int64");
    CHECK(rows("1,2\n3,4\n", csv::options{named}.header(false).columns({"y"})) == "2;4");
    CHECK(check("", named).types() == "x:string y:string");
    CHECK(check("\n\n", csv::options{named}.header(false)).types() == "x:string y:string");
    // a schema is of columns by these names
    const auto s = make_schema({field{"y", data_type::float64()}});
    CHECK(check("1,2\n", csv::options{named}.header(false).schema(s)).types() == "y:float64");
    CHECK(check("1,2\n", csv::options{named}.header(false).columns({"a"})).failed->code() == errc::unknown_column);

    CHECK(check("a,b,c\n1,2\n", named).error() ==
          "read csv t.csv, line 1, column 6, byte 5: a row has the wrong number of fields: the header has 3 fields, but 2 names "
          "were given: \"a,b,c\"; hint: give as many names as there are columns, or choose ragged_rows");
    CHECK(check("1\n", csv::options{named}.header(false)).error() ==
          "read csv t.csv, line 1, column 2, byte 1: a row has the wrong number of fields: 1 field, but 2 in names: \"1\""
          "; hint: is the delimiter right? such rows are taken by ragged_rows, left out by on_bad_record");
    CHECK(check("a\n1,2\n", csv::options{named}.ragged_rows(pad)).text() == "1|2");
    CHECK(check("a,b,c\n1,2\n", csv::options{named}.ragged_rows(trim)).text() == "1|2");
    CHECK(check("a,b,c\n1,2\n", csv::options{named}.ragged_rows(pad)).failed->code() == errc::ragged_row);
    CHECK(csv::options().names({"\xff"}).check().error().code() == errc::invalid_option);
    CHECK(csv::options().names(std::vector<std::string>(16385, "x")).check().error().code() == errc::invalid_option);
}

TEST_CASE("csv skip_rows: lines in front of the table, whatever stands in them") {
    const std::string_view text = "\xef\xbb\xbf" "Report of \"today\n\n1,2,\"3\r\na,b\r1,2\r\n3,x\n";
    const auto o = csv::options().skip_rows(3);
    CHECK(rows(text, o) == "1|2;3|x");
    CHECK(check(text, o).types() == "a:int64 b:string");
    CHECK(rows(text, csv::options{o}.skip_rows(5).header(false)) == "3|x");
    CHECK(rows(text, csv::options{o}.skip_rows(6)) == "");
    CHECK(rows(text, csv::options{o}.skip_rows(1000000)) == "");
    CHECK(rows("", o) == "");
    CHECK(rows("x\ny\r", csv::options{o}.skip_rows(1).header(false)) == "y");
    CHECK(rows("x\ny\r", csv::options{o}.skip_rows(2).header(false)) == "");
    // places are those in the text
    const auto r = check(text, csv::options{o}.schema(make_schema({field{"a", data_type::int64()}, field{"b", data_type::int64()}})));
    CHECK(r.failed->detail().line == 6);
    CHECK(r.failed->detail().column == 3);
    CHECK(*r.failed->detail().byte_offset == text.size() - 2);
    // more lines than a block holds
    std::string many;
    for (int i = 0; i < 200000; ++i) many += "\"line " + std::to_string(i) + "\n";
    many += "a;b\n1;2\n";
    CHECK(read(many, csv::options().skip_rows(200000).delimiter(';'), 5000).text() == "1|2");
    const auto found = read(many, csv::options().skip_rows(200000).detect(true), 5000);
    CHECK(found.types() == "a:int64 b:int64");
    CHECK(read(many + "3;4;5", csv::options().skip_rows(200000).delimiter(';')).failed->detail().line == 200003);
    CHECK(read(many + "3;4;5", csv::options().skip_rows(200000).detect(true)).failed->detail().line == 200003);
}

TEST_CASE("csv comments: rows that begin so are none, whatever stands in them") {
    const auto o = csv::options().comment("#");
    CHECK(rows("# a \"report\n#,\"\na,b\n1,2\n#3,4,5\r\n\r\n5,#6\n7,\"\n#8\"\n#", o) == "1|2;5|#6;7|\n#8");
    CHECK(rows("#a,b\n1,2\n", o) == "");
    CHECK(rows("a\n#1\n\"#2\"\n # 3\n", o) == "#2; # 3");
    CHECK(rows("\xef\xbb\xbf#x\ra\r#y\r1\r", o) == "1");
    CHECK(rows("a,b\n1,2\n#", csv::options{o}.names({"x", "y"}).header(false)) == "a|b;1|2");
    CHECK(rows("a/b\n//x,y\n/1/\n///\n/", csv::options{o}.comment("//")) == "/1/;/");
    CHECK(rows("x\n#a\nb\n#c\n1\n", csv::options{o}.skip_rows(2)) == "1");
    CHECK(check("#\na,b\n1,2\n#c\n3,x\n", o).types() == "a:int64 b:string");
    CHECK(rows("a,b\n1\n#c,d,e\n3,x,4\n", csv::options{o}.ragged_rows(pad_and_trim)) == "1|~;3|x");
    // places behind comments, and a row that has no good end
    const auto r = check("#x\na,b\n#\"y\n1,2\n#z\n3\n", o);
    CHECK(r.text() == "1|2");
    CHECK(r.failed->detail().line == 6);
    CHECK(*r.failed->detail().byte_offset == 19);
    CHECK(check("a\n1\n#\"x\n", csv::options()).text() == "1;#\"x"); // no comments unless asked for
    CHECK(check("a\n" + std::string(300, '#') + "\n1\n", csv::options{o}.max_record_bytes(20)).failed->code() == errc::record_too_large);
    for (const auto* row : {"#", "\n1\n#"}) // in front of the header, and behind the rows that types are found from
        CHECK(check(row + std::string(300, '#') + "\na\n1\n", csv::options{o}.max_record_bytes(20).inference_rows(1)).failed->code() ==
              errc::record_too_large);
    CHECK(check(std::string(300, ' ') + "\na\n1\n", csv::options{o}.trim(true).max_record_bytes(20)).failed->code() == errc::record_too_large);
    CHECK(check("a;b\n#,,,,,\n1;2\n#,,\n", csv::options{o}.detect(true)).types() == "a:int64 b:int64");
    for (const char* bad : {"\"", "\"x", ",", "a\nb", "123456789012345678901234567890123"})
        CHECK(csv::options{o}.comment(bad).check().error().code() == errc::invalid_option);
}

TEST_CASE("csv trim: blanks round a field do not belong to it") {
    const auto o = csv::options().trim(true);
    CHECK(rows("a , b\n 1 ,\t2\n 3,4 \r\n  \n\t\r\n5 , ", o) == "1|2;3|4;5|~");
    CHECK(check(" a , \"b \" \n1,2\n", o).types() == "a:int64 b :int64");
    CHECK(rows("a,b\n \"x, y \" , \"\" \n\"v\"\t,w w\n", o) == "x, y |;v|w w");
    CHECK(rows("a,b\n 1 , NA \n", csv::options{o}.null_texts({"NA"})) == "1|~");
    CHECK(check("a\n\"x\" y\n", o).failed->detail().column == 5);
    CHECK(check("a\n\"x\" \"\n", o).failed->code() == errc::malformed_csv);
    CHECK(rows("a,b\n \"1 , 2\"\n", csv::options{o}.quote(std::nullopt)) == "\"1|2\"");
    CHECK(rows("a,b\n\\ x\\ ,\\  \n", csv::options{o}.escape('\\')) == " x | ");
    CHECK(rows("a\tb\n 1 \t \n", csv::options{o}.delimiter('\t')) == "1|~");
    CHECK(rows("a,b\n 1 , 2\n 3\n4,5,6\n", csv::options{o}.ragged_rows(pad_and_trim)) == "1|2;3|~;4|5");
    CHECK(rows("a,b\n 1 , \"2\"\n", csv::options()) == " 1 | \"2\""); // not unless asked for
    CHECK(csv::options{o}.delimiter(' ').check().error().code() == errc::invalid_option);
    CHECK(csv::options{o}.quote('\t').check().error().code() == errc::invalid_option);
}

TEST_CASE("csv delimiters of several bytes") {
    const auto o = csv::options().delimiter("||");
    CHECK(rows("a||b\n1||2\r\n\"x||y\"||z|\n||\n|||\n", o) == "1|2;x||y|z|;~|~;~||");
    CHECK(rows("a|||b\n1||2\n", csv::options{o}.header(false)) == "a||b;1|2");
    CHECK(check("a||b\n1||2||3\n", o).error() == "read csv t.csv, line 2, column 5, byte 9: a row has the wrong number of fields: "
                                              "more than the 2 fields of the first row: \"1||2||\"; hint: is the delimiter right? such rows are taken by ragged_rows, left out by on_bad_record");
    CHECK(check("a||b\n\"1\"|2\n", o).failed->detail().column == 4);
    CHECK(rows("a||b\n\"1\" || \"2\" \n", csv::options{o}.trim(true)) == "1|2");
    CHECK(rows("a\xc2\xa6" "b\n1\xc2\xa6\xc2\xa7\n", csv::options{o}.delimiter("\xc2\xa6")) == "1|\xc2\xa7");
    CHECK(rows("a<->b\n1<->2<-\n3<->4", csv::options{o}.delimiter("<->").quote(std::nullopt)) == "1|2<-;3|4");
    CHECK(rows("a||b\nx\\||y||z\n", csv::options{o}.escape('\\')) == "x||y|z");
    CHECK(rows("a||b\n1\n2||3||4\n", csv::options{o}.ragged_rows(pad_and_trim)) == "1|~;2|3");
    for (const char* bad : {"", "a\n", "\"|", "|\"", "123456789012345678901234567890123"})
        CHECK(csv::options{o}.delimiter(bad).check().error().code() == errc::invalid_option);
    // found out
    const auto detecting = csv::options().detect(true).detect_delimiters({"|", "||", ","});
    CHECK(rows("a||b\n1||2\n3||x|y\n", detecting) == "1|2;3|x|y");
    CHECK(rows("a|b|c\n1||2\n3|4|5\n", detecting) == "1|~|2;3|4|5");
    CHECK(rows("a,b\n1,2\n", detecting) == "1|2");
    CHECK(csv::options{detecting}.detect_delimiters({}).check().error().code() == errc::invalid_option);
    CHECK(csv::options{detecting}.detect_delimiters({"'"}).check().error().code() == errc::invalid_option);
    CHECK(csv::options{detecting}.detect_delimiters({"\n"}).check().error().code() == errc::invalid_option);
}

TEST_CASE("csv numbers: a decimal comma, separated thousands, inferred and by a schema") {
    const auto o = csv::options().delimiter(';').decimal_separator(',').thousands_separator('.');
    const auto r = check("a;b;c;d\n1,5;1.234;\"-1.234.567,25\";1.5\n,5;-7;1e3;x\n;;NaN;\n", o);
    CHECK(r.types() == "a:float64 b:int64 c:float64 d:string");
    CHECK(r.text() == "1.5|1234|-1234567.25|1.5;0.5|-7|1000.0|x;~|~|NaN|~");
    // dates are none, nor groups of other sizes, nor points where no thousands are separated
    CHECK(check("a;b;c;d;e\n12.05.2024;12.34;1.2345;0.123;1,2,3\n", o).types() == "a:string b:string c:string d:string e:string");
    CHECK(check("a\n1.5\n", csv::options().delimiter(';').decimal_separator(',')).types() == "a:string");
    CHECK(check("a;b\n2024-02-29;2024-02-29 12:30:00.5\n", o).types() == "a:date32 b:timestamp[us]");
    CHECK(check("a,b\n\"1,234.5\",\"1,234\"\n\"1,5\",2\n", csv::options().thousands_separator(',')).types() == "a:string b:int64");
    CHECK(rows("a,b\n\"1,234.5\",\"12,345,678\"\n1234.5,2\n", csv::options().thousands_separator(',')) == "1234.5|12345678;1234.5|2");
    CHECK(rows("a\n1 234\n", csv::options().thousands_separator(' ')) == "1234");

    const auto s = make_schema({field{"i", data_type::int32()}, field{"f", data_type::float32()}, field{"d", data_type::decimal128(9, 2)},
                                field{"u", data_type::uint64()}, field{"g", data_type::float64()}});
    CHECK(rows("i;f;d;u;g\n1.000;0,5;1.234,56;18.446.744.073.709.551.615;-0,125\n;;;;\n", csv::options{o}.schema(s)) ==
          "1000|0.5|1234.56|18446744073709551615|-0.125;~|~|~|~|~");
    for (const char* bad : {"1.00;;;;", "1,5;;;;", ";1.5;;;", ";;1.5;;", ";;;1,0;", ";;;;1.5", ";;;;1,2,3", ";;;;.5", "3.000.000.000;;;;"}) {
        CAPTURE(bad);
        CHECK(check("i;f;d;u;g\n" + std::string{bad} + "\n", csv::options{o}.schema(s)).failed->code() == errc::type_mismatch);
    }
    CHECK(check("i;f;d;u;g\n1;x;;;\n", csv::options{o}.schema(s)).error().find("\"x\" is no float32") != std::string::npos);
    CHECK(rows("g\n1,5\n-,-\n\n-1,5\n", csv::options{o}.null_texts({"-,-", "-1,5"})) == "1.5;~;~");
    CHECK(rows("g;h\n1,5;1\n2,5\n", csv::options{o}.null_texts({}).ragged_rows(pad)) == "1.5|1;2.5|~");
    CHECK(check("g\n1,5\nx\n2,5\n", csv::options{o}.inference_rows(1).on_bad_record(bad_records::null_values)).text() == "1.5;~;2.5");

    const auto refused = [](const csv::options& p) { return p.check().error().code() == errc::invalid_option; };
    for (const char c : {'1', 'e', '-', '+', '\n', '"'}) CHECK(refused(csv::options().decimal_separator(c)));
    CHECK(refused(csv::options{o}.thousands_separator(',')));
    CHECK(refused(csv::options().decimal_separator(',').quote(std::nullopt)));
    CHECK(!csv::options().decimal_separator(',').check().has_error());
}

TEST_CASE("csv numbers: styles read random numbers as the plain style does") {
    std::mt19937 random{21};
    for (int round = 0; round < 200; ++round) {
        std::string plain = "i,f\n";
        std::string styled = "i;f\n";
        const auto number = [&](bool fraction) {
            std::string digits = std::to_string(random() % (random() % 2 ? 2000 : 2000000000));
            std::string groups = digits;
            if (random() % 2)
                for (std::size_t at = groups.size(); at > 3; at -= 3) groups.insert(at - 3, 1, '.');
            const auto sign = random() % 3 ? "" : "-";
            const auto rest = fraction ? std::to_string(random() % 1000) : "";
            plain += sign + digits + (fraction ? "." : "") + rest;
            styled += sign + groups + (fraction ? "," : "") + rest;
        };
        for (int row = 0; row < 50; ++row) {
            number(false);
            plain += ',';
            styled += ';';
            if (random() % 8) number(random() % 4 != 0);
            plain += '\n';
            styled += random() % 4 ? "\n" : "\r\n";
        }
        const auto s = make_schema({field{"i", data_type::int64()}, field{"f", data_type::float64()}});
        const auto o = csv::options().delimiter(';').decimal_separator(',').thousands_separator('.').schema(s);
        const auto expected = read(plain, csv::options().schema(s));
        REQUIRE(expected.error().empty());
        REQUIRE(check(styled, o).text() == expected.text());
    }
}

TEST_CASE("csv nulls: a null text with an escape in it is compared as it stands there") {
    const auto o = csv::options().delimiter('\t').quote(std::nullopt).escape('\\').header(false).null_texts({"\\N", "NA"});
    auto r = check("1\tx\\\ty\t\\N\n\\N\t\\N\t2024-01-01\n3\tN\t\\N\nNA\t\\\\N\t\\N\n", o);
    CHECK(r.types() == "f0:int64 f1:string f2:date32");
    CHECK(r.text() == "1|x\ty|~;~|~|2024-01-01;3|N|~;~|\\N|~");
    const auto quoted = csv::options().escape('\\').null_texts({"\\N"});
    r = check("a,b\n\"\\N\",1\n\\N,\\N\n\"\",2\n", quoted);
    CHECK(r.text() == "N|1;~|~;|2");
    const auto comma = csv::options{o}.delimiter(';').decimal_separator(',');
    CHECK(rows("1,5;\\N;\\N\n\\N;2,5;\\N\n", comma) == "1.5|~|~;~|2.5|~");
}

TEST_CASE("csv booleans: texts of one's own; 1 and 0 where a schema says so") {
    const auto o = csv::options().booleans({"yes", "Y", "1"}, {"no", "N", "0"});
    const auto r = check("a,b,c,d\nyes,1,true,Y\nno,0,false,yes\n,,,\nN,1,true,maybe\n", o);
    CHECK(r.types() == "a:boolean b:int64 c:string d:string");
    CHECK(r.text() == "true|1|true|Y;false|0|false|yes;~|~|~|~;false|1|true|maybe");
    const auto s = make_schema({field{"a", data_type::boolean()}});
    CHECK(rows("a\n1\nno\n\"yes\"\n\n0\n", csv::options{o}.schema(s)) == "true;false;true;false");
    CHECK(check("a\ntrue\n", csv::options{o}.schema(s)).error().find("\"true\" is no boolean") != std::string::npos);
    CHECK(rows("a\n1\n0\ntrue\n", csv::options().schema(s)) == "true;false;true");
    CHECK(check("a\n1\n0\n", csv::options()).types() == "a:int64");
    CHECK(rows("a,b\nyes,no\nno\n", csv::options{o}.ragged_rows(pad)) == "true|false;false|~");
    CHECK(csv::options().booleans({"x"}, {"y", "x"}).check().error().code() == errc::invalid_option);
}

TEST_CASE("csv dates: by a format for each column") {
    const auto o = csv::options().date_format("d", "%d.%m.%Y").date_format("t", "%d/%b/%Y:%H:%M:%S %z").date_format("h", "%I:%M %p");
    const auto r = check("d,t,h,s\n29.02.2024,10/Oct/2000:13:55:36 -0700,1:05 PM,2024-02-29\n,,,\n\"01.12.1999\",01/jan/1970:00:00:00 Z,12:00 AM,\n", o);
    CHECK(r.error() == "");
    CHECK(r.types() == "d:date32 t:timestamp[us, UTC] h:time64[us] s:date32");
    CHECK(r.text() == "2024-02-29|2000-10-10T20:55:36.000000Z|13:05:00.000000|2024-02-29;~|~|~|~;1999-12-01|1970-01-01T00:00:00.000000Z|00:00:00.000000|~");
    CHECK(check("d,t\n30.02.2024,\n", csv::options().date_format("d", "%d.%m.%Y")).error() ==
          "read csv t.csv, line 2, column 1, byte 4: a value does not have its column's type: column \"d\": \"30.02.2024\" is no "
          "date32 of the column's date_format; hint: correct the schema, or choose what becomes of bad values by on_bad_record");
    CHECK(rows("d\n2024-02-29\n1.2.2024\n", csv::options().date_format("d", "%d.%m.%Y").on_bad_record(bad_records::null_values)) == "~;2024-02-01");
    // by a schema, of any type that the pattern says
    const auto invalid = make_error_code(errc::invalid_option).message();
    const auto mismatch = make_error_code(errc::type_mismatch).message();
    const auto read_as = [](const data_type& type, const char* pattern, std::string_view text) {
        return rows("x\n" + std::string{text} + "\n", csv::options().schema(make_schema({field{"x", type}})).date_format("x", pattern));
    };
    CHECK(read_as(data_type::date64(), "%y%m%d", "240229") == "2024-02-29");
    CHECK(read_as(data_type::timestamp(time_unit::nanosecond), "%s", "1") == "1970-01-01T00:00:01.000000000");
    CHECK(read_as(data_type::timestamp(time_unit::second), "%Y%m%d", "20240229") == "2024-02-29T00:00:00");
    CHECK(read_as(data_type::time32(time_unit::second), "%H%M", "2359") == "23:59:00");
    CHECK(read_as(data_type::time32(time_unit::second), "%H%M", "2460") == mismatch);
    CHECK(read_as(data_type::int64(), "%s", "1") == invalid);
    CHECK(read_as(data_type::date32(), "%Y %H", "1") == invalid);
    CHECK(read_as(data_type::time64(time_unit::microsecond), "%d %H", "1") == invalid);
    // columns that are not there
    CHECK(check("a\n1\n", o).failed->code() == errc::unknown_column);
    CHECK(check("", o).error() == "");
    CHECK(rows("d,e\n29.02.2024,1\n", csv::options().date_format("d", "%d.%m.%Y").columns({"e"})) == "1");
    CHECK(csv::options().date_format("d", "%Q").check().error().code() == errc::invalid_option);
    CHECK(csv::options().date_format("d", "day").check().error().code() == errc::invalid_option);
}

/// These dialects by the book, one character at a time; nothing when the text is malformed.
std::optional<std::vector<std::vector<std::string>>> by_the_book(std::string_view text, const csv::dialect& d) {
    const auto blank = [&](std::size_t i) { return d.trim && i < text.size() && (text[i] == ' ' || text[i] == '\t'); };
    const auto ends = [&](std::size_t i) { return i == text.size() || text[i] == '\n' || text[i] == '\r'; };
    const auto separates = [&](std::size_t i) { return ends(i) || text.substr(i).starts_with(d.delimiter); };
    std::vector<std::vector<std::string>> out;
    for (std::size_t i = 0; i < text.size();) {
        std::vector<std::string> row(1);
        bool something = false;
        const bool comment = !d.comment.empty() && text.substr(i).starts_with(d.comment);
        while (comment && !ends(i)) ++i;
        for (;;) {
            auto start = i;
            while (blank(start) && !separates(start)) ++start;
            if (d.quote && start < text.size() && text[start] == *d.quote) {
                something = true;
                for (i = start + 1;; ++i) {
                    if (i == text.size()) return std::nullopt;
                    if (text[i] == *d.quote && (i + 1 == text.size() || text[i + 1] != *d.quote)) break;
                    i += text[i] == *d.quote;
                    row.back() += text[i];
                }
                for (++i; blank(i) && !separates(i);) ++i;
                if (!separates(i)) return std::nullopt;
            } else {
                while (!separates(i)) ++i;
                auto end = i;
                while (end > start && blank(end - 1)) --end;
                something |= end > start;
                row.back() += text.substr(start, std::max(start, end) - start);
            }
            if (ends(i)) break;
            something = true;
            i += d.delimiter.size();
            row.emplace_back();
        }
        if (i < text.size()) i += text.substr(i).starts_with("\r\n") ? 2 : 1;
        if (something) out.push_back(std::move(row));
    }
    return out;
}

TEST_CASE("csv dialects: random texts in random dialects, by the book") {
    std::mt19937 random{11};
    int fine = 0;
    for (int round = 0; round < test::rounds(600); ++round) {
        csv::dialect d;
        d.delimiter = std::vector<std::string>{",", "||", "|-", "-|-"}[random() % 4];
        d.comment = std::vector<std::string>{"", "#", "#|"}[random() % 3];
        d.trim = random() % 2;
        if (random() % 4 == 0) d.quote = d.escape = std::nullopt;
        std::string text;
        for (auto n = random() % 30; n > 0; --n) {
            static constexpr std::string_view pieces[] = {"a", " ", "\t", "|", "-", "#", "b\n", "\n", "\r\n", "\r", "\"", "\n#\"", "\"q\"",
                                                          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "                         "};
            text += random() % 3 ? std::string{pieces[random() % std::size(pieces)]} : d.delimiter;
        }
        // rows of any length as columns: trimmed or padded, and told apart by what is null
        const auto expected = by_the_book(text, d);
        auto o = csv::options().dialect(d).header(false).infer_types(false).null_texts({}).ragged_rows(pad_and_trim).batch_rows(1 + random() % 9);
        o.names({"1", "2", "3", "4", "5", "6", "7", "8", "9"}).columns({"1", "2", "3", "4", "5", "6", "7", "8", "9"});
        const auto most = 1 + random() % 100;
        const auto got = read(text, o, [&](std::size_t) { return 1 + random() % most; });
        REQUIRE(read(text, o) == got);
        REQUIRE(read(text, csv::options{o}.instruction_set(simd_level::portable)) == got);
        if (!expected) {
            REQUIRE_MESSAGE(got.failed.has_value(), text);
            continue;
        }
        std::string wanted;
        for (const auto& row : *expected)
            for (std::size_t c = 0; c < 9; ++c) {
                wanted += c ? "|" : wanted.empty() ? "" : ";";
                wanted += c < row.size() ? row[c] : "~";
            }
        REQUIRE_MESSAGE(!got.failed.has_value(), text, ": ", got.error());
        REQUIRE_MESSAGE(got.text() == wanted, text);
        ++fine;
    }
    CHECK(fine > 150);
}

} // namespace csv_dialects_test
