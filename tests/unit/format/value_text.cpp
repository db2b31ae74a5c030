// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/format/value_text.hpp>

#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace value_text_test {

using namespace penstock;

std::string text(const array& a, std::size_t i) {
    std::string out;
    append_value(out, a, i, "-");
    return out;
}

TEST_CASE("append_value: nested values like JSON, texts and times in quotes inside") {
    auto pool = buffer_pool::create();
    std::vector<field> fields;
    fields.emplace_back("n", data_type::float64());
    fields.emplace_back("a \"b\"", data_type::list(data_type::string()));
    fields.emplace_back("day", data_type::date32());
    array_builder b{data_type::struct_(std::move(fields)), pool};
    auto& rows = b.as<struct_builder>();
    rows.append();
    b.child(0).as<float64_builder>().append(1.5);
    b.child(1).as<list_builder>().append();
    b.child(1).child(0).as<string_builder>().append("x\"\n");
    b.child(1).child(0).append_null();
    b.child(2).as<number_builder<std::int32_t>>().append(1);
    rows.append_null();
    rows.append();
    for (std::size_t c = 0; c < 3; ++c) b.child(c).append_null();
    const auto a = b.finish();
    CHECK(text(a, 0) == "{\"n\": 1.5, \"a \\\"b\\\"\": [\"x\\\"\\n\", null], \"day\": \"1970-01-02\"}");
    CHECK(text(a, 1) == "-");
    CHECK(text(a, 2) == "{\"n\": null, \"a \\\"b\\\"\": null, \"day\": null}");
    CHECK(text(a.slice(2, 1), 0) == text(a, 2));
    CHECK(text(a.children()[1], 0) == "[\"x\\\"\\n\", null]");
    CHECK(text(a.children()[2], 0) == "1970-01-02");
}

TEST_CASE("append_value: maps, unions and dictionaries") {
    auto pool = buffer_pool::create();
    array_builder maps{data_type::map(data_type::string(), data_type::int64()), pool};
    auto& entries = maps.child(0);
    maps.as<list_builder>().append();
    for (int i = 0; i < 2; ++i) {
        entries.as<struct_builder>().append();
        entries.child(0).as<string_builder>().append(i ? "b" : "a");
        entries.child(1).as<int64_builder>().append(i);
    }
    CHECK(text(maps.finish(), 0) == "{\"a\": 0, \"b\": 1}");

    std::vector<field> either;
    either.emplace_back("i", data_type::int64());
    either.emplace_back("s", data_type::string());
    for (const auto& type : {data_type::sparse_union(either), data_type::dense_union(either)}) {
        array_builder u{type, pool};
        u.as<union_builder>().append(1).as<string_builder>().append("x");
        u.as<union_builder>().append(0).as<int64_builder>().append(7);
        u.append_null();
        const auto a = u.finish();
        CHECK(text(a, 0) == "\"x\"");
        CHECK(text(a, 1) == "7");
        CHECK(text(a.slice(1, 1), 0) == "7");
        CHECK(text(a, 2) == "null");
    }
    array_builder d{data_type::dictionary(type_id::int8, data_type::string()), pool};
    d.as<dictionary_builder>().append("x");
    CHECK(text(d.finish(), 0) == "x");
    array_builder lists{data_type::dictionary(type_id::int8, data_type::list(data_type::int8())), pool};
    array_builder one{data_type::list(data_type::int8()), pool};
    one.as<list_builder>().append();
    one.child(0).as<number_builder<std::int8_t>>().append(3);
    lists.as<dictionary_builder>().append(one.finish(), 0);
    CHECK(text(lists.finish(), 0) == "[3]");
}

TEST_CASE("append_value: what a type does not mean is the number in memory") {
    number_builder<std::int32_t> seconds{data_type::time32(time_unit::second), buffer_pool::create()};
    seconds.append(86'400);
    CHECK(text(seconds.finish(), 0) == "86400");
    number_builder<std::int64_t> days{type_id::date64, buffer_pool::create()};
    days.append(-1);
    CHECK(text(days.finish(), 0) == "-1");
}

TEST_CASE("append_value: any value of any type has a text, in a slice the same") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed};
        const auto type = random.type();
        const auto a = random.values(type, 20);
        for (std::size_t i = 0; i < a.size(); ++i) {
            const auto t = text(a, i);
            CHECK(text(a.slice(i, 1), 0) == t);
            if (a.is_null(i)) CHECK(t == "-");
        }
    }
}

} // namespace value_text_test
