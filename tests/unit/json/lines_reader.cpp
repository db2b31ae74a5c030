// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/json/lines_reader.hpp>

#include "json_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <functional>

namespace json_lines_reader_test {

using namespace json_test;
using penstock::data_type;
using penstock::field;
using rows = std::vector<std::string>;

inline std::shared_ptr<const penstock::schema> schema_of(std::vector<field> fields) {
    return penstock::make_schema(std::move(fields));
}
inline std::shared_ptr<const penstock::schema> one(std::string name, data_type type, bool nullable = true) {
    std::vector<field> fields;
    fields.emplace_back(std::move(name), type, nullable);
    return schema_of(std::move(fields));
}
inline void check_error(const failure& f, errc code, std::uint64_t line, std::uint64_t column,
                        std::optional<std::uint64_t> offset, std::string_view message) {
    CAPTURE(f.message());
    CHECK(f.code() == code);
    CHECK(f.detail().line == line);
    CHECK(f.detail().column == column);
    CHECK(f.detail().byte_offset == offset);
    CHECK(f.detail().object == "data.jsonl");
    CHECK(f.message().find(message) != std::string::npos);
}

// ------------------------------------------------------------------------------------------------------
// inference

TEST_CASE("lines_reader: types come from the values") {
    const auto r =
        read_lines("{\"i\":1,\"d\":1.5,\"b\":true,\"s\":\"x\"}\n{\"i\":-2,\"d\":2,\"b\":false,\"s\":\"\"}\n");
    CHECK(r.schema == "i:int64 d:float64 b:boolean s:string");
    CHECK(r.rows == rows{"1|1.5f|true|\"x\"", "-2|2f|false|\"\""});
    CHECK_FALSE(r.error);
}

TEST_CASE("lines_reader: what mixes to what") {
    const std::tuple<std::string_view, std::string_view, rows> cases[] = {
        {"1 2", "int64", {"1", "2"}},
        {"1 2.5", "float64", {"1f", "2.5f"}},
        {"2.5 1", "float64", {"2.5f", "1f"}},
        {"1 null", "int64", {"1", "null"}},
        {"null 1.5", "float64", {"null", "1.5f"}},
        {"null null", "string", {"null", "null"}},
        {"true null", "boolean", {"true", "null"}},
        {"true 1", "string", {"\"true\"", "\"1\""}},
        {"1 \"x\"", "string", {"\"1\"", "\"x\""}},
        {"1.50 \"x\"", "string", {"\"1.50\"", "\"x\""}},
        {"[] {}", "string", {"\"[]\"", "\"{}\""}},
        {"\"x\" {\"y\":1e5}", "string", {"\"x\"", "\"{\"y\":1e5}\""}},
        {"9223372036854775807 -9223372036854775808",
         "int64",
         {"9223372036854775807", "-9223372036854775808"}},
        {"9223372036854775808 1.5", "string", {"\"9223372036854775808\"", "\"1.5\""}},
        {"123456789012345678901234567890 true", "string", {"\"123456789012345678901234567890\"", "\"true\""}},
        {"1 -1e400", "string", {"\"1\"", "\"-1e400\""}},
        {"9007199254740993 0.5", "string", {"\"9007199254740993\"", "\"0.5\""}}, // no double holds both
        {"9007199254740992 0.5", "float64", {"9007199254740992f", "0.5f"}},
        {"-0.0 0", "float64", {"-0f", "0f"}},
        {"1e5 1E-2", "float64", {"100000f", "0.01f"}},
    };
    for (const auto& [values, type, expected] : cases) {
        CAPTURE(values);
        std::string text;
        std::string_view rest = values;
        while (!rest.empty()) {
            const auto n = std::min(rest.find(' '), rest.size());
            text += "{\"v\":" + std::string{rest.substr(0, n)} + "}\n";
            rest.remove_prefix(std::min(n + 1, rest.size()));
        }
        const auto r = read_lines(text);
        CHECK(r.schema == "v:" + std::string{type});
        CHECK(r.rows.size() == expected.size());
        CHECK(r.rows == expected);
        CHECK_FALSE(r.error);
    }
}

TEST_CASE("lines_reader: columns are the union of keys, missing ones are null") {
    const auto r = read_lines("{\"a\":1}\n{\"b\":\"x\",\"a\":2}\n{}\n{\"c\":true,\"b\":null}\n");
    CHECK(r.schema == "a:int64 b:string c:boolean");
    CHECK(r.rows == rows{"1|null|null", "2|\"x\"|null", "null|null|null", "null|null|true"});
}

TEST_CASE("lines_reader: keys in any order, twice, empty, escaped, not ASCII") {
    CHECK(read_lines("{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}\n{\"b\":5}\n{\"a\":6,\"b\":7}\n").rows ==
          rows{"1|2", "4|3", "null|5", "6|7"});
    const auto twice = read_lines("{\"a\":1,\"a\":2}\n{\"a\":3,\"b\":0,\"a\":null}\n");
    CHECK(twice.schema == "a:int64 b:int64");
    CHECK(twice.rows == rows{"2|null", "null|0"});
    const auto odd = read_lines("{\"\":1,\"\\u0061\":2,\"ключ\":\"日本\"}\n{\"a\":3,\"\":4}\n");
    CHECK(odd.schema == ":int64 a:int64 ключ:string");
    CHECK(odd.rows == rows{"1|2|\"日本\"", "4|3|null"});
}

TEST_CASE("lines_reader: strings are unescaped, nested values stand as they are where they are not inferred") {
    const auto r = read_lines(R"({"s":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\udc31\u0000z"})");
    CHECK(r.rows == rows{"\"a\"\\/\b\f\n\r\té🐱\0z\""s});
    const auto nested = read_lines("{\"o\": { \"x\" : [1, 2.50,\"\\u00e9\"] } ,\"t\":1}\n", lines_options{}.infer_nested(false));
    CHECK(nested.rows == rows{"\"{ \"x\" : [1, 2.50,\"\\u00e9\"] }\"|1"});
}

