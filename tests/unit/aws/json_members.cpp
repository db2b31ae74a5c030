// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/detail/json_members.hpp>

#include <doctest/doctest.h>

namespace test_aws_json_members {

using namespace penstock::aws::detail;

TEST_CASE("aws/json_members: texts, numbers and booleans of one object") {
    const auto m = parse_json_members(R"({"A":"x","n":-12,"u":18446744073709551615,"d":1.5,"t":true,"z":null,
        "o":{"A":"inner"},"a":[1],"A":"last","":"empty name","s":"\u00e9\n"})").value();
    CHECK(member(m, "A") == "last");
    CHECK(member(m, "n") == "-12");
    CHECK(member(m, "u") == "18446744073709551615");
    CHECK(member(m, "d") == "1.5");
    CHECK(member(m, "t") == "true");
    CHECK(member(m, "") == "empty name");
    CHECK(member(m, "s") == "\xc3\xa9\n");
    for (const char* absent : {"z", "o", "a", "missing"}) CHECK_FALSE(m.contains(absent));
    CHECK(member(parse_json_members(R"({"o":{"A":"inner"}})", "o").value(), "A") == "inner");
    CHECK_FALSE(parse_json_members(R"({"A":"x","A":null})").value().contains("A"));
}

TEST_CASE("aws/json_members: what is no object is told without its text") {
    for (const char* text : {"", " ", "HUSH", "[\"HUSH\"]", "\"HUSH\"", "{\"a\":\"HUSH\"", "{\"a\":HUSH}", "{} HUSH", "{\"a\":\"HU\nSH\"}",
                             "{\"HUSH\":\"\xff\"}"}) {
        CAPTURE(text);
        const auto r = parse_json_members(text);
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().code() == penstock::errc::malformed_json);
        CHECK(r.error().message().find("HU") == std::string::npos);
    }
    CHECK(parse_json_members("{}", "o").error().detail().message == "no object 'o'");
    CHECK_FALSE(parse_json_members("{\"o\":1}", "o").has_value());
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
    CHECK_FALSE(parse_json_members(deep).has_value());
}

TEST_CASE("aws/json_members: some members replaced, all else kept") {
    const auto replaced = [](std::string_view document, json_members by) {
        return replace_json_members(document, std::move(by)).value();
    };
    CHECK(replaced("{}", {}) == "{}");
    CHECK(replaced(" { } ", {{"a", "x"}}) == R"({"a":"x"})");
    CHECK(replaced(R"({"z":1, "a":{"k":[true,null,"\u00e9\n"]}, "b":"old", "d":0.1, "n":-9007199254740993})",
                   {{"b", "new"}, {"c", "added"}}) ==
          "{\"z\":1,\"a\":{\"k\":[true,null,\"\xc3\xa9\\n\"]},\"b\":\"new\",\"d\":0.1,\"n\":-9007199254740993,\"c\":\"added\"}");
    CHECK(replaced(R"({"a":1,"b":2,"a":3,"b":4})", {{"a", "x"}}) == R"({"a":"x","b":2,"b":4})");
    // Whatever is written reads back as the same.
    std::string all;
    for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
    all += "\xf0\x9f\x98\x80";
    const auto again = parse_json_members(replaced(R"({"keep":1})", {{all, all}})).value();
    CHECK(member(again, all) == all);
    CHECK(member(again, "keep") == "1");
    for (const char* text : {"", "[]", "HUSH", "{\"a\":HUSH"}) {
        const auto r = replace_json_members(text, {{"a", "x"}});
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().code() == penstock::errc::malformed_json);
        CHECK(r.error().message().find("HUSH") == std::string::npos);
    }
}

} // namespace test_aws_json_members
