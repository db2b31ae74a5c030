// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/parse_data_type.hpp>

#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parse_data_type_test {

using namespace penstock;

TEST_CASE("parse_data_type: reads the name of any type") {
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        test::random_batches random{seed};
        const auto type = random.type();
        CAPTURE(type.name());
        const auto back = parse_data_type(type.name());
        REQUIRE(back.has_value());
        CHECK(*back == type);
        const auto s = random.schema();
        const auto fields = parse_schema(to_string(*s));
        REQUIRE(fields.has_value());
        CHECK(*fields == *s);
    }
}

TEST_CASE("parse_data_type: maps as others made them") {
    std::vector<field> pair;
    pair.emplace_back("k", data_type::string(), false);
    pair.emplace_back("value", data_type::int64(), false);
    const auto type = data_type::map(field{"key_value", data_type::struct_(pair), true}, true);
    CHECK(type.name() == "map<key_value: struct<k: string not null, value: int64 not null>, sorted>");
    CHECK(*parse_data_type(type.name()) == type);
    CHECK(parse_data_type("map<string, int64 not null>")->name() == "map<string, int64 not null>");
    CHECK(data_type::timestamp(time_unit::second, "a]b").name() == "timestamp[s, \"a]b\"]");
}

TEST_CASE("parse_data_type: shorter forms and spaces") {
    CHECK(*parse_data_type(" list< int64 > ") == data_type::list(data_type::int64()));
    CHECK(*parse_data_type("list<int64 not null>") == data_type::list(field{"item", data_type::int64(), false}));
    CHECK(*parse_data_type("bool") == data_type::boolean());
    CHECK(*parse_data_type("double") == data_type::float64());
    CHECK(*parse_data_type("utf8") == data_type::string());
    CHECK(*parse_data_type("decimal128( 9,2 )") == data_type::decimal128(9, 2));
    CHECK(parse_schema("a: int64,b:list<string> not null")->size() == 2);
    CHECK_FALSE((*parse_schema("a: int64,b:list<string> not null"))[1].nullable());
    CHECK(parse_schema("")->empty());
    CHECK(*parse_schema("\ta :\r\n int64 ,\nb: list<\n  string\n> not\nnull\n") == *parse_schema("a: int64, b: list<string> not null"));
    CHECK((*parse_schema("not: null, null: string"))[1].name() == "null");
}

TEST_CASE("parse_data_type: what cannot be read is told with its place") {
    struct row {
        const char* text;
        const char* message;
    };
    const row rows[] = {
        {"", "type: position 1: expected a type, but the text ends"},
        {"int63", "type: position 1: expected a type, not \"int63\""},
        {"int64 x", "type: position 7: expected the end, not \"x\""},
        {"list", "type: position 5: expected \"<\", but the text ends"},
        {"list<int64", "type: position 11: expected \">\", but the text ends"},
        {"decimal128(39, 0)", "type: position 18: a decimal has 1 to 38 digits, not 39, but the text ends"},
        {"decimal128(x, 0)", "type: position 12: expected a number, not \"x, 0)\""},
        {"decimal128(99999999999, 0)", "type: position 12: expected a number, not \"99999999999, 0)\""},
        {"timestamp[m]", "type: position 11: expected s, ms, us or ns, not \"m]\""},
        {"struct<a int64>", "type: position 10: expected \":\", not \"int64>\""},
        {"struct<\"a: int64>", "type: position 8: this quote is not closed, not \"\"a: int64>\""},
        {"struct<: int64>", "type: position 8: expected a name, not \": int64>\""},
        {"struct<a: int64,>", "type: position 17: expected a name, not \">\""},
        {"dense_union<a: int64 = 128>", "type: position 27: expected \"=\" and a code from 0 to 127, not \">\""},
        {"dense_union<a: int64>", "type: position 21: expected \"=\" and a code from 0 to 127, not \">\""},
        {"map<string, int64, unsorted>", "type: position 20: expected \"sorted\", not \"unsorted>\""},
        {"dictionary<string, string>",
         "type: position 27: the index of a dictionary is an integer, not string, but the text ends"},
        {"fixed_size_list<int8>[-1]", "type: position 26: a list of -1 items, but the text ends"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const auto out = parse_data_type(r.text);
        REQUIRE(out.has_error());
        CHECK(out.error().code() == errc::invalid_option);
        CHECK(out.error().detail().message == r.message);
    }
    CHECK(parse_schema("a: int64, ").has_error());
}

TEST_CASE("parse_data_type: cut and mutated texts are read or refused, deep ones refused") {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "list<";
    CHECK(parse_data_type(deep).has_error());
    std::string most, ends;
    for (int i = 0; i < 63; ++i) most += "list<", ends += '>';
    CHECK(parse_data_type(most + "int8" + ends).has_value());
    CHECK(parse_data_type("list<" + most + "int8" + ends + ">").has_error());
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        test::random_batches random{seed};
        auto text = random.type().name();
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto cut = parse_data_type(std::string_view{text}.substr(0, i));
            if (cut.has_value()) CHECK(*parse_data_type(cut->name()) == *cut);
        }
        for (int i = 0; i < 20 && !text.empty(); ++i) {
            static constexpr char bytes[] = "<>[](),:\"= na1\x80";
            text[random.random().below(text.size())] = bytes[random.random().below(sizeof bytes)];
            const auto mutated = parse_data_type(text);
            if (mutated.has_value()) CHECK(*parse_data_type(mutated->name()) == *mutated);
        }
    }
}

} // namespace parse_data_type_test