TEST_CASE("lines_reader: blank lines, CRLF, a mark at the start, a missing last line feed") {
    for (const auto& text :
         {"{\"a\":1}\n{\"a\":2}\n"s, "{\"a\":1}\n{\"a\":2}"s, "{\"a\":1}\r\n{\"a\":2}\r\n"s,
          "\n\n{\"a\":1}\n \t\r\n\n{\"a\":2}\n\n"s, "\xef\xbb\xbf{\"a\":1}\n{\"a\":2}\n"s,
          "\xef\xbb\xbf\n  {\"a\":1}  \n\t{\"a\":2}\t"s}) {
        CAPTURE(text);
        const auto r = read_lines(text);
        CHECK(r.schema == "a:int64");
        CHECK(r.rows == rows{"1", "2"});
        CHECK_FALSE(r.error);
    }
    for (const auto& text : {""s, "\n"s, " \r\n\t\n "s, "\xef\xbb\xbf"s, "\xef\xbb\xbf\n"s}) {
        const auto r = read_lines(text);
        CHECK(r.schema == "");
        CHECK(r.rows.empty());
        CHECK_FALSE(r.error);
    }
}

TEST_CASE("lines_reader: offsets count the mark at the start") {
    for (const auto& options : {lines_options{}, lines_options{}.value_column("v")})
        check_error(read_lines("\xef\xbb\xbf{\"a\":01}\n", options).error, errc::malformed_json, 1, 7, 9,
                    "leading zero");
}

TEST_CASE("lines_reader: rows without any key are rows") {
    const auto r = read_lines("{}\n{}\n");
    CHECK(r.schema == "");
    CHECK(r.rows == rows{"", ""});
}

TEST_CASE("lines_reader: inference looks at the first rows only, and rows behind them must fit") {
    std::string text;
    for (int i = 0; i < 10; ++i) text += "{\"a\":1}\n";
    const auto more_rows = lines_options{}.inference_rows(10);
    auto r = read_lines(text + "{\"a\":2.5,\"later\":1}\n", more_rows);
    CHECK(r.schema == "a:int64");
    CHECK(r.rows.size() == 10);
    check_error(r.error, errc::type_mismatch, 11, 6, 85, "column a is int64, but the value is a number: 2.5");
    CHECK(r.error.detail().hint.find("inference_rows") != std::string::npos);
    r = read_lines(text + "{\"a\":2,\"later\":1}\n", more_rows); // a key that comes later is passed over
    CHECK(r.schema == "a:int64");
    CHECK(r.rows.size() == 11);
    CHECK_FALSE(r.error);
    CHECK(read_lines(text + "{\"a\":2.5,\"later\":1}\n", lines_options{}.inference_rows(11)).schema ==
          "a:float64 later:int64");
    // by bytes: the line that ends at the limit counts
    CHECK(read_lines(text + "{\"a\":2.5}\n", lines_options{}.inference_bytes(88)).schema == "a:int64");
    CHECK(read_lines(text + "{\"a\":2.5}\n", lines_options{}.inference_bytes(89)).schema == "a:float64");
    CHECK(read_lines("{\"a\":2.5}\n", lines_options{}.inference_bytes(1)).schema == "a:float64");
    CHECK(read_lines("{\"a\":2.5}\n", lines_options{}.inference_rows(1)).schema == "a:float64");
}

TEST_CASE("lines_reader: an inferred double does not take integers that it would change") {
    const auto r = read_lines("{\"a\":0.5}\n{\"a\":9007199254740993}\n", lines_options{}.inference_rows(1));
    CHECK(r.rows == rows{"0.5f"});
    check_error(r.error, errc::type_mismatch, 2, 6, 15, "9007199254740993");
}

