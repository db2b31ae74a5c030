// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/json/detail/json_fault.hpp>
#include <penstock/json/detail/raw_json.hpp>

#include <penstock/format/utf8.hpp>

#include "json_support.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

namespace json_fault_test {

using namespace json_test;
using penstock::json::detail::find_json_fault;
using penstock::json::detail::quote_wide_numbers;
using penstock::json::detail::raw_fields;
using penstock::json::detail::skip_json_value;
using penstock::json::detail::trim_json_space;

TEST_CASE("json_fault: valid texts have none") {
    for (const auto& text : {"1"sv,
                             "-0"sv,
                             "0.5"sv,
                             "1e5"sv,
                             "-1.25E-10"sv,
                             "123456789012345678901234567890"sv,
                             "1e999"sv,
                             "\"\""sv,
                             "\"a\\n\\u00e9\\ud83d\\udc31\\/\""sv,
                             "true"sv,
                             "false"sv,
                             "null"sv,
                             "{}"sv,
                             "[]"sv,
                             " { } "sv,
                             "[ ]"sv,
                             "[1,[2,{\"a\":[]}],3]"sv,
                             "{\"a\":1,\"b\":{\"c\":null}}"sv,
                             "\t\r\n [ 1 , 2 ] \n"sv,
                             "\"\x7f\""sv,
                             "\"\xe6\x97\xa5\""sv,
                             "{\"a\":1,\"a\":2}"sv,
                             "\"\\u0000\""sv}) {
        CAPTURE(text);
        CHECK_FALSE(find_json_fault(text));
    }
    CHECK_FALSE(find_json_fault(std::string(1023, '[') + std::string(1023, ']')));
}

TEST_CASE("json_fault: where and why") {
    const std::tuple<std::string_view, std::size_t, std::string_view> cases[] = {
        {"", 0, "ends where a value"},
        {"  ", 2, "ends where a value"},
        {"{", 1, "ends inside an object"},
        {"{\"a\"", 4, "ends inside an object"},
        {"{\"a\":", 5, "ends where a value"},
        {"{\"a\":1", 6, "ends inside an object"},
        {"{\"a\":1,", 7, "ends inside an object"},
        {"[", 1, "ends where a value"},
        {"[1", 2, "ends inside an array"},
        {"{\"a\":1,}", 7, "expected a key"},
        {"{,}", 1, "expected a key"},
        {"{1:2}", 1, "expected a key"},
        {"{'a':1}", 1, "expected a key"},
        {"{\"a\" 1}", 5, "expected ':'"},
        {"{\"a\":1 \"b\":2}", 7, "expected ',' or '}'"},
        {"{\"a\":1]", 6, "expected ',' or '}'"},
        {"[1 2]", 3, "expected ',' or ']'"},
        {"[1}", 2, "expected ',' or ']'"},
        {"[1,]", 3, "not a JSON value"},
        {"[,1]", 1, "not a JSON value"},
        {"{\"a\":NaN}", 5, "not a JSON value"},
        {"{\"a\":+1}", 5, "not a JSON value"},
        {"{\"a\":.5}", 5, "not a JSON value"},
        {"tru", 0, "not a JSON value"},
        {"nulL", 0, "not a JSON value"},
        {"truex", 4, "something follows"},
        {"1 2", 2, "something follows"},
        {"{}{}", 2, "something follows"},
        {"{} // c", 3, "something follows"},
        {"]", 0, "not a JSON value"},
        {"01", 1, "leading zero"},
        {"-01", 2, "leading zero"},
        {"-", 1, "expected a digit"},
        {"-a", 1, "expected a digit"},
        {"1.", 2, "after the decimal point"},
        {"1.e5", 2, "after the decimal point"},
        {"1e", 2, "in the exponent"},
        {"1e+", 3, "in the exponent"},
        {"\"abc", 4, "ends inside a string"},
        {"\"abc\\", 5, "ends inside a string"},
        {"\"a\tb\"", 2, "control character"},
        {"\"a\0b\""sv, 2, "control character"},
        {"\"\\x\"", 1, "unknown escape"},
        {"\"\\u12g4\"", 1, "four hexadecimal digits"},
        {"\"\\u12\"", 1, "four hexadecimal digits"},
        {"\"ab\\ud800\"", 3, "surrogate"},
        {"\"\\udc00\\ud800\"", 1, "surrogate"},
        {"\"\\ud800\\u0041\"", 1, "surrogate"},
        {"\x0c"
         "1",
         0, "not a JSON value"},
    };
    for (const auto& [text, offset, what] : cases) {
        CAPTURE(text);
        const auto f = find_json_fault(text);
        REQUIRE(f);
        CHECK(f.offset == offset);
        CHECK(std::string_view{f.what}.find(what) != std::string_view::npos);
    }
    CHECK(find_json_fault(std::string(1024, '[')).offset == 1023);
    CHECK(find_json_fault(std::string(1000000, '[')).offset == 1023);
}

/// Bytes that are nearly JSON.
inline std::string nearly_json(numbers& n) {
    static constexpr std::string_view parts[] = {
        "{",   "}",    "[",    "]",        ",",  ":",  "\"a\"",   "\"\\n\"", "1",      "-0",      "1.5",
        "1e5", "true", "null", " ",        "\"", "\\", "01",      "-",       "\"b\":", "{\"a\":", "[]",
        "{}",  "\x01", "\xff", "\xc3\xa9", "x",  ".",  "\\u00e9", "\\ud800", "e",      "12345"};
    std::string out;
    for (auto i = 1 + n.below(9); i > 0; --i) out += parts[n.below(std::size(parts))];
    return out;
}

TEST_CASE("json_fault: agrees with simdjson on what is JSON") {
    numbers n{5};
    simdjson::dom::parser parser;
    std::size_t valid = 0;
    for (int round = 0; round < 100000; ++round) {
        const auto text = nearly_json(n);
        const bool ours =
            !find_json_fault(text) && penstock::find_invalid_utf8(text) == std::string_view::npos;
        const bool theirs =
            parser.parse(simdjson::padded_string{ours ? quote_wide_numbers(text) : text}).error() ==
            simdjson::SUCCESS;
        valid += ours;
        if (ours != theirs) FAIL_CHECK("differ on: ", text);
    }
    CHECK(valid > 3000);
}

TEST_CASE("json_fault: any prefix of a value is none, or a value of its own") {
    const auto text = "{\"a\":[1,2.5e-3,{\"b\":\"x\\u00e9\\\"\"}],\"c\":null,\"d\":true}"s;
    REQUIRE_FALSE(find_json_fault(text));
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto f = find_json_fault(text.substr(0, i));
        CHECK(f);
        CHECK(f.offset <= i);
    }
}

