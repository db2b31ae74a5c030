// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include "json_support.hpp"

#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

namespace json_policies_test {

using namespace json_test;
using penstock::bad_records;
using penstock::data_type;
using penstock::extra_columns;
using penstock::field;
using penstock::missing_columns;

lines_options skip() { return lines_options{}.on_bad_record(bad_records::skip); }
lines_options capture() { return lines_options{}.on_bad_record(bad_records::capture).capture_column("bad"); }
std::shared_ptr<const penstock::schema> one() { return penstock::make_schema({field{"a", data_type::int64()}}); }

std::string joined(const outcome& o) {
    std::string out;
    for (const auto& r : o.rows) out += (out.empty() ? "" : ";") + r;
    return out;
}

outcome check(std::string_view text, const lines_options& o) {
    const auto whole = read_lines(text, o);
    for (const std::size_t chunk : {1, 2, 3, 7, 40}) CHECK((read_lines(text, o, chunk) == whole));
    return whole;
}

TEST_CASE("json lines policies: an error shows the text it is about, cut and escaped") {
    const auto shown = [](std::string_view text, const lines_options& o = {}) { return check(text, o).error.detail().message; };
    const std::string long_text(100, 'x');
    CHECK(shown("{\"a\":1,,\"b\":2}\n") == "expected a key in quotation marks: \"{\"a\":1,,\"");
    CHECK(shown("{\"" + long_text + "\":1,}\n") ==
          "expected a key in quotation marks: \"..." + std::string(35, 'x') + "\":1,}\"");
    CHECK(shown("{\"a\":\"\xff\"}\n") == "\"{\"a\":\"\\xff\"");
    CHECK(shown("[1,\x1b]\n") == "not a JSON value: \"[1,\\x1b\"");
    CHECK(shown("{\"a\":\"" + long_text + "\"}\n", lines_options{}.schema(one()).max_record_bytes(60)) ==
          "a line is longer than 60 bytes: \"{\"a\":\"" + std::string(34, 'x') + "...\"");
    CHECK(shown("17\n") == "a row must be an object, but the value is an integer: \"17\"");
}

TEST_CASE("json lines policies: what is skipped and what is captured") {
    struct row {
        std::string_view text;
        std::string_view skipped;
        std::string_view captured;
    };
    for (const auto& t : {
             row{"{\"a\":1}\n{\"a\":\n{\"a\":2}\n", "1;2", "1|null;null|\"{\"a\":\";2|null"},
             row{"{\"a\":1}\r\n[2]\r\n{\"a\":2}", "1;2", "1|null;null|\"[2]\";2|null"},
             row{"{\"a\":1}\n\n{\"a\":1.5}\n", "1", "1|null;null|\"{\"a\":1.5}\""},
             row{"{\"a\":1}\n{\"a\":\"\xff\"}\n", "1", "1|null;null|\"{\"a\":\"\xef\xbf\xbd\"}\""},
             row{"{\"a\":1,\"b\":\"this is too long\"}\n{\"a\":2}\n", "2", "null|\"{\"a\":1,\"b\":\"this is \";2|null"},
             row{"{\"a\":1}\n{\"a\":1,\"b\":\"this is too long\"}", "1", "1|null;null|\"{\"a\":1,\"b\":\"this is \""},
             row{"x\ny\n", "", "null|\"x\";null|\"y\""},
             row{"{\"a\":1", "", "null|\"{\"a\":1\""},
         }) {
        CAPTURE(t.text);
        const auto s = check(t.text, skip().schema(one()).max_record_bytes(20));
        CHECK(joined(s) == t.skipped);
        CHECK_FALSE(s.error);
        const auto c = check(t.text, capture().schema(one()).max_record_bytes(20));
        CHECK(joined(c) == t.captured);
        CHECK_FALSE(c.error);
        CHECK(c.schema == "a:int64 bad:string");
        CHECK(s.statistics.rows + s.statistics.skipped_rows == c.statistics.rows);
        CHECK(c.statistics.captured_rows == s.statistics.skipped_rows);
        CHECK(s.statistics.errors.size() == s.statistics.skipped_rows);
        const auto f = check(t.text, lines_options{}.schema(one()).max_record_bytes(20));
        CHECK(f.error.message() == s.statistics.errors.at(0).message());
    }
}

TEST_CASE("json lines policies: places of errors behind a bad record") {
    const auto r = check("{\"a\":1}\n{\"a\":1,\"b\":\"this is too long\"}\n{\"a\":x}\n", skip().schema(one()).max_record_bytes(20));
    REQUIRE(r.statistics.errors.size() == 2);
    CHECK(r.statistics.errors[0].detail().line == 2);
    CHECK(r.statistics.errors[0].code() == errc::record_too_large);
    CHECK(r.statistics.errors[1].detail().line == 3);
    CHECK(*r.statistics.errors[1].detail().byte_offset == 44);
}

TEST_CASE("json lines policies: values that become null are counted") {
    const auto o = lines_options{}.schema(one()).on_bad_record(bad_records::null_values);
    auto r = check("{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":null}\n{\"a\":[]}\n", o);
    CHECK(joined(r) == "1;null;null;null");
    CHECK(r.statistics.null_values == 2);
    CHECK(r.statistics.errors.at(1).detail().line == 4);
    r = check("{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":null}\n{\"a\":[]}\n", lines_options{o}.max_bad_records(1));
    CHECK(joined(r) == "1;null;null");
    CHECK(r.error.detail().message.find("; before it there were 1 bad values") != std::string::npos);
}

TEST_CASE("json lines policies: limits and an index of rows") {
    const std::string_view text = "{\"a\":1}\nx\n\n{\"a\":2}\n{\"a\":3}\ny\n{\"a\":4}\n";
    const auto o = skip().schema(one()).row_index("i", 7);
    CHECK(joined(check(text, o)) == "7|1;9|2;10|3;12|4");
    CHECK(joined(check(text, lines_options{o}.limit(2))) == "7|1;9|2");
    CHECK(check(text, lines_options{o}.limit(0)).rows.empty());
    CHECK(check(text, lines_options{o}.limit(0)).schema == "i:int64 a:int64");
    CHECK(joined(check(text, lines_options{o}.batch_rows(1))) == "7|1;9|2;10|3;12|4");
    const auto r = check(text, lines_options{o}.max_bad_records(1));
    CHECK(joined(r) == "7|1;9|2;10|3");
    CHECK(r.error.code() == errc::malformed_json);
    CHECK(check(text, lines_options{o}.row_index("a")).error.code() == errc::invalid_option);
    CHECK(joined(check("{\"a\":1}\nx\n", lines_options{}.limit(1))) == "1");
}

TEST_CASE("json lines policies: types are inferred from the good records") {
    auto r = check("x\n{\"a\":1}\n[]\n{\"a\":2.5}\n", skip());
    CHECK(r.schema == "a:float64");
    CHECK(joined(r) == "1f;2.5f");
    CHECK(r.statistics.skipped_rows == 2);
    r = check("x\ny\n", capture());
    CHECK(r.schema == "bad:string");
    CHECK(joined(r) == "\"x\";\"y\"");
    std::string bad;
    for (int i = 0; i < 100; ++i) bad += "x\n";
    r = check(bad + "{\"a\":1}\n", skip().inference_bytes(50));
    CHECK(r.error.code() == errc::malformed_json);
    CHECK(r.error.detail().hint == "no type can be inferred from it: give a schema");
}

TEST_CASE("json lines policies: missing and extra columns") {
    const auto s = penstock::make_schema({field{"a", data_type::int64()}, field{"b", data_type::string()}});
    const std::string_view text = "{\"a\":1}\n{\"c\":1.5,\"b\":\"x\"}\n";
    const auto o = lines_options{}.schema(s);
    CHECK(joined(check(text, o)) == "1|null;null|\"x\"");
    CHECK(joined(check(text, lines_options{o}.missing_columns(missing_columns::null))) == "1|null;null|\"x\"");
    auto r = check(text, lines_options{o}.missing_columns(missing_columns::fail));
    CHECK(r.error.message() == "read json lines data.jsonl, line 1, column 1, byte 0: no such column: the column b is "
                               "missing; hint: read it as null: missing_columns");
    r = check(text, lines_options{o}.extra_columns(extra_columns::fail));
    CHECK(r.error.code() == errc::unknown_column);
    CHECK(r.error.detail().line == 2);
    CHECK(joined(check(text, lines_options{o}.extra_columns(extra_columns::fail).on_bad_record(bad_records::skip))) ==
          "1|null");
    r = check(text, lines_options{o}.extra_columns(extra_columns::add));
    CHECK(r.schema == "a:int64 b:string c:float64");
    CHECK(joined(r) == "1|null|null;null|\"x\"|1.5f");
    r = check(text, lines_options{o}.extra_columns(extra_columns::add).columns({"c", "a"}));
    CHECK(r.schema == "c:float64 a:int64");
    // what is asked for is no extra, and what was not asked for is not looked for
    r = check(text, lines_options{o}.columns({"a"}).missing_columns(missing_columns::fail).extra_columns(extra_columns::fail));
    CHECK(r.error.detail().line == 2);
}

TEST_CASE("json lines policies: values of any type, good and bad") {
    const auto r = check("1\n[2,\n\"x\"\n", capture().value_column("v"));
    CHECK(r.schema == "v:string bad:string");
    CHECK(joined(r) == "\"1\"|null;null|\"[2,\";\"\"x\"\"|null");
}

TEST_CASE("json lines policies: parsing on another executor") {
    std::string text;
    for (int i = 0; i < 50000; ++i) text += "{\"a\":1}\n";
    asio::thread_pool pool{1};
    const auto r = read_lines(text, lines_options{}.compute_executor(pool.get_executor()), 100000);
    CHECK(r.rows.size() == 50000);
    CHECK(r.statistics.bytes == text.size());
    CHECK(read_lines("x", lines_options{}.compute_executor(pool.get_executor())).error.code() == errc::malformed_json);
    pool.join();
}

} // namespace json_policies_test