TEST_CASE("lines_reader: without inference every column is a string column") {
    const auto r = read_lines("{\"i\":1,\"d\":1.50,\"b\":true,\"s\":\"x\\n\","
                              "\"o\":{\"k\": [1,null]},\"n\":null}\n"
                              "{\"i\":\"2\",\"d\":null,\"w\":12345678901234567890123}\n",
                              lines_options{}.infer_types(false));
    CHECK(r.schema == "i:string d:string b:string s:string o:string n:string w:string");
    // What is no string stands as its JSON text, as in any string column; a null stays a null.
    CHECK(r.rows == rows{"\"1\"|\"1.50\"|\"true\"|\"x\n\"|\"{\"k\": [1,null]}\"|null|null",
                         "\"2\"|null|null|null|null|null|\"12345678901234567890123\""});
    CHECK_FALSE(r.error);
    // Types that first turn up behind the sample are no error then, and a schema is still a schema.
    CHECK(read_lines("{\"a\":1}\n{\"a\":[]}\n", lines_options{}.infer_types(false).inference_rows(1)).rows ==
          rows{"\"1\"", "\"[]\""});
    const auto given = lines_options{}.infer_types(false).schema(one("a", data_type::int64()));
    CHECK(read_lines("{\"a\":1}\n", given).schema == "a:int64");
    const auto some = lines_options{}.infer_types(false).columns({"b"});
    CHECK(read_lines("{\"a\":1,\"b\":2}\n", some).schema == "b:string");
}

TEST_CASE("lines_reader: the columns that inference may find are bounded") {
    std::string line = "{";
    for (int i = 0; i < 20; ++i) line += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    line += "}\n";
    CHECK_FALSE(read_lines(line, lines_options{}.max_columns(20)).error);
    const auto r = read_lines("{\"k0\":5}\n" + line, lines_options{}.max_columns(19));
    check_error(r.error, errc::record_too_large, 2, 1, 9, "more than 19 different keys");
    CHECK(read_lines(line, lines_options{}.max_columns(2).columns({"k7", "k1"})).rows == rows{"1|1"});
}

// ------------------------------------------------------------------------------------------- schema and
// projection

TEST_CASE("lines_reader: a given schema") {
    std::vector<field> fields;
    fields.emplace_back("d", data_type::float64());
    fields.emplace_back("s", data_type::string());
    fields.emplace_back("i", data_type::int64());
    fields.emplace_back("b", data_type::boolean());
    const auto options = lines_options{}.schema(schema_of(fields));
    const auto r = read_lines("{\"i\":1,\"s\":\"x\",\"d\":1,\"b\":true,\"other\":[]}\n"
                              "{\"s\":12.50,\"d\":9007199254740993}\n"
                              "{\"s\":[1, 2],\"d\":18446744073709551615}\n"
                              "{\"s\":true,\"d\":123456789012345678901234567890}\n"
                              "{\"s\":18446744073709551616,\"d\":1}\n",
                              options);
    CHECK(r.schema == "d:float64 s:string i:int64 b:boolean");
    CHECK(r.rows == rows{"1f|\"x\"|1|true", "9007199254740992f|\"12.50\"|null|null",
                         "1.8446744073709552e+19f|\"[1, 2]\"|null|null",
                         "1.2345678901234568e+29f|\"true\"|null|null",
                         "1f|\"18446744073709551616\"|null|null"});
    CHECK_FALSE(r.error);
    CHECK(read_lines("", options).schema == "d:float64 s:string i:int64 b:boolean");
}

TEST_CASE("lines_reader: what a given type does not take") {
    const std::tuple<data_type, std::string_view, std::string_view> cases[] = {
        {data_type::int64(), "1.0", "int64, but the value is a number: 1.0"},
        {data_type::int64(), "\"1x\"", "int64, but the value is a string: \"1x\""},
        {data_type::int32(), "\"1\"", "int32, but the value is a string: \"1\""},
        {data_type::int64(), "true", "a truth value"},
        {data_type::int64(), "9223372036854775808", "an integer"},
        {data_type::int64(), "99999999999999999999", "99999999999999999999"},
        {data_type::int64(), "[]", "an array"},
        {data_type::float64(), "\"1\"", "a string"},
        {data_type::float64(), "1e400", "1e400"},
        {data_type::float64(), "{}", "an object"},
        {data_type::boolean(), "1", "boolean, but the value is an integer: 1"},
        {data_type::boolean(), "\"true\"", "a string"},
    };
    for (const auto& [type, value, message] : cases) {
        CAPTURE(value);
        const auto text = "{\"a\":null}\n{ \"a\" : " + std::string{value} + "}\n{\"a\":null}\n";
        const auto r = read_lines(text, lines_options{}.schema(one("a", type)));
        CHECK(r.rows == rows{"null"});
        check_error(r.error, errc::type_mismatch, 2, 9, 19, message);
        CHECK(r.error.detail().hint.find("on_bad_record") != std::string::npos);
        const auto lenient = read_lines(text, lines_options{}.schema(one("a", type)).on_bad_record(penstock::bad_records::null_values));
        CHECK(lenient.rows == rows{"null", "null", "null"});
        CHECK_FALSE(lenient.error);
    }
}

TEST_CASE("lines_reader: a field that allows no null") {
    const auto options = lines_options{}.schema(one("a", data_type::int64(), false));
    auto r = read_lines("{\"a\":1}\n{\"b\":1}\n", options);
    CHECK(r.rows == rows{"1"});
    check_error(r.error, errc::type_mismatch, 2, 1, 8, "allows no null, but the value is missing");
    r = read_lines("{\"a\": null}\n", options);
    check_error(r.error, errc::type_mismatch, 1, 7, 6, "allows no null, but the value is null");
    // nor may a mismatch become one
    r = read_lines("{\"a\":\"x\"}\n", lines_options{options}.on_bad_record(penstock::bad_records::null_values));
    CHECK(r.error.code() == errc::type_mismatch);
}

