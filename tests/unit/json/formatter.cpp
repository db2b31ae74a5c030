// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/json/document_writer.hpp>

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/dictionary_builder.hpp>
#include <penstock/columnar/nested_builders.hpp>
#include <penstock/format/scalar_text.hpp>
#include <penstock/json/detail/value_writer.hpp>
#include <penstock/json/formatter.hpp>

#include "json_support.hpp"
#include <support/random_batches.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include <limits>

namespace json_formatter_test {

using namespace json_test;
using namespace penstock;
using json::write_options;
using json::write_shape;

/// One column "c" of these texts (none: a null).
inline record_batch column(data_type type, std::vector<std::optional<std::string>> texts) {
    array_builder to{type, buffer_pool::create()};
    scalar_parser parser{type};
    for (const auto& t : texts) {
        if (!t)
            to.append_null();
        else
            REQUIRE(parser.append(*t, to));
    }
    std::vector<array> columns;
    columns.push_back(to.finish());
    return record_batch{make_schema({field{"c", type}}), std::move(columns), texts.size()};
}

inline std::string text_of(const record_batch& batch, write_options options = {},
                           write_shape shape = write_shape::lines) {
    json::formatter f{shape, std::move(options)};
    std::string out;
    const auto done = f.append_rows(out, batch);
    CHECK(done == batch.num_rows());
    f.append_end(out);
    return out;
}

/// The first value as it stands in the text.
inline std::string value_of(const record_batch& batch, write_options options = {}) {
    const auto text = text_of(batch, std::move(options));
    return text.substr(5, text.find('\n') - 6);
}

inline failure refused(const record_batch& batch, write_options options = {}, write_shape shape = write_shape::lines) {
    try {
        text_of(batch, std::move(options), shape);
    } catch (const error& e) {
        return e.as_failure();
    }
    return {};
}

TEST_CASE("formatter: options for values") {
    const auto value = [](data_type type, std::string text, write_options options) {
        return value_of(column(std::move(type), {std::move(text)}), std::move(options));
    };
    const auto numbers = write_options().dates(json::date_form::number);
    CHECK(value(data_type::date32(), "1970-01-03", numbers) == "2");
    CHECK(value(data_type::date64(), "1970-01-02", numbers) == "86400000");
    CHECK(value(data_type::time32(time_unit::millisecond), "00:00:01.5", numbers) == "1500");
    CHECK(value(data_type::time64(time_unit::nanosecond), "00:00:01", numbers) == "1000000000");
    CHECK(value(data_type::timestamp(time_unit::second), "1969-12-31T23:59:59", numbers) == "-1");
    CHECK(value(data_type::timestamp(time_unit::microsecond, "UTC"), "1970-01-01T00:00:01Z", numbers) == "1000000");
    CHECK(value(data_type::duration(time_unit::second), "PT2M", numbers) == "120");
    CHECK(value(data_type::interval_months(), "P1Y", numbers) == "12");
    CHECK(value(data_type::interval_day_time(), "P1D", numbers).front() == '"');

    const auto some = write_options().wide_numbers(json::wide_numbers::text_where_wide);
    const auto all = write_options().wide_numbers(json::wide_numbers::text);
    CHECK(value(data_type::int64(), "9007199254740992", some) == "9007199254740992");
    CHECK(value(data_type::int64(), "9007199254740993", some) == "\"9007199254740993\"");
    CHECK(value(data_type::int64(), "-9007199254740993", some) == "\"-9007199254740993\"");
    CHECK(value(data_type::uint64(), "9007199254740992", some) == "9007199254740992");
    CHECK(value(data_type::uint64(), "9007199254740993", some) == "\"9007199254740993\"");
    CHECK(value(data_type::decimal128(15, 2), "1.50", some) == "1.50");
    CHECK(value(data_type::decimal128(16, 2), "1.50", some) == "\"1.50\"");
    CHECK(value(data_type::int64(), "1", all) == "\"1\"");
    CHECK(value(data_type::uint64(), "1", all) == "\"1\"");
    CHECK(value(data_type::int32(), "1", all) == "1");
    CHECK(value(data_type::decimal128(5, 2), "1.50", all) == "\"1.50\"");

    for (const auto& type : {data_type::float16(), data_type::float32(), data_type::float64()}) {
        CHECK(value(type, "NaN", write_options().not_finite(json::not_finite::null)) == "null");
        CHECK(value(type, "-Infinity", write_options().not_finite(json::not_finite::text)) == "\"-Infinity\"");
        for (const char* none : {"NaN", "Infinity", "-Infinity"}) {
            const auto f = refused(column(type, {"1.5", none}));
            CHECK(f.code() == errc::unsupported);
            CHECK(f.message().find("column c in row 2: JSON has neither NaN nor infinities") != std::string::npos);
            CHECK(f.detail().hint == "write them as null or as texts: write_options::not_finite, --not-finite of the tool");
        }
    }

    CHECK(value(data_type::binary(), "AP//", {}) == "\"AP//\"");
    CHECK(value(data_type::binary(), "AP//", write_options().escape_slash(true)) == "\"AP\\/\\/\"");
    CHECK(value(data_type::binary(), "AP//", write_options().binary(binary_form::hex)) == "\"00ffff\"");
}

TEST_CASE("formatter: escapes") {
    const std::tuple<std::string_view, bool, bool, std::string_view> cases[] = {
        {"", false, false, ""},
        {"plain text longer than eight bytes", false, false, "plain text longer than eight bytes"},
        {"\"\\\b\f\n\r\t\x01\x1f\x7f", false, false, "\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f"},
        {"seven..\"", false, false, "seven..\\\""},
        {"a/b/cccccccccc/", false, false, "a/b/cccccccccc/"},
        {"a/b/cccccccccc/", false, true, "a\\/b\\/cccccccccc\\/"},
        {"Zürich €", false, false, "Zürich €"},
        {"Zürich €", true, false, "Z\\u00fcrich \\u20ac"},
        {"\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf", true, false, "\\ud83d\\ude00\\udbff\\udfff"},
        {"12345678é", true, false, "12345678\\u00e9"},
    };
    for (const auto& [text, ascii, slash, expected] : cases) {
        CAPTURE(text);
        const auto options = write_options().ascii(ascii).escape_slash(slash);
        CHECK(value_of(column(data_type::string(), {std::string{text}}), options) == "\"" + std::string{expected} + "\"");
    }
    for (const std::string_view wrong : {"\xff", "12345678\xc3", "\xed\xa0\x80"}) {
        const auto f = refused(column(data_type::string(), {"fine", std::string{wrong}}));
        CHECK(f.code() == errc::invalid_utf8);
        CHECK(f.message().find("column c in row 2") != std::string::npos);
    }
}

/// z: struct<b: int64, a: list<int64>>, m: map<string, int64>; two rows, the second of nulls.
inline record_batch nested() {
    const auto fields = std::vector<field>{field{"b", data_type::int64()}, field{"a", data_type::list(data_type::int64())}};
    const auto pool = buffer_pool::create();
    const auto inner = data_type::struct_(fields);
    const auto map = data_type::map(data_type::string(), data_type::int64());
    array_builder z{inner, pool}, m{map, pool};
    auto& s = z.as<struct_builder>();
    s.append();
    s.child(0).append_null();
    auto& list = s.child(1).as<list_builder>();
    list.append();
    list.child().as<int64_builder>().append(1);
    list.child().append_null();
    z.append_null();
    auto& entries = m.as<list_builder>();
    entries.append();
    auto& entry = entries.child().as<struct_builder>();
    entry.append();
    entry.child(0).as<string_builder>().append("k/");
    entry.child(1).append_null();
    m.append_null();
    std::vector<array> columns;
    columns.push_back(z.finish());
    columns.push_back(m.finish());
    return record_batch{make_schema({field{"z", inner}, field{"m", map}}), std::move(columns), 2};
}

TEST_CASE("formatter: nested values, nulls and the order of keys") {
    const auto batch = nested();
    CHECK(text_of(batch) == "{\"z\":{\"b\":null,\"a\":[1,null]},\"m\":{\"k/\":null}}\n{\"z\":null,\"m\":null}\n");
    CHECK(text_of(batch, write_options().keys(json::key_order::sorted)) ==
          "{\"m\":{\"k/\":null},\"z\":{\"a\":[1,null],\"b\":null}}\n{\"m\":null,\"z\":null}\n");
    CHECK(text_of(batch, write_options().nulls(json::null_members::omit).escape_slash(true)) ==
          "{\"z\":{\"a\":[1,null]},\"m\":{\"k\\/\":null}}\n{}\n");
    CHECK(text_of(batch.slice(1, 1)) == "{\"z\":null,\"m\":null}\n");
}

TEST_CASE("formatter: a key of a map that a dictionary has as null is refused") {
    const auto pool = penstock::buffer_pool::create();
    const auto keys = data_type::dictionary(data_type::int8(), data_type::string());
    const auto type = data_type::map(keys, data_type::int8());
    const auto small = [&](std::int8_t n) {
        penstock::number_builder<std::int8_t> b{data_type::int8(), pool};
        b.append(n);
        return b.finish();
    };
    penstock::string_builder text{pool};
    text.append_null();
    penstock::number_builder<std::int32_t> offsets{data_type::int32(), pool};
    offsets.append(0);
    offsets.append(1);
    const penstock::array key{keys, 1, 0, {}, small(0).values(), {}, {text.finish()}};
    const penstock::array entries{type.item().type(), 1, 0, {}, {}, {}, {key, small(5)}};
    const penstock::array map{type, 1, 0, {}, offsets.finish().values(), {}, {entries}};
    const penstock::record_batch batch{penstock::make_schema({penstock::field{"m", type}}), {map}, 1};
    std::string out;
    CHECK_THROWS_WITH_AS(json::formatter{}.append_rows(out, batch), doctest::Contains("column m[0] in row 1: a key of a map is null"),
                         penstock::error);
}

TEST_CASE("formatter: an error names the place in a nested value, and the row of all that was written") {
    const auto map = data_type::map(data_type::string(), data_type::float64());
    const auto inner = data_type::struct_({field{"ok", data_type::float64()}, field{"items", data_type::list(map)}});
    // x: struct<ok, items: list<map<string, double>>>: {ok: 1, items: [{}, {"fine": 1, "k": value}]}
    const auto batch_of = [&](double value, std::string key) {
        array_builder x{inner, buffer_pool::create()};
        auto& s = x.as<struct_builder>();
        s.append();
        s.child(0).as<number_builder<double>>().append(1);
        auto& items = s.child(1).as<list_builder>();
        items.append();
        auto& maps = items.child().as<list_builder>();
        maps.append();
        maps.append();
        auto& entry = maps.child().as<struct_builder>();
        for (const bool last : {false, true}) {
            entry.append();
            entry.child(0).as<string_builder>().append(last ? key : "fine");
            entry.child(1).as<number_builder<double>>().append(last ? value : 1);
        }
        std::vector<array> columns;
        columns.push_back(x.finish());
        return record_batch{make_schema({field{"x", inner}}), std::move(columns), 1};
    };
    const auto strict = write_options().not_finite(json::not_finite::error);
    json::formatter f{write_shape::lines, strict};
    std::string out;
    for (int i = 0; i < 2; ++i) f.append_rows(out, batch_of(2, "k"));
    CHECK(out.ends_with("{\"x\":{\"ok\":1.0,\"items\":[{},{\"fine\":1.0,\"k\":2.0}]}}\n"));
    CHECK_THROWS_WITH_AS(f.append_rows(out, batch_of(std::nan(""), "k")),
                         doctest::Contains("column x.items[1][\"k\"] in row 3: JSON has neither NaN nor infinities"), error);
    CHECK(refused(batch_of(2, "\xff"), strict).message().find("column x.items[1][1] in row 1") != std::string::npos);
    CHECK(refused(batch_of(2, "\xff"), strict).code() == errc::invalid_utf8);
}

TEST_CASE("formatter: shapes and indent") {
    const auto two = column(data_type::int64(), {"1", std::nullopt});
    CHECK(text_of(two, {}, write_shape::array) == "[\n{\"c\":1},\n{\"c\":null}\n]\n");
    CHECK(text_of(two.slice(0, 0), {}, write_shape::array) == "[]\n");
    CHECK(text_of(two.slice(0, 1), {}, write_shape::object) == "{\"c\":1}\n");
    CHECK(text_of(two, write_options().indent(2), write_shape::array) ==
          "[\n  {\n    \"c\": 1\n  },\n  {\n    \"c\": null\n  }\n]\n");
    CHECK(text_of(two.slice(0, 1), write_options().indent(1), write_shape::object) == "{\n \"c\": 1\n}\n");
    CHECK(text_of(nested().slice(0, 1), write_options().indent(1), write_shape::object) ==
          "{\n \"z\": {\n  \"b\": null,\n  \"a\": [\n   1,\n   null\n  ]\n },\n \"m\": {\n  \"k/\": null\n }\n}\n");
    CHECK(text_of(two, write_options().indent(1).nulls(json::null_members::omit), write_shape::array) ==
          "[\n {\n  \"c\": 1\n },\n {}\n]\n");
    CHECK(refused(two, {}, write_shape::object).code() == errc::invalid_option);
    CHECK(refused(two.slice(0, 0), {}, write_shape::object).code() == errc::invalid_option);
    CHECK(refused(two, write_options().indent(1)).code() == errc::invalid_option);
    CHECK(refused(two, write_options().indent(17), write_shape::array).code() == errc::invalid_option);
}

inline awaitable<void> write_all(std::unique_ptr<byte_sink> sink, write_shape shape, write_options options,
                                 std::vector<record_batch> batches) {
    json::document_writer writer{std::move(sink), shape, std::move(options)};
    for (auto& b : batches) co_await writer.write(b);
    co_await writer.close();
}

inline std::string written(write_shape shape, std::vector<record_batch> batches, write_options options = {}) {
    std::string out = "before";
    test::run(write_all(std::make_unique<memory_sink>(out, "out.json"), shape, std::move(options), std::move(batches)));
    return out;
}

TEST_CASE("document_writer: an array over many batches, one object, errors with the sink's name") {
    const auto batch = column(data_type::int64(), {"1", "2", "3"});
    CHECK(written(write_shape::array, {batch.slice(0, 1), batch.slice(1, 0), batch.slice(1, 2)}) ==
          "[\n{\"c\":1},\n{\"c\":2},\n{\"c\":3}\n]\n");
    CHECK(written(write_shape::array, {}) == "[]\n");
    CHECK(written(write_shape::object, {batch.slice(2, 1)}) == "{\"c\":3}\n");
    const auto long_text = std::string(1000, 'x');
    std::vector<record_batch> many(2000, column(data_type::string(), {long_text}));
    CHECK(written(write_shape::array, many).size() == 2 + 2000 * (1000 + 10) - 2 + 3);
    try {
        written(write_shape::object, {batch});
        FAIL_CHECK("two rows in one object");
    } catch (const error& e) {
        CHECK(e.detail().object == "out.json");
        CHECK(e.detail().operation == "write json");
    }
    std::string out = "before";
    CHECK_THROWS_AS(test::run(write_all(std::make_unique<memory_sink>(out), write_shape::object, {}, {})), error);
    CHECK(out == "before");
}

inline write_options random_options(test::numbers& n) {
    return write_options()
        .nulls(static_cast<json::null_members>(n.below(2)))
        .dates(static_cast<json::date_form>(n.below(2)))
        .not_finite(static_cast<json::not_finite>(n.below(2)))
        .wide_numbers(static_cast<json::wide_numbers>(n.below(3)))
        .keys(static_cast<json::key_order>(n.below(2)))
        .binary(static_cast<binary_form>(n.below(2)))
        .ascii(n.below(2) != 0)
        .escape_slash(n.below(2) != 0);
}

TEST_CASE("formatter: what any options write of any batch is JSON, the same in every shape, and cut as it comes") {
    test::numbers n{23};
    std::size_t rows = 0;
    for (int round = 0; round < 200; ++round) {
        // half of them have nothing but what has a form
        test::batch_shape shape;
        if (round % 2) shape.plain_names(true).civil(true).accept([](const data_type& t) {
            return !json::detail::no_json_form(t);
        });
        test::random_batches batches{n.below(1 << 30), shape};
        const auto batch = batches.batch();
        auto options = random_options(n);
        std::string lines;
        try {
            lines = text_of(batch, options);
        } catch (const error& e) {
            CHECK((e.code() == errc::unsupported || e.code() == errc::invalid_option));
            continue;
        }
        boost::json::array expected;
        for (std::size_t at = 0; at < lines.size();) {
            const auto end = lines.find('\n', at);
            expected.push_back(boost::json::parse(lines.substr(at, end - at)));
            at = end + 1;
        }
        CHECK(expected.size() == batch.num_rows());
        rows += expected.size();
        if (options.ascii())
            for (const char c : lines) CHECK((c == '\n' || (c >= 0x20 && c <= 0x7f)));
        json::formatter pieces{write_shape::array, options.indent(static_cast<unsigned>(n.below(5)))};
        std::string text;
        for (std::size_t at = 0; at < batch.num_rows();) {
            std::string piece;
            at = pieces.append_rows(piece, batch, at, 1 + n.below(200));
            text += piece;
        }
        pieces.append_end(text);
        CHECK(boost::json::serialize(boost::json::parse(text)) == boost::json::serialize(expected));
    }
    CHECK(rows > 1000);
}

} // namespace json_formatter_test
