// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "json_support.hpp"

#include <penstock/columnar/parse_data_type.hpp>
#include <penstock/format/table_printer.hpp>

#include <doctest/doctest.h>

#include <random>
#include <tuple>

namespace nested_json {

using namespace json_test;
using namespace penstock;

/// What was read of one column "v", each value as the table shows it, joined by spaces; or the error.
struct read_column {
    std::string type;
    std::string values;
    failure error;
};

awaitable<void> collect(lines_reader& reader, read_column& out) {
    try {
        for (;;) {
            const auto batch = co_await reader.next();
            if (!batch) co_return;
            const auto at = batch->schema().index_of("v");
            REQUIRE(at.has_value());
            out.type = (*batch)[*at].type().name();
            for (std::size_t r = 0; r < batch->num_rows(); ++r) {
                if (!out.values.empty()) out.values += ' ';
                append_value(out.values, (*batch)[*at], r, "null");
            }
        }
    } catch (const error& e) {
        out.error = e.as_failure();
    }
}

read_column read(const std::string& text, lines_options options = {}, std::size_t chunk = 7) {
    lines_reader reader{std::make_unique<memory_source>(text, chunk, "data.jsonl"), std::move(options)};
    read_column out;
    test::run(collect(reader, out));
    return out;
}

/// One row a value; what stands between bars.
std::string rows_of(std::string_view values) {
    std::string text;
    while (!values.empty()) {
        const auto n = std::min(values.find('|'), values.size());
        text += "{\"v\":" + std::string{values.substr(0, n)} + "}\n";
        values.remove_prefix(std::min(n + 1, values.size()));
    }
    return text;
}

lines_options typed(data_type type, bool nullable = true) {
    return lines_options{}.schema(make_schema({field{"v", std::move(type), nullable}}));
}

TEST_CASE("json: types that are inferred") {
    const std::tuple<std::string_view, std::string_view, std::string_view> cases[] = {
        {"[1,2]|null|[]|[null,3]", "list<item: int64>", "[1, 2] null [] [null, 3]"},
        {"[1]|[2.5]", "list<item: double>", "[1.0] [2.5]"},
        {"[]|null", "list<item: string>", "[] null"},
        {R"({"a":1}|{"b":"x"}|null|{})", "struct<a: int64, b: string>", ""},
        {R"([{"a":[1]},{"b":true}])", "list<item: struct<a: list<item: int64>, b: bool>>", ""},
        {"[1]|2", "string", "[1] 2"},
        {R"({"a": 1}|[2])", "string", R"({"a": 1} [2])"},
        {R"({"a":1}|{"a":"x"})", "struct<a: string>", ""},
        {"18446744073709551615|0", "uint64", "18446744073709551615 0"},
        {"18446744073709551615|-1", "decimal128(38, 0)", "18446744073709551615 -1"},
        {"99999999999999999999999999999999999999|1", "decimal128(38, 0)", ""},
        {"123456789012345678901234567890123456789012|-5", "decimal256(76, 0)", "123456789012345678901234567890123456789012 -5"},
        {"\"2024-02-29\"|null", "date32", "2024-02-29 null"},
        {"\"2024-02-29 10:00:00\"|\"2024-03-01\"", "timestamp[us]", ""},
        {"\"2024-02-29\"|\"x\"", "string", "2024-02-29 x"},
        {"\"2024-02-29\"|1", "string", "2024-02-29 1"},
        {"\"7\"|\"8\"", "string", "7 8"},
    };
    for (const auto& [values, type, shown] : cases) {
        CAPTURE(values);
        const auto r = read(rows_of(values));
        CHECK(!r.error);
        // names of types: by what they parse to
        if (type != r.type) CHECK(parse_data_type(type).value().name() == r.type);
        if (!shown.empty()) CHECK(r.values == shown);
        const auto text = read(rows_of(values), lines_options{}.infer_types(false));
        CHECK(text.type == "string");
        CHECK(!text.error);
    }
}

TEST_CASE("json: nested values as text") {
    const auto r = read(rows_of(R"({"a": [1, 2] }|[ ]|null)"), lines_options{}.infer_nested(false));
    CHECK(r.type == "string");
    CHECK(r.values == R"({"a": [1, 2] } [ ] null)");
}

TEST_CASE("json: values of every type that a schema can ask for") {
    using t = data_type;
    const std::tuple<t, std::string_view, std::string_view> cases[] = {
        {t::null(), "null|null", "null null"},
        {t::int8(), "-128|127|-0", "-128 127 0"},
        {t::uint8(), "255", "255"},
        {t::int16(), "-32768", "-32768"},
        {t::int32(), "2147483647", "2147483647"},
        {t::uint64(), "18446744073709551615", "18446744073709551615"},
        {t::float32(), "0.1|1e3|2", "0.1 1000.0 2.0"},
        {t::float16(), "0.5", "0.5"},
        {t::float64(), "18446744073709551616", "1.8446744073709552e+19"},
        {t::decimal128(10, 2), "12.5|-0.05|\"3.25\"|1e3", "12.50 -0.05 3.25 1000.00"},
        {t::decimal256(50, 1), "12345678901234567890123456789012345678901.5", "12345678901234567890123456789012345678901.5"},
        {t::string(), R"("a\nb"|1.50|true|[1, 2]|{"x":null})", ""},
        {t::large_string(), R"("é"|7)", "é 7"},
        {t::string_view(), R"("more than twelve bytes"|"x")", "more than twelve bytes x"},
        {t::date32(), "\"2024-02-29\"", "2024-02-29"},
        {t::duration(time_unit::second), "\"PT90S\"|5", ""},
        // what the writer can be asked for
        {t::int64(), R"("9007199254740993"|-7)", "9007199254740993 -7"},
        {t::uint64(), R"("18446744073709551615")", "18446744073709551615"},
        {t::float64(), R"("NaN"|"-Infinity"|"Infinity"|1)", "NaN -Infinity Infinity 1.0"},
        {t::date32(), "19782|-1|null", "2024-02-29 1969-12-31 null"},
        {t::date64(), "86400000", "1970-01-02"},
        {t::time32(time_unit::second), "86399", "23:59:59"},
        {t::time64(time_unit::nanosecond), "1", "00:00:00.000000001"},
        {t::timestamp(time_unit::millisecond, "UTC"), "1709251199500", "2024-02-29T23:59:59.500Z"},
        {t::interval_months(), "14", "P14M"},
        {t::dictionary(t::int8(), t::date32()), "1|\"1970-01-02\"", "1970-01-02 1970-01-02"},
        {t::dictionary(t::int8(), t::boolean()), "true|null|false", "true null false"},
        {t::list(t::int8()), "[1,null]|[]|null", "[1, null] [] null"},
        {t::large_list(t::list(t::boolean())), "[[true],[]]", "[[true], []]"},
        {t::fixed_size_list(t::int64(), 2), "[1,2]|null|[null,3]", "[1, 2] null [null, 3]"},
        {t::dictionary(t::int8(), t::string()), R"("x"|"y"|"x"|null)", "x y x null"},
        {t::map(t::string(), t::int64()), R"({"k":1,"l":null}|{}|null)", ""},
        {t::struct_({field{"a", t::int64()}, field{"b", t::list(t::string())}}), R"({"b":["x"],"a":1}|{"a":2,"a":3,"c":[{}]}|null)", ""},
    };
    for (const auto& [type, values, shown] : cases) {
        CAPTURE(type.name());
        const auto r = read(rows_of(values), typed(type));
        CHECK(r.error.message() == failure{}.message());
        CHECK(r.type == type.name());
        if (!shown.empty()) CHECK(r.values == shown);
    }
    const auto last = read(rows_of(R"({"a":2,"a":3})"), typed(t::struct_({field{"a", t::int64()}})));
    CHECK(last.values.find('3') != last.values.npos);
    CHECK(last.values.find('2') == last.values.npos);
}

TEST_CASE("json: what a type does not take") {
    using t = data_type;
    const std::tuple<t, std::string_view, std::string_view, std::uint64_t> cases[] = {
        {t::int8(), "128", "v is int8, but the value is an integer: 128", 6},
        {t::uint8(), "-1", "v is uint8, but the value is an integer: -1", 6},
        {t::int64(), "1.0", "the value is a number: 1.0", 6},
        {t::decimal128(4, 2), "1.234", "the value is a number: 1.234", 6},
        {t::boolean(), "1", "the value is an integer: 1", 6},
        {t::date32(), "\"2023-02-29\"", "the value is a string: \"2023-02-29\"", 6},
        {t::list(t::int64()), "[1,\"x\"]", "v[] is int64, but the value is a string: \"x\"", 9},
        {t::list(t::int64()), "{\"a\":1}", "the value is an object: {\"a\":1}", 6},
        {t::fixed_size_list(t::int64(), 2), "[1]", "the value is an array: [1]", 6},
        {t::struct_({field{"a", t::int64()}}), R"({"a":{"b":2}})", "v.a is int64, but the value is an object: {\"b\":2}", 11},
        {t::struct_({field{"a", t::int64(), false}}), R"({"b":2})", "v.a allows no null, but the value is missing", 1},
        {t::list(field{"item", t::int64(), false}), "[null]", "v[] allows no null, but the value is null", 7},
        {t::map(t::string(), t::int64()), R"({"k":"x"})", "is int64, but the value is a string: \"x\"", 11},
        {t::null(), "1", "v is null, but the value is an integer: 1", 6},
        {t::int32(), "\"5\"", "v is int32, but the value is a string: \"5\"", 6},
        {t::int64(), "\"5.0\"", "the value is a string: \"5.0\"", 6},
        {t::int64(), "\" 5\"", "the value is a string: \" 5\"", 6},
        {t::float64(), "\"1.5\"", "the value is a string: \"1.5\"", 6},
        {t::float64(), "\"nan\"", "the value is a string: \"nan\"", 6},
        {t::date32(), "2147483648", "the value is an integer: 2147483648", 6},
        {t::date32(), "1.0", "the value is a number: 1.0", 6},
        {t::date64(), "1", "the value is an integer: 1", 6},
        {t::time32(time_unit::second), "86400", "the value is an integer: 86400", 6},
        {t::interval_day_time(), "1", "the value is an integer: 1", 6},
    };
    for (const auto& [type, value, message, column] : cases) {
        CAPTURE(type.name());
        const auto r = read(rows_of("null") + rows_of(value) + rows_of("null"), typed(type));
        CHECK(r.values == "null");
        CHECK(r.error.code() == errc::type_mismatch);
        CHECK(r.error.message().find(message) != std::string::npos);
        CHECK(r.error.detail().line == 2u);
        CHECK(r.error.detail().column == column);
        // as null, the innermost that may be
        const auto n = read(rows_of("null") + rows_of(value) + rows_of("null"),
                            typed(type).on_bad_record(bad_records::null_values));
        if (message.find("allows no null") == message.npos) CHECK(!n.error);
        const auto s = read(rows_of("null") + rows_of(value) + rows_of("null"), typed(type).on_bad_record(bad_records::skip));
        CHECK(!s.error);
        CHECK(s.values == "null null");
    }
}

TEST_CASE("json: what is a number elsewhere is none in JSON, whatever the column's type") {
    using t = data_type;
    const t types[] = {t::int8(), t::int64(), t::uint64(), t::float16(), t::float32(), t::float64(), t::decimal128(10, 2),
                       t::decimal256(50, 0), t::duration(time_unit::second), t::date32(), t::boolean(), t::string(), t::null(),
                       t::timestamp(time_unit::second), t::dictionary(t::int8(), t::float64()), t::list(t::float64())};
    for (const auto& type : types)
        for (const std::string value : {"NaN", "Infinity", "-Infinity", "nan", "inf", "-inf", "+1", "01", "-01", ".5", "-.5", "1.", "1e", "1e+",
                                        "-", "--1", "0x10", "1_000", "1f", "1.5.5", "True", "nul", "\xef\xbc\x91"}) {
            CAPTURE(type.name());
            CAPTURE(value);
            for (const auto& row : {"{\"v\":" + value + "}\n", "{\"v\":[" + value + "]}\n", "{ \"v\" : " + value + " , \"w\":1}\n"}) {
                const auto r = read(row, typed(type));
                const bool refused = r.error.code() == errc::malformed_json || r.error.code() == errc::type_mismatch;
                CHECK_MESSAGE(refused, r.error.message());
                if (row.find('[') == row.npos) CHECK(r.error.code() == errc::malformed_json);
                CHECK(r.values.empty());
            }
        }
}

TEST_CASE("json: types that JSON has no values of") {
    for (const auto& type : {data_type::sparse_union({field{"a", data_type::int8()}}),
                             data_type::list(data_type::dense_union({field{"a", data_type::int8()}}))}) {
        const auto r = read("{\"v\":1}\n", typed(type));
        CHECK(r.error.code() == errc::unsupported);
    }
}

TEST_CASE("json: keys that occur twice") {
    const std::string text = "{\"v\":1,\"v\":2}\n{\"w\":1,\"v\":{\"a\":1,\"a\":[]}}\n";
    CHECK(!read(text, typed(data_type::string())).error);
    const auto r = read(text, typed(data_type::string()).duplicate_keys_as_error(true));
    CHECK(r.error.code() == errc::malformed_json);
    CHECK(r.error.detail().line == 1u);
    CHECK(r.error.detail().column == 12u);
    CHECK(read("{\"v\":{\"a\":1,\"b\":{\"a\":1,\"\\u0061\":2}}}\n", lines_options{}.duplicate_keys_as_error(true)).error.code() ==
          errc::malformed_json);
    CHECK(read("{\"x\":{\"a\":1,\"a\":1},\"v\":1}\n", typed(data_type::int64()).duplicate_keys_as_error(true)).error);
    CHECK(!read("{\"v\":1,\"w\":{\"v\":2}}\n{\"v\":1}\n", lines_options{}.duplicate_keys_as_error(true)).error);
}

TEST_CASE("json: the columns and members that inference may find are bounded") {
    const auto r = read("{\"v\":{\"a\":1,\"b\":2,\"c\":[{\"d\":1}]}}\n", lines_options{}.max_columns(4));
    CHECK(r.error.code() == errc::record_too_large);
    CHECK(!read("{\"v\":{\"a\":1,\"b\":2,\"c\":[{\"d\":1}]}}\n", lines_options{}.max_columns(5)).error);
    std::string deep = "1";
    for (int i = 0; i < 200; ++i) deep = "[" + deep + "]";
    CHECK(!read("{\"v\":" + deep + "}\n").error);
}

TEST_CASE("json: any split and any batch size gives the same nested values") {
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += "{\"v\":{\"a\":[" + std::string(i % 3 ? "1,2" : "") + "],\"b\":{\"c\":\"x\\u00e9" + std::to_string(i) + "\"}},\"w\":" +
                std::to_string(i) + "}\n";
    const auto whole = read(text, {}, text.size());
    CHECK(!whole.error);
    for (const std::size_t chunk : {1u, 3u, 64u, 1000u}) {
        CHECK(read(text, {}, chunk).values == whole.values);
        CHECK(read(text, lines_options{}.batch_rows(7), chunk).values == whole.values);
    }
}

TEST_CASE("json: columns and whole values refuse the same texts, whatever byte is changed") {
    const std::string_view valid = R"({"v":{"a":[1,-2.5e3,true,"x\\u00e9\"y",{"k\\n":null}],"b":{}},"w":[[],[{}]],"z":false})";
    const std::string_view bytes{"\"\\,:{}[] \t0-.eEntu\x01\xc3\xa9z"};
    std::mt19937 random{11};
    const auto none = make_schema({field{"other", data_type::string()}});
    for (int i = 0; i < 3000; ++i) {
        std::string text{valid};
        for (int n = static_cast<int>(random() % 3); n >= 0; --n) {
            const auto at = random() % text.size();
            switch (random() % 3) {
            case 0:
                text[at] = bytes[random() % bytes.size()];
                break;
            case 1:
                text.erase(at, 1 + random() % 4);
                break;
            default:
                text.insert(at, 1, bytes[random() % bytes.size()]);
            }
        }
        if (text.front() != '{') continue; // whether it is an object is told first
        CAPTURE(text);
        const auto values = read_lines(text, lines_options{}.value_column("v"));
        const auto passed = read_lines(text, lines_options{}.schema(none));
        CHECK(passed.error.message() == values.error.message());
        const auto kept = read_lines(text, typed(data_type::string()));
        CHECK(kept.error.message() == values.error.message());
    }
}

} // namespace nested_json