TEST_CASE("lines_reader: a row that fails leaves nothing behind in other columns") {
    std::vector<field> fields;
    for (auto type : {data_type::int64(), data_type::string(), data_type::boolean(), data_type::float64()})
        fields.emplace_back(type.name(), type);
    const auto good = R"({"int64":1,"string":"s","boolean":true,"float64":0.5})"s;
    const auto r = read_lines(good + "\n" + R"({"int64":1,"string":"s","boolean":true,"float64":"x"})" + "\n",
                              lines_options{}.schema(schema_of(fields)));
    CHECK(r.rows == rows{"1|\"s\"|true|0.5f"});
    CHECK(r.error.code() == errc::type_mismatch);
}

TEST_CASE("lines_reader: only the columns that were asked for, in that order") {
    const auto text = "{\"a\":1,\"b\":\"x\",\"c\":true}\n{\"c\":false,\"a\":2}\n"s;
    auto r = read_lines(text, lines_options{}.columns({"c", "a"}));
    CHECK(r.schema == "c:boolean a:int64");
    CHECK(r.rows == rows{"true|1", "false|2"});
    std::vector<field> fields;
    fields.emplace_back("a", data_type::float64());
    fields.emplace_back("b", data_type::string());
    r = read_lines(text, lines_options{}.schema(schema_of(fields)).columns({"b"}));
    CHECK(r.schema == "b:string");
    CHECK(r.rows == rows{"\"x\"", "null"});
    r = read_lines(text, lines_options{}.columns({}));
    CHECK(r.schema == "");
    CHECK(r.rows.size() == 2);
}

TEST_CASE("lines_reader: columns that are not there, or twice") {
    const auto text = "{\"a\":1,\"b\":2}\n"s;
    auto r = read_lines(text, lines_options{}.columns({"a", "nope"}));
    CHECK(r.error.code() == errc::unknown_column);
    CHECK(r.error.message().find("nope") != std::string::npos);
    CHECK(r.error.detail().object == "data.jsonl");
    CHECK(r.rows.empty());
    r = read_lines(text, lines_options{}.schema(one("a", data_type::int64())).columns({"b"}));
    CHECK(r.error.code() == errc::unknown_column);
    r = read_lines(text, lines_options{}.columns({"a", "a"}));
    CHECK(r.error.code() == errc::invalid_option);
    std::vector<field> twice;
    twice.emplace_back("a", data_type::int64());
    twice.emplace_back("a", data_type::string());
    CHECK(read_lines(text, lines_options{}.schema(schema_of(twice))).error.code() == errc::invalid_option);
}

TEST_CASE("lines_reader: unknown keys as an error") {
    const auto options = lines_options{}.extra_columns(penstock::extra_columns::fail).schema(one("a", data_type::int64()));
    CHECK_FALSE(read_lines("{\"a\":1}\n{}\n", options).error);
    const auto r = read_lines("{\"a\":1}\n{\"a\":2,\"odd\":3}\n", options);
    CHECK(r.rows == rows{"1"});
    check_error(r.error, errc::unknown_column, 2, 14, 21, "\"odd\" is no column");
    CHECK(r.error.detail().hint.find("a") != std::string::npos);
    const auto some = lines_options{}.extra_columns(penstock::extra_columns::fail).columns({"a"});
    CHECK_FALSE(read_lines("{\"a\":1,\"b\":2}\n", some).error);
}

// ---------------------------------------------------------------------------------------------------------
// values

TEST_CASE("lines_reader: the value column has each line's JSON text") {
    const auto options = lines_options{}.value_column("v");
    const auto r = read_lines(
        "1\n \"x\\u00e9\" \r\nnull\n\n[1, 2]\n{\"a\": 1e5}\n123456789012345678901234567890", options);
    CHECK(r.schema == "v:string");
    CHECK(r.rows == rows{"\"1\"", "\"\"x\\u00e9\"\"", "\"null\"", "\"[1, 2]\"", "\"{\"a\": 1e5}\"",
                         "\"123456789012345678901234567890\""});
    const auto bad = read_lines("1\n2 3\n4\n", options);
    CHECK(bad.rows == rows{"\"1\""});
    check_error(bad.error, errc::malformed_json, 2, 3, 4, "something follows the value");
}

// ---------------------------------------------------------------------------------------------------------
// errors

