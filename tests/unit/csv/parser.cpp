// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include "csv_support.hpp"

#include <penstock/columnar/parse_data_type.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

namespace csv_parser_test {

using namespace csv_test;

inline std::string rows(std::string_view text, const csv::options& o = plain()) {
    const auto r = read(text, o);
    return r.failed ? "error: " + r.error() : r.text();
}

TEST_CASE("csv parser: fields and rows") {
    CHECK(rows("a,b\n1,2\n") == "a|b;1|2");
    CHECK(rows("a,b\n1,2") == "a|b;1|2");
    CHECK(rows("a,b\r\n1,2\r\n") == "a|b;1|2");
    CHECK(rows("a,b\r1,2\r") == "a|b;1|2");
    CHECK(rows("a,b\r1,2\n3,4\r\n5,6") == "a|b;1|2;3|4;5|6");
    CHECK(rows("a,\n,\n") == "a|;|");
    CHECK(rows("a\n") == "a");
    CHECK(rows(" a , b ") == " a | b ");
    CHECK(rows(std::string_view{"a\0b,c\n", 6}) == std::string_view{"a\0b|c", 5});
    CHECK(rows("a;b,c\n", plain().delimiter(';')) == "a|b,c");
}

TEST_CASE("csv parser: quotes") {
    CHECK(rows("\"a\",\"b\"\n") == "a|b");
    CHECK(rows("\"a,b\",\"c\nd\"\n") == "a,b|c\nd");
    CHECK(rows("\"a\r\nb\",\"c\rd\"\r\n") == "a\r\nb|c\rd");
    CHECK(rows("\"\",x\n") == "|x");
    CHECK(rows("\"a\"\"b\",\"\"\"\"\n") == "a\"b|\"");
    CHECK(rows("\"\"\"a\"\"\",b\n") == "\"a\"|b");
    CHECK(rows("a\"b\"c,d\"\n") == "a\"b\"c|d\""); // elsewhere a quote is a character like any other
    CHECK(rows("a, \"b\"\n") == "a| \"b\"");
    CHECK(rows("'a,b','it''s'\n", plain().quote('\'')) == "a,b|it's");
    CHECK(rows("\"a\t\"\n", plain().quote(std::nullopt).delimiter('\t')) == "\"a|\"");
}

TEST_CASE("csv parser: an escape that is no doubled quote") {
    const auto o = plain().quote('"').escape('\\');
    CHECK(rows("\"a\\\"b\",c\n", o) == "a\"b|c");
    CHECK(rows("a\\,b,c\\\\\n", o) == "a,b|c\\");
    CHECK(rows("a\\\nb,c\n", o) == "a\nb|c");
    CHECK(rows("a,b\\\r\n", o) == "a|b\r");   // the CR is escaped: a text that ends in it
    CHECK(rows("a,b\\\\\r\n", o) == "a|b\\"); // the escape is: the CR belongs to the line break
    CHECK(rows("a,\"b\\\\\"\n", o) == "a|b\\");
    CHECK(read("a\\", o).failed->code() == errc::malformed_csv);
    CHECK(read("\"a\"\"b\"\n", o).failed->code() == errc::malformed_csv);
    CHECK(read("\"a\"\"b\"\n", plain().escape(std::nullopt)).failed->code() == errc::malformed_csv);
    CHECK(rows("\"a\\\",b\n", plain().escape(std::nullopt)) == "a\\|b");
}

TEST_CASE("csv parser: blank lines are dropped, empty fields are not") {
    CHECK(rows("\n\na,b\n\n\r\n1,2\n\n") == "a|b;1|2");
    CHECK(rows("\r\r\na,b\r\n\r\n") == "a|b");
    CHECK(rows("a\n\n\"\"\nb\n\r\n") == "a;;b");
    CHECK(rows("") == "");
    CHECK(rows("\n\r\n\r") == "");
    CHECK(rows(" \na\n") == " ;a");
}

TEST_CASE("csv parser: a byte-order mark") {
    CHECK(rows("\xef\xbb\xbf"
               "a,b\n") == "a|b");
    CHECK(rows("\xef\xbb\xbf\"a\",b\n") == "a|b");
    CHECK(rows("\xef\xbb\xbf") == "");
    CHECK(rows("\xef\xbb") ==
          "error: read csv t.csv, line 1, column 1, byte 0: text is not valid UTF-8: column "
          "\"f0\": \"\\xef\"; hint: CSV is read as UTF-8");
    CHECK(rows("a,\xef\xbb\xbf\n") == "a|\xef\xbb\xbf"); // only at the start
}

TEST_CASE("csv parser: header") {
    auto r = read("id,\"full \"\"name\"\"\"\n1,x\n");
    CHECK(r.types() == "id:int64 full \"name\":string");
    CHECK(r.text() == "1|x");
    r = read("id,name\r\n");
    CHECK(r.types() == "id:string name:string");
    CHECK(r.batches.empty());
    CHECK_FALSE(r.failed.has_value());
    CHECK(read("a,b").types() == "a:string b:string");
    CHECK(read("1,2\n", csv::options().header(false)).types() == "f0:int64 f1:int64");
    CHECK(read("a,a\n1,2\n").types() == "a:int64 a:int64");
    CHECK(read("\"a\nb\",c\n1,2\n").types() == "a\nb:int64 c:int64");
}

TEST_CASE("csv parser: nothing at all has no columns but those that were asked for") {
    for (const char* empty : {"", "\n", "\r\n\n", "\xef\xbb\xbf"}) {
        auto r = read(empty);
        CHECK(r.types() == "");
        CHECK(r.rows() == 0);
        CHECK_FALSE(r.failed.has_value());
        const auto s = make_schema({field{"a", data_type::int64()}, field{"b", data_type::string()}});
        CHECK(read(empty, csv::options().schema(s)).types() == "a:int64 b:string");
        CHECK(read(empty, csv::options().schema(s).columns({"b"})).types() == "b:string");
        CHECK(read(empty, csv::options().columns({"b"})).failed->code() == errc::unknown_column);
        CHECK(read(empty, csv::options().schema(s).columns({"c"})).failed->code() == errc::unknown_column);
    }
}

TEST_CASE("csv parser: types are inferred") {
    const auto r = read("i,f,b,s,n,z\n1,1.5,true,x,,007\n-2,2,False,,,8\n");
    CHECK(r.types() == "i:int64 f:float64 b:boolean s:string n:string z:string");
    CHECK(r.text() == "1|1.5|true|x|~|007;-2|2.0|false|~|~|8");
    CHECK(r.batches[0].schema() == *r.columns);
    // quotes do not matter, and neither do quoted empty texts
    CHECK(read("a,b\n\"1\",\"\"\n\"2\",\"3\"\n").types() == "a:int64 b:int64");
    CHECK(read("a,b\n\"1\",\"\"\n\"2\",\"3\"\n").text() == "1|~;2|3");
    CHECK(read("a\n\"\"\n\"\"\n").types() == "a:string");
}

TEST_CASE("csv parser: only the first rows are looked at for types") {
    const std::string text = "a,b\n1,2\n3,4\nx,5\n";
    auto r = read(text, csv::options().inference_rows(2));
    CHECK(r.types() == "a:int64 b:int64");
    CHECK(r.text() == "1|2;3|4");
    CHECK(r.error() ==
          "read csv t.csv, line 4, column 1, byte 12: a value does not have its column's type: column "
          "\"a\": \"x\" is no int64; hint: types were inferred from the first 2 rows: give a schema, raise "
          "inference_rows and inference_bytes, or choose what becomes of bad values by on_bad_record");
    CHECK(read(text, csv::options().inference_rows(3)).types() == "a:string b:int64");
    CHECK(read(text, csv::options().inference_bytes(7)).types() == "a:int64 b:int64");
    CHECK(read(text, csv::options().inference_bytes(1)).types() == "a:int64 b:int64");
    CHECK(read(text, csv::options().inference_bytes(12)).types() == "a:string b:int64");
    r = read(text, csv::options().inference_rows(2).on_bad_record(bad_records::null_values));
    CHECK(r.text() == "1|2;3|4;~|5");
    CHECK_FALSE(r.failed.has_value());
}

TEST_CASE("csv parser: what inference would have refused is refused later, too") {
    const auto after = [](std::string_view first, std::string_view later) {
        const auto text = "a\n" + std::string{first} + "\n" + std::string{later} + "\n";
        const auto r = read(text, csv::options().inference_rows(1));
        return r.failed ? r.failed->code() : error_code{};
    };
    for (const char* bad : {"007", "+1", "1.0", "-0", "9223372036854775808", "1e3", "true", " 1"})
        CHECK_MESSAGE(after("1", bad) == errc::type_mismatch, bad);
    for (const char* bad : {"007", "00.5", "+1.5", "9007199254740993", "1e400", "x", "1,"})
        CHECK_MESSAGE(after("1.5", bad).failed(), bad);
    for (const char* good :
         {"1", "1e5", "-0", "NaN", "123456789012345.5", "0.000000000000000000001", "\"2.5\""})
        CHECK_MESSAGE(!after("1.5", good).failed(), good);
    CHECK(after("true", "1") == errc::type_mismatch);
    CHECK_FALSE(after("true", "FALSE").failed());
}

TEST_CASE("csv parser: an explicit schema is matched by the header's names") {
    const auto s = make_schema({field{"c", data_type::float64()}, field{"a", data_type::int64()}});
    auto r = read("a,b,c\n007,x,+1.5\n+2,y,3\n", csv::options().schema(s));
    CHECK(r.types() == "c:float64 a:int64");
    CHECK(r.text() == "1.5|7;3.0|2"); // who gives a type takes every spelling of it
    r = read("a,b\n1,x\n", csv::options().schema(s));
    CHECK(r.failed->code() == errc::unknown_column);
    CHECK(r.error() == "read csv t.csv: no such column: column \"c\" of the given schema is missing; hint: columns: a, b; or read it as "
          "null: missing_columns");
    r = read("a,c,a\n1,2,3\n", csv::options().schema(s));
    CHECK(r.failed->code() == errc::unknown_column); // which a?
}

TEST_CASE("csv parser: an explicit schema without a header goes by position") {
    const auto s = make_schema({field{"a", data_type::int64()}, field{"b", data_type::boolean()}});
    const auto o = csv::options().header(false).schema(s);
    CHECK(read("1,1\n2,false\n", o).text() == "1|true;2|false");
    const auto r = read("1,true,x\n", o);
    CHECK(r.failed->code() == errc::ragged_row);
    CHECK(read("1\n", o).error() ==
          "read csv t.csv, line 1, column 2, byte 1: a row has the wrong number of fields: 1 "
          "field, but 2 in the schema: \"1\"; hint: is the delimiter right? such rows are taken by ragged_rows, left out by on_bad_record");
}

TEST_CASE("csv parser: only the columns that were asked for are converted") {
    const std::string text = "a,b,c\n1,x,\xff\n2,y,\"z\"\n";
    auto r = read(text, csv::options().columns({"b", "a"}));
    CHECK(r.types() == "b:string a:int64");
    CHECK(r.text() == "x|1;y|2");
    CHECK_FALSE(r.failed.has_value());
    CHECK(read(text, csv::options().columns({"c"})).failed->code() == errc::invalid_utf8);
    r = read(text, csv::options().columns({"a", "d"}));
    CHECK(r.error() == "read csv t.csv: no such column: d; hint: the columns are a, b, c");
    r = read(text, csv::options().columns({}));
    CHECK(r.types() == "");
    CHECK(r.rows() == 2); // rows are still counted
    CHECK(read("a,a\n1,2\n", csv::options().columns({"a"})).failed->code() == errc::unknown_column);
}

TEST_CASE("csv parser: nulls") {
    CHECK(read("a,b\n1,\n,x\n").text() == "1|~;~|x");
    CHECK(read("a,b\n\"\",\"\"\n1,x\n").text() == "~|;1|x"); // in a string column a quoted text is a text
    auto o = csv::options().null_texts({"", "NA", "-1"});
    CHECK(read("a,b\nNA,NA\n-1,\"NA\"\n5,-1\n", o).text() == "~|~;~|NA;5|~");
    CHECK(read("a,b\nNA,NA\n-1,\"NA\"\n5,-1\n", o).types() == "a:int64 b:string");
    o = csv::options().null_texts({"NA"});
    CHECK(read("a,b\n1,\nNA,NA\n", o).text() == "1|;~|~"); // the empty text is no null then
    CHECK(read("a,b\n,1\n", o).types() == "a:string b:int64");
    CHECK(read("a,b\ntrue,0\nfalse,1\n,\n", csv::options().null_texts({"", "true", "0"})).text() ==
          "~|~;false|1;~|~");
}

TEST_CASE("csv parser: a null in a column that has none") {
    const auto s =
        make_schema({field{"a", data_type::int64(), false}, field{"b", data_type::string(), false}});
    const auto o = csv::options().schema(s);
    CHECK(read("a,b\n1,\"\"\n", o).text() == "1|");
    auto r = read("a,b\n1,x\n,y\n", o);
    CHECK(r.text() == "1|x");
    CHECK(r.failed->code() == errc::type_mismatch);
    CHECK(r.failed->detail().message == "column \"a\": null, but the column is not nullable");
    CHECK(read("a,b\n1,\n", o).failed->code() == errc::type_mismatch);
    CHECK(read("a,b\nx,y\n", csv::options(o).on_bad_record(bad_records::null_values)).failed->code() == errc::type_mismatch);
}

TEST_CASE("csv parser: batches end by rows and by bytes, wherever reads end") {
    std::string text = "a,b\n";
    for (int i = 0; i < 25; ++i) text += std::to_string(i) + ",x\n";
    auto r = read(text, csv::options().batch_rows(10));
    REQUIRE(r.batches.size() == 3);
    CHECK(r.batches[0].num_rows() == 10);
    CHECK(r.batches[2].num_rows() == 5);
    CHECK(r.batches[2].column<std::int64_t>("a")[4] == 24);
    r = read(text, csv::options().batch_bytes(8)); // two rows of four bytes
    CHECK(r.batches[0].num_rows() == 2);
    CHECK(r.rows() == 25);
    for (std::size_t chunk = 1; chunk < 20; ++chunk)
        CHECK(read(text, csv::options().batch_bytes(8), chunk) == r);
}

// ---- errors

TEST_CASE("csv parser: ragged rows") {
    auto r = read("a,b,c\n1,2,3\n4,5\n6,7,8\n");
    CHECK(r.text() == "1|2|3"); // what stood before
    CHECK(r.failed->code() == errc::ragged_row);
    CHECK(r.failed->code() == condition::malformed);
    CHECK(r.error() ==
          "read csv t.csv, line 3, column 4, byte 15: a row has the wrong number of fields: 2 fields, but "
          "3 in the first row: \"4,5\"; hint: is the delimiter right? such rows are taken by ragged_rows, left out by on_bad_record");
    r = read("a,b\n1,2,3\n");
    CHECK(r.error() ==
          "read csv t.csv, line 2, column 4, byte 7: a row has the wrong number of fields: more than the 2 "
          "fields of the first row: \"1,2,\"; hint: is the delimiter right? such rows are taken by ragged_rows, left out by on_bad_record");
    CHECK(read("a\n1,2\n").failed->code() == errc::ragged_row);
    CHECK(read("a,b\n1,2,\n").failed->code() == errc::ragged_row);
    CHECK(read("a,b\n\"x\ny\"\n").error().find("line 3, column 3") != std::string::npos);
}

TEST_CASE("csv parser: as many columns as max_columns allows") {
    std::string text = "c0";
    for (int i = 1; i < 20'000; ++i) text += ",c" + std::to_string(i);
    auto r = read(text + "\n");
    CHECK(r.failed->code() == errc::malformed_csv);
    CHECK(r.error().find("hint: is the delimiter right? If so, raise max_columns") != std::string::npos);
    r = read(text + "\n" + text + "\n", csv::options().max_columns(20'000));
    CHECK(r.error() == "");
    REQUIRE(r.batches.size() == 1);
    CHECK(r.batches[0].num_columns() == 20'000);
    CHECK(r.batches[0][19'999].string_at(0) == "c19999");
    CHECK(read("a,b\n1,2\n", csv::options().max_columns(1)).failed->code() == errc::malformed_csv);
    CHECK(read("a,b\n1,2\n", csv::options().max_columns(2)).text() == "1|2");
    CHECK(csv::options().max_columns(0).check().error().code() == errc::invalid_option);
    CHECK(csv::options().max_columns(2).names({"a", "b", "c"}).check().error().code() == errc::invalid_option);
}

TEST_CASE("csv parser: malformed quotes") {
    auto r = read("a,b\n1,\"x\"y\n");
    CHECK(r.failed->code() == errc::malformed_csv);
    CHECK(r.error() ==
          "read csv t.csv, line 2, column 6, byte 9: malformed CSV: text behind a closing quote: \"1,\"x\"y\"; hint: a "
          "quote inside a quoted field must be escaped");
    r = read("a,b\n1,x\n2,\"y\n3,z\n");
    CHECK(r.text() == "1|x");
    CHECK(r.error() ==
          "read csv t.csv, line 3, column 3, byte 10: malformed CSV: the text ends in the middle of a field "
          "that begins here: \"\"y\\n3,z\\n\"; hint: is the file cut off, or a quote not closed?");
    CHECK(read("\"").failed->code() == errc::malformed_csv);
    CHECK(read("\"a\" ,b\n").failed->code() == errc::malformed_csv);
    CHECK(read("a,b\n1,\"").failed->code() == errc::malformed_csv);
}

TEST_CASE("csv parser: text that is not UTF-8") {
    auto r = read("a,b\nx,ab\xff\n");
    CHECK(r.failed->code() == errc::invalid_utf8);
    CHECK(r.error() ==
          "read csv t.csv, line 2, column 5, byte 8: text is not valid UTF-8: column \"b\": \"ab\\xff\"; hint: CSV is "
          "read as UTF-8");
    CHECK(read("a,\xc3\n1,2\n").failed->code() == errc::invalid_utf8); // in the header
    // the halves of one sequence in two fields make no sequence
    CHECK(read("a,b\nx\xc3,\xa9y\n").failed->code() == errc::invalid_utf8);
    CHECK(read("a\nx\xc3\n\xa9y\n").failed->code() == errc::invalid_utf8);
    CHECK(read("a,b\n\xc3\xa9,\"\xe6\x97\xa5\"\n").text() == "\xc3\xa9|\xe6\x97\xa5");
}

TEST_CASE("csv parser: the first wrong value by row, then by column") {
    const auto s = make_schema(
        {field{"a", data_type::int64()}, field{"b", data_type::float64()}, field{"c", data_type::boolean()}});
    auto r = read("a,b,c\n1,1,true\n2,y,maybe\nz,3,false\n", csv::options().schema(s));
    CHECK(r.text() == "1|1.0|true");
    CHECK(r.error() ==
          "read csv t.csv, line 3, column 3, byte 17: a value does not have its column's type: column \"b\": "
          "\"y\" is no float64; hint: correct the schema, or choose what becomes of bad values by on_bad_record");
    r = read("a,b,c\n1,1,true\n2,y,maybe\nz,3,false\n", csv::options().schema(s).on_bad_record(bad_records::null_values));
    CHECK(r.text() == "1|1.0|true;2|~|~;~|3.0|false");
    r = read("a,b,c\n" + std::string(100, '9') + ",1,true\n", csv::options().schema(s));
    CHECK(r.failed->detail().message.size() < 100); // the value is cut
}

TEST_CASE("csv parser: a ragged row does not hide a wrong value before it") {
    const auto s = make_schema({field{"a", data_type::int64()}, field{"b", data_type::int64()}});
    auto r = read("a,b\n1,2\n3,x\n4\n5,6\n", csv::options().schema(s));
    CHECK(r.failed->code() == errc::type_mismatch);
    CHECK(r.failed->detail().line == 3);
}

TEST_CASE("csv parser: records that are too large") {
    const auto o = csv::options().max_record_bytes(8);
    CHECK(read("a,b\n123,4567\n", o).text() == "123|4567");
    auto r = read("a,b\n1,2\n123,45678\n1,2\n", o);
    CHECK(r.text() == "1|2");
    CHECK(r.failed->code() == errc::record_too_large);
    CHECK(r.failed->code() == condition::limit);
    CHECK(r.failed->detail().line == 3);
    CHECK(read("0123456789", o).failed->code() == errc::record_too_large);
    CHECK(read("a,b\n\"1,2\n1,2\n1,2\n1,2\n", o).failed->code() == errc::record_too_large);
}

TEST_CASE("csv parser: an endless record stops early and takes no more memory than its limit says") {
    for (const char* start : {"\"", "", "a,b\n\"", "a\n1\n\""}) {
        auto pool = buffer_pool::create();
        csv::parser parser{csv::options().max_record_bytes(1 << 20).pool(pool)};
        std::string_view first = start;
        std::size_t given = 0;
        std::size_t largest = 0;
        for (;;) {
            const auto step = parser.advance();
            if (!step) {
                CHECK(step.error().code() == errc::record_too_large);
                break;
            }
            REQUIRE(*step != csv::parser::step::end);
            if (*step == csv::parser::step::batch) parser.take();
            if (*step != csv::parser::step::need_input) continue;
            const auto room = parser.prepare();
            largest = std::max(largest, room.size());
            std::fill(room.begin(), room.end(), std::byte{'x'});
            std::copy_n(reinterpret_cast<const std::byte*>(first.data()), first.size(), room.data());
            first = {};
            parser.commit(room.size());
            given += room.size();
            REQUIRE(given < (8u << 20));
        }
        CHECK(largest <= (4u << 20));
    }
}

TEST_CASE("csv parser: far too many columns") {
    const std::string text(20000, ',');
    CHECK(read(text).failed->code() == errc::malformed_csv);
    CHECK(read("a,b\n" + text).failed->code() == errc::ragged_row);
    const auto wide = std::string(4000, ',') + "\n" + std::string(4000, ',') + "\n";
    const auto r = read(wide, plain());
    CHECK(r.batches.at(0).num_columns() == 4001);
    CHECK(r.rows() == 2);
}

TEST_CASE("csv parser: a wide table takes memory by its text, not by its text times its columns") {
    auto pool = buffer_pool::create(std::size_t{1} << 30);
    std::string row;
    for (int i = 0; i < 2000; ++i) row += i ? ",text" : "text";
    std::string text;
    for (int i = 0; i < 50; ++i) text += row + "\n";
    CHECK(read(text, plain().pool(pool)).rows() == 50);
    // a block each for offsets and bytes of every column, and the buffer
    CHECK(pool->idle() < 2000 * 2 * 4096 + (2u << 20));
}

TEST_CASE("csv parser: lines are counted through quotes and every kind of line break") {
    const auto s = make_schema({field{"a", data_type::int64()}});
    const auto line = [&](std::string_view text) {
        const auto r = read(text, csv::options().schema(s));
        return r.failed ? r.failed->detail().line : 0;
    };
    CHECK(line("a\n1\n\n2\nx\n") == 5);
    CHECK(line("a\r\n1\r\n\r\n2\r\nx\r\n") == 5);
    CHECK(line("a\r1\r\r2\rx\r") == 5);
    CHECK(line("a,b\n1,\"x\ny\r\nz\rw\"\nx,\n") == 6);
    CHECK(line("\xef\xbb\xbf"
               "a\nx") == 2);
    std::string many = "a\n";
    for (int i = 0; i < 100000; ++i) many += std::to_string(i) + (i % 3 ? "\n" : "\r\n");
    CHECK(line(many + "x\n") == 100002);
}

TEST_CASE("csv parser: errors stay") {
    csv::parser parser{csv::options(), "t"};
    const std::string_view text = "a\n1,2\n";
    std::copy_n(reinterpret_cast<const std::byte*>(text.data()), text.size(), parser.prepare().data());
    parser.commit(text.size());
    parser.finish();
    for (int i = 0; i < 3; ++i) {
        const auto step = parser.advance();
        REQUIRE_FALSE(step.has_value());
        CHECK(step.error().code() == errc::ragged_row);
    }
    csv::parser empty{csv::options()};
    empty.finish();
    for (int i = 0; i < 3; ++i) CHECK(*empty.advance() == csv::parser::step::end);
}

TEST_CASE("csv parser: works in slices") {
    std::string text = "a,b\n";
    while (text.size() < (2u << 20)) text += "12345,some text of no interest\n";
    csv::parser parser{csv::options().batch_rows(1 << 20)};
    std::size_t slices = 0;
    for (std::size_t at = 0;;) {
        const auto step = parser.advance();
        REQUIRE(step.has_value());
        if (*step == csv::parser::step::end) break;
        slices += *step == csv::parser::step::working;
        if (*step == csv::parser::step::batch) parser.take();
        if (*step != csv::parser::step::need_input) continue;
        const auto room = parser.prepare();
        const auto n = std::min(room.size(), text.size() - at);
        std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + at, n, room.data());
        at += n;
        if (n)
            parser.commit(n);
        else
            parser.finish();
    }
    CHECK(slices >= 7);
    CHECK(slices <= 16);
}

TEST_CASE("csv parser: options that cannot work") {
    const auto refused = [](const csv::options& o) {
        try {
            csv::parser parser{o};
        } catch (const error& e) {
            return e.code() == errc::invalid_option;
        }
        return false;
    };
    CHECK(refused(csv::options().delimiter('\n')));
    CHECK(refused(csv::options().delimiter('"')));
    CHECK(refused(csv::options().quote('\r')));
    CHECK(refused(csv::options().escape(',')));
    CHECK(refused(csv::options().max_record_bytes((std::size_t{512} << 20) + 1)));
    CHECK_FALSE(refused(csv::options().max_record_bytes(std::size_t{512} << 20)));
    CHECK(refused(csv::options().schema(make_schema({}))));
    CHECK_FALSE(refused(csv::options()));
}

TEST_CASE("csv parser: blank lines between the header and the first row are not kept") {
    const auto pool = buffer_pool::create();
    csv::parser parser{csv::options().pool(pool), "test"};
    const std::string header = "a,b\n";
    const std::string blanks(std::size_t{64} << 10, '\n');
    const auto give = [&](std::string_view text) {
        while (!text.empty()) {
            while (parser.advance().value() != csv::parser::step::need_input) {}
            const auto room = parser.prepare();
            const auto n = std::min(room.size(), text.size());
            std::memcpy(room.data(), text.data(), n);
            parser.commit(n);
            text.remove_prefix(n);
        }
    };
    give(header);
    for (int i = 0; i < 64; ++i) give(blanks);
    CHECK(pool->in_use() <= std::size_t{1} << 20);
    give("1,x\n");
    parser.finish();
    auto step = parser.advance().value();
    while (step == csv::parser::step::working) step = parser.advance().value();
    REQUIRE(step == csv::parser::step::batch);
    CHECK(parser.take().num_rows() == 1);
    CHECK(to_string(*parser.schema()) == "a: int64, b: string");
}

} // namespace csv_parser_test