TEST_CASE("quote_wide_numbers: only what nothing else can hold") {
    for (const auto& same :
         {"{\"a\":9223372036854775807,\"b\":-9223372036854775808,\"c\":18446744073709551615}"s,
          "[1e308,-1e308,5e-324,1e-999,0.1,-0]"s, "\"123456789012345678901234567890\""s,
          "{\"123456789012345678901\":\"\\\"123456789012345678901\"}"s})
        CHECK(quote_wide_numbers(same) == same);
    CHECK(quote_wide_numbers("18446744073709551616") == "\"18446744073709551616\"");
    CHECK(quote_wide_numbers("[ -9223372036854775809 , 1e309]") == "[ \"-9223372036854775809\" , \"1e309\"]");
    CHECK(quote_wide_numbers("{\"a\":-1e400}") == "{\"a\":\"-1e400\"}");
}

TEST_CASE("raw_fields: values as they stand, in any order of asking") {
    raw_fields raw;
    raw.reset("  { \"a\" : 1.50 ,\"b}\":\"x,\\\"}]\" , \"c\":[1,{\"d\":\"]\"}, 2 ],\"e\":{ } ,\"f\":null}  ");
    const std::string_view values[] = {"1.50", "\"x,\\\"}]\"", "[1,{\"d\":\"]\"}, 2 ]", "{ }", "null"};
    for (std::size_t i : {0, 1, 2, 3, 4, 4, 2, 0, 3}) CHECK(raw[i] == values[i]);
    raw.reset("{\"z\":true}");
    CHECK(raw[0] == "true");
}

TEST_CASE("raw_fields: on other bytes they stay within the text") {
    numbers n{6};
    for (int round = 0; round < 20000; ++round) {
        const auto text = nearly_json(n);
        raw_fields raw;
        raw.reset(text);
        for (std::size_t i : {0, 3, 1}) {
            const auto v = raw[i];
            CHECK(v.data() >= text.data());
            CHECK(v.data() + v.size() <= text.data() + text.size());
        }
        for (std::size_t i = 0; i <= text.size(); ++i) CHECK(skip_json_value(text, i) <= text.size());
    }
}

TEST_CASE("trim_json_space") {
    CHECK(trim_json_space(" \t{ }\r\n") == "{ }");
    CHECK(trim_json_space(" \r\n") == "");
    CHECK(trim_json_space("") == "");
    CHECK(trim_json_space("\x0b"
                          "1") == "\x0b"
                                  "1");
}

} // namespace json_fault_test