TEST_CASE("lines_reader: a broken line says where and why, after the rows before it") {
    const std::tuple<std::string, errc, std::uint64_t, std::string_view> cases[] = {
        {"{\"a\":1}{\"a\":2}", errc::malformed_json, 8, "something follows"},
        {"{\"a\":1} {\"a\":2}", errc::malformed_json, 9, "something follows"},
        {"{\"a\":1}\r{\"a\":2}", errc::malformed_json, 9, "something follows"},
        {"{\"a\":1,}", errc::malformed_json, 8, "expected a key"},
        {"{\"a\":01}", errc::malformed_json, 7, "leading zero"},
        {"{\"a\":NaN}", errc::malformed_json, 6, "not a JSON value"},
        {"{\"a\":\"x\ty\"}", errc::malformed_json, 8, "control character"},
        {"{\"a\":\"x", errc::malformed_json, 8, "ends inside a string"},
        {"{\"a\":\"\\ud800\"}", errc::malformed_json, 7, "surrogate"},
        {"{\"z\":[1,2}", errc::malformed_json, 10, "expected ',' or ']'"}, // though nobody asks for z
        {"\xef\xbb\xbf{\"a\":1}", errc::malformed_json, 1, "not a JSON value"},
        {"{\"a\":\"caf\xe9\"}", errc::invalid_utf8, 10, "UTF-8"},
        {"{\"\xc0\x80\":1}", errc::invalid_utf8, 3, "UTF-8"},
        {"\0"s, errc::malformed_json, 1, "not a JSON value"},
        {"1", errc::type_mismatch, 1, "must be an object, but the value is an integer"},
        {"  [1]", errc::type_mismatch, 3, "an array"},
        {"null", errc::type_mismatch, 1, "null"},
        {"\"x\"", errc::type_mismatch, 1, "a string"},
        {"{\"a\":" + std::string(2000, '[') + std::string(2000, ']') + "}", errc::malformed_json, 1028,
         "too deeply"},
    };
    for (const auto& [line, code, column, message] : cases)
        for (const auto& end : {"\n{\"a\":3}\n"s, ""s}) {
            CAPTURE(line);
            const auto r = read_lines("{\"a\":1}\n\n" + line + end);
            CHECK(r.schema == "a:int64");
            CHECK(r.rows == rows{"1"});
            check_error(r.error, code, 3, column, 9 + column - 1, message);
            const auto first = read_lines(line + end); // no row before it: there is no schema either
            if (line.starts_with("\xef")) continue;    // there it is no fault
            CHECK(first.rows.empty());
            CHECK(first.error.code() == code);
        }
}

TEST_CASE("lines_reader: cut anywhere, the rows that are whole come, then an error") {
    const auto text = "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n{\"a\":3,\"b\":\"z\"}"s;
    std::vector<field> fields;
    fields.emplace_back("a", data_type::int64());
    fields.emplace_back("b", data_type::string());
    const auto options = lines_options{}.schema(schema_of(fields));
    REQUIRE(text.size() == 47);
    for (std::size_t n = 0; n <= text.size(); ++n) {
        CAPTURE(n);
        const auto r = read_lines(text.substr(0, n), options);
        CHECK(r.rows.size() == (n + 1) / 16);
        const bool whole = n % 16 == 15 || n % 16 == 0; // before or behind a line feed
        CHECK(static_cast<bool>(r.error) == !whole);
    }
}

TEST_CASE("lines_reader: a line that is too long") {
    const auto options = lines_options{}.max_record_bytes(20);
    const auto fits = "{\"a\":\"" + std::string(12, 'x') + "\"}";
    REQUIRE(fits.size() == 20);
    CHECK_FALSE(read_lines("{\"a\":\"y\"}\n" + fits + "\n" + fits, options).error);
    for (std::size_t chunk : {1, 3, 1000}) {
        for (const auto& end : {"\n"s, ""s, "\n{\"a\":\"z\"}\n"s}) {
            const auto longer = "{\"a\":\"" + std::string(13, 'x') + "\"}";
            const auto r = read_lines("{\"a\":\"y\"}\n" + longer + end, options, chunk);
            CHECK(r.rows == rows{"\"y\""});
            check_error(r.error, errc::record_too_large, 2, 1, 10, "longer than 20 bytes");
            CHECK(r.error.code() == condition::limit);
            check_error(read_lines(longer, options, chunk).error, errc::record_too_large, 1, 1, 0,
                        "20 bytes");
        }
    }
}

TEST_CASE("lines_reader: long lines, longer than any buffer to begin with") {
    std::string text;
    for (std::size_t size : {10ul, 600000ul, 100ul, 1500000ul, 1ul})
        text += "{\"a\":\"" + std::string(size, 'v') + "\",\"n\":" + std::to_string(size) + "}\n";
    const auto r = read_lines(text, {}, 100000);
    CHECK_FALSE(r.error);
    REQUIRE(r.rows.size() == 5);
    CHECK(r.rows[3].size() == 1500000 + 2 + 8);
    CHECK(r.rows[4] == "\"v\"|1");
}

// -------------------------------------------------------------------------------------------------- batches,
// splits

TEST_CASE("lines_reader: batches end by rows, by bytes, and never empty") {
    std::string text;
    for (int i = 0; i < 25; ++i) text += "{\"a\":" + std::to_string(i % 10) + "}\n\n";
    CHECK(read_lines(text, lines_options{}.batch_rows(10)).batches == std::vector<std::size_t>{10, 10, 5});
    CHECK(read_lines(text, lines_options{}.batch_rows(25)).batches == std::vector<std::size_t>{25});
    CHECK(read_lines(text, lines_options{}.batch_rows(5)).batches == std::vector<std::size_t>(5, 5));
    CHECK(read_lines(text, lines_options{}.batch_rows(1)).batches == std::vector<std::size_t>(25, 1));
    // 7 bytes a row: the row that brings it to the limit is the last
    CHECK(read_lines(text, lines_options{}.batch_bytes(70)).batches == std::vector<std::size_t>{10, 10, 5});
    CHECK(read_lines(text, lines_options{}.batch_bytes(71)).batches == std::vector<std::size_t>{11, 11, 3});
    CHECK(read_lines(text, lines_options{}.batch_bytes(1)).batches == std::vector<std::size_t>(25, 1));
    CHECK(read_lines(text + "oops", lines_options{}.batch_rows(10)).batches ==
          std::vector<std::size_t>{10, 10, 5});
}

TEST_CASE("lines_reader: a table of nulls does not grow without bound") {
    std::string text = "{";
    for (int i = 0; i < 4096; ++i) text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    text += "}\n";
    for (int i = 0; i < 3000; ++i) text += "{}\n";
    lines_reader reader{std::make_unique<penstock::memory_source>(text)};
    const auto b = test::run(reader.next());
    REQUIRE(b.has_value());
    CHECK(b->num_rows() == 1024);
    CHECK(b->num_columns() == 4096);
}

TEST_CASE("lines_reader: any split of the bytes gives the same") {
    const std::string texts[] = {
        "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"日本 "
        "\\u00e9\"}\r\n\n{\"b\":null,\"c\":[1,{\"d\":\"}\"}]}\n{\"a\":-5}",
        "\xef\xbb\xbf\r\n{\"a\":1.5}\n{\"a\":12345678901234567890}\n",
        "{\"a\":1}\n{\"a\":2}\n{\"a\":x}\n{\"a\":3}\n",
        "{\"a\":1}\n{\"a\":\"caf\xe9\"}\n",
        "{\"a\":true}\n{\"a\":\"trunc",
        "[]\n",
        "\xef\xbb",
    };
    for (const auto& text : texts)
        for (const auto& options : {lines_options{}, lines_options{}.inference_rows(1).batch_rows(2),
                                    lines_options{}.value_column("v"), lines_options{}.max_record_bytes(20),
                                    lines_options{}.inference_bytes(20)}) {
            const auto whole = read_lines(text, options);
            for (std::size_t chunk = 1; chunk < text.size(); ++chunk) {
                CAPTURE(chunk);
                CHECK((read_lines(text, options, chunk) == whole));
            }
        }
}

/// JSON values of all kinds, some lines broken.
inline std::string random_lines(numbers& n, std::size_t count) {
    static constexpr std::string_view values[] = {
        "1",       "-7",    "2.5",   "null",        "true",  "\"x\"",
        "\"\\n\"", "[1,2]", "{}",    "\"日本\"",    "1e3",   "{\"q\":[]}",
        "0",       "\"\"",  "false", "99999999999", "9e999", "18446744073709551616"};
    static constexpr std::string_view broken[] = {
        "{", "{\"a\":}", "\"a\":1}", "{\"a\":1}}", "{\"a\":\"\xff\"}", "[1]", "7"};
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        if (n.below(60) == 0) {
            out += broken[n.below(std::size(broken))];
        } else if (n.below(20) != 0) {
            out += '{';
            for (std::size_t k = 0, fields = n.below(5); k < fields; ++k) {
                if (k) out += ',';
                out += "\"k" + std::to_string(n.below(6)) + "\":";
                out += values[n.below(std::size(values))];
            }
            out += '}';
        }
        out += n.below(10) == 0 ? "\r\n" : "\n";
    }
    return out;
}

TEST_CASE("lines_reader: random lines, random splits, the same") {
    numbers n{21};
    for (int round = 0; round < 150; ++round) {
        CAPTURE(round);
        const auto text = random_lines(n, 1 + n.below(80));
        const auto options = lines_options{}
                                 .inference_rows(1 + n.below(20))
                                 .batch_rows(1 + n.below(20))
                                 .on_bad_record(static_cast<penstock::bad_records>(n.below(4)));
        const auto whole = read_lines(text, options);
        for (int split = 0; split < 4; ++split) CHECK((read_lines(text, options, 1 + n.below(200)) == whole));
    }
}

TEST_CASE("lines_reader: any byte changed: rows or an error, and the same for any split") {
    const auto text =
        "{\"a\":1,\"b\":\"x\\n\",\"c\":[1.5,null]}\n{\"a\":-2,\"b\":\"y\",\"c\":{\"d\":true}}\n"s;
    for (std::size_t i = 0; i < text.size(); ++i)
        for (const char c : "\0\n\"{},\\\x80\xff"
                            "9"sv) {
            auto changed = text;
            changed[i] = c;
            const auto whole = read_lines(changed);
            CHECK(whole.rows.size() <= 4);
            CHECK((read_lines(changed, {}, 5) == whole));
        }
}

// -----------------------------------------------------------------------------------------------------------
// sources

/// Answers by script: text, '\0' alone for "nothing now", and an error at the end if there is one.
class scripted_source final : public penstock::byte_source {
  public:
    scripted_source(std::deque<std::string> steps, failure at_end)
        : steps_{std::move(steps)}, at_end_{at_end} {}
    penstock::io_result try_read_some(std::span<std::byte> into) override {
        if (steps_.empty())
            return at_end_ ? penstock::io_result::failed(at_end_) : penstock::io_result::end();
        if (steps_.front() == "\0"s) return penstock::io_result::would_block();
        const auto n = std::min(into.size(), steps_.front().size());
        std::memcpy(into.data(), steps_.front().data(), n);
        steps_.front().erase(0, n);
        if (steps_.front().empty()) steps_.pop_front();
        return penstock::io_result::bytes(n);
    }
    awaitable<void> ready() override {
        ++waits;
        if (!steps_.empty() && steps_.front() == "\0"s) steps_.pop_front();
        co_return;
    }
    std::string name() const override { return "data.jsonl"; }
    int waits = 0;

  private:
    std::deque<std::string> steps_;
    failure at_end_;
};

inline outcome read_script(std::deque<std::string> steps, failure at_end = {}, lines_options options = {}) {
    return read_source(std::make_unique<scripted_source>(std::move(steps), std::move(at_end)),
                       std::move(options));
}

/// Blank lines without end, then one row; counts what was asked for.
class blank_source final : public penstock::byte_source {
  public:
    explicit blank_source(std::size_t blanks) : blanks_{blanks} {}
    penstock::io_result try_read_some(std::span<std::byte> into) override {
        largest = std::max(largest, into.size());
        const auto n = std::min(into.size(), blanks_);
        std::memset(into.data(), '\n', n);
        blanks_ -= n;
        if (n) return penstock::io_result::bytes(n);
        const auto row = std::exchange(row_, ""sv);
        if (row.empty()) return penstock::io_result::end();
        std::memcpy(into.data(), row.data(), row.size());
        return penstock::io_result::bytes(row.size());
    }
    awaitable<void> ready() override { co_return; }
    std::size_t largest = 0;

  private:
    std::size_t blanks_;
    std::string_view row_ = "{\"a\":1}\n";
};

TEST_CASE("lines_reader: rows without text, but with many columns, let others run, too") {
    std::string text = "{";
    for (int i = 0; i < 1000; ++i) text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    text += "}\n";
    for (int i = 0; i < 2000; ++i) text += "{}\n";
    boost::asio::io_context io{1};
    int turns = 0;
    bool ended = false;
    std::function<void()> others = [&] {
        ++turns;
        if (!ended) boost::asio::post(io, others);
    };
    others();
    auto read = [](std::string json) -> awaitable<std::size_t> {
        lines_reader reader{std::make_unique<penstock::memory_source>(std::move(json), 1 << 20, "data.jsonl")};
        std::size_t n = 0;
        for (;;) {
            const auto batch = co_await reader.next();
            if (!batch) co_return n;
            n += batch->num_rows();
        }
    };
    std::size_t n = 0;
    boost::asio::co_spawn(io, read(std::move(text)), [&](std::exception_ptr, std::size_t rows) {
        n = rows;
        ended = true;
    });
    io.run();
    CHECK(n == 2001);
    CHECK(turns > 20);
}

TEST_CASE("lines_reader: blank lines take no memory, however many come first") {
    auto owned = std::make_unique<blank_source>(std::size_t{3} << 20);
    auto* source = owned.get();
    lines_reader reader{std::move(owned)};
    outcome out;
    test::run(drain(reader, out));
    CHECK(out.rows == rows{"1"});
    CHECK(source->largest == std::size_t{256} << 10);
    // nor do they count for the rows that types are inferred from
    const auto text = std::string(1000, '\n') + "{\"a\":1}\n" + "{\"a\":1.5}";
    CHECK(read_lines(text, lines_options{}.inference_bytes(17)).schema == "a:float64");
    CHECK(read_lines(text, lines_options{}.inference_bytes(16)).schema == "a:int64");
}

TEST_CASE("lines_reader: waits are waits") {
    const auto none = "\0"s;
    const auto r = read_script({none, "{\"a\":", none, none, "1}\n{\"a\"", none, ":2}\n", none});
    CHECK(r.rows == rows{"1", "2"});
    CHECK_FALSE(r.error);
}

TEST_CASE("lines_reader: errors of the source come after the whole rows before them") {
    const failure gone{errc::connection_closed, "gone"};
    auto r = read_script({"{\"a\":1}\n{\"a\":2}\n{\"a\":"}, gone);
    CHECK(r.schema == "a:int64");
    CHECK(r.rows == rows{"1", "2"});
    CHECK(r.error.code() == errc::connection_closed);
    r = read_script({"{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"}, gone,
                    lines_options{}.inference_rows(1).batch_rows(2));
    CHECK(r.rows == rows{"1", "2", "3"});
    CHECK(r.error.code() == errc::connection_closed);
    for (const char* start :
         {"", "{\"a\":1}", "\n\n"}) { // a line without its end is no row: more may be lost
        std::deque<std::string> steps;
        if (*start) steps.emplace_back(start);
        r = read_script(std::move(steps), gone);
        CHECK(r.schema == "");
        CHECK(r.rows.empty());
        CHECK(r.error.code() == errc::connection_closed);
    }
    r = read_script({"{\"a\":"}, gone, lines_options{}.schema(one("a", data_type::int64())));
    CHECK(r.schema == "a:int64");
    CHECK(r.error.code() == errc::connection_closed);
}

TEST_CASE("lines_reader: schema can be asked for first, last, again, or not at all") {
    auto go = []() -> awaitable<void> {
        lines_reader reader{std::make_unique<penstock::memory_source>("{\"a\":1}\n{\"a\":2}\n", 3)};
        const auto s = co_await reader.schema();
        CHECK(describe(*s) == "a:int64");
        const auto b = co_await reader.next();
        CHECK(b->num_rows() == 2);
        const auto again = co_await reader.schema();
        CHECK(again == s);
        const auto end = co_await reader.next();
        CHECK_FALSE(end.has_value());
        const auto still = co_await reader.next();
        CHECK_FALSE(still.has_value());
        const auto last = co_await reader.schema();
        CHECK(last == s);
    };
    test::run(go());
}

TEST_CASE("lines_reader: moves, with what it has read") {
    lines_reader first{penstock::memory_source{"{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", 3},
                       lines_options{}.batch_rows(1)};
    CHECK(test::run(first.next())->num_rows() == 1);
    lines_reader second{std::move(first)};
    CHECK(test::run(second.next())->column<std::int64_t>("a")[0] == 2);
    lines_reader third{penstock::memory_source{"{\"b\":1}\n"}};
    third = std::move(second);
    CHECK(test::run(third.next())->column<std::int64_t>("a")[0] == 3);
    CHECK_FALSE(test::run(third.next()).has_value());
}

TEST_CASE("lines_reader: batches outlive the reader and its pool is used again") {
    auto pool = penstock::buffer_pool::create();
    std::optional<penstock::record_batch> kept;
    {
        lines_reader reader{std::make_unique<penstock::memory_source>("{\"a\":\"one\"}\n{\"a\":\"two\"}\n"),
                            lines_options{}.pool(pool)};
        kept = test::run(reader.next());
    }
    CHECK(pool->idle() >= std::size_t{256} << 10);
    std::weak_ptr<penstock::buffer_pool> gone = pool;
    pool.reset();
    CHECK(kept->column<std::string_view>("a")[1] == "two");
    kept.reset();
    CHECK(gone.expired());
}

TEST_CASE("lines_reader: long work lets others run") {
    std::string text;
    while (text.size() < std::size_t{3} << 20) text += "{\"a\":1,\"b\":\"some text\"}\n";
    asio::io_context io{1};
    int turns = 0;
    bool done = false;
    std::function<void()> tick = [&] {
        ++turns;
        if (!done) asio::post(io, tick);
    };
    asio::post(io, tick);
    auto go = [](std::string data, bool& finished) -> awaitable<std::size_t> {
        lines_reader reader{std::make_unique<penstock::memory_source>(std::move(data)),
                            lines_options{}.batch_rows(1000000).batch_bytes(std::size_t{100} << 20)};
        const auto batch = co_await reader.next();
        finished = true;
        co_return batch->num_rows();
    };
    CHECK(test::run(io, go(std::move(text), done)) > 100000);
    CHECK(turns >= 10);
}

/// Never ready until told; cancelled meanwhile.
class stalled_source final : public penstock::byte_source {
  public:
    penstock::io_result try_read_some(std::span<std::byte> into) override {
        if (next.empty()) return ended ? penstock::io_result::end() : penstock::io_result::would_block();
        const auto n = std::min(next.size(), into.size());
        std::memcpy(into.data(), next.data(), n);
        next.erase(0, n);
        return penstock::io_result::bytes(n);
    }
    awaitable<void> ready() override {
        if (!next.empty() || ended) co_return;
        asio::steady_timer never{co_await asio::this_coro::executor};
        never.expires_at(asio::steady_timer::time_point::max());
        co_await never.async_wait(asio::use_awaitable);
    }
    std::string next;
    bool ended = false;
};

TEST_CASE("lines_reader: a cancelled call loses no row") {
    asio::io_context io{1};
    auto owned = std::make_unique<stalled_source>();
    auto* source = owned.get();
    source->next = "{\"a\":1}\n{\"a\":2}\n{\"a\"";
    lines_reader reader{std::move(owned), lines_options{}.inference_rows(1)};
    asio::cancellation_signal stop;
    bool cancelled = false;
    asio::co_spawn(io, reader.next(),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](std::exception_ptr e, std::optional<penstock::record_batch>) {
                           cancelled = e != nullptr;
                       }));
    io.run_for(std::chrono::milliseconds{20});
    stop.emit(asio::cancellation_type::terminal);
    io.restart();
    io.run_for(std::chrono::seconds{5});
    CHECK(cancelled);
    source->next = ":3}\n";
    source->ended = true;
    outcome out;
    test::run(io, drain(reader, out));
    CHECK(out.rows == rows{"1", "2", "3"});
    CHECK_FALSE(out.error);
}

} // namespace json_lines_reader_test
