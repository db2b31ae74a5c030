// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/uri.hpp>

#include <doctest/doctest.h>

namespace test_aws_uri {

namespace aws = penstock::aws;

TEST_CASE("aws/uri: encoding follows AWS's UriEncode") {
    struct row {
        const char *text, *encoded, *kept;
    };
    static constexpr row rows[] = {
        {"", "", ""},
        {"azAZ09-._~", "azAZ09-._~", "azAZ09-._~"},
        {"a b", "a%20b", "a%20b"},
        {"a+b", "a%2Bb", "a%2Bb"},
        {"dir/a=b", "dir%2Fa%3Db", "dir/a%3Db"},
        {"100%", "100%25", "100%25"},
        {"%20", "%2520", "%2520"},
        {"\xc3\xbc", "%C3%BC", "%C3%BC"},
        {"*'()!", "%2A%27%28%29%21", "%2A%27%28%29%21"},
    };
    for (const auto& r : rows) {
        CHECK(aws::uri_encode(r.text) == r.encoded);
        CHECK(aws::uri_encode(r.text, true) == r.kept);
    }
}

TEST_CASE("aws/uri: appending keeps what is there") {
    std::string out = "/";
    aws::append_uri_encoded(out, "a b/c", true);
    CHECK(out == "/a%20b/c");
}

TEST_CASE("aws/uri: every byte survives encoding and decoding") {
    std::string all;
    for (int i = 0; i < 256; ++i) {
        const std::string one(1, static_cast<char>(i));
        const auto encoded = aws::uri_encode(one);
        const bool unreserved = std::string_view{"-._~"}.find(one[0]) != std::string_view::npos ||
                                (i >= '0' && i <= '9') || (i >= 'A' && i <= 'Z') || (i >= 'a' && i <= 'z');
        CHECK(encoded.size() == (unreserved ? 1u : 3u));
        for (const char c : encoded)
            CHECK((c == '%' || c == '-' || c == '.' || c == '_' || c == '~' || (c >= '0' && c <= '9') ||
                   (c >= 'A' && c <= 'Z') || (unreserved && c >= 'a' && c <= 'z')));
        CHECK(aws::uri_decode(encoded) == one);
        CHECK(aws::uri_decode(encoded, true) == one);
        all += one;
    }
    CHECK(aws::uri_decode(aws::uri_encode(all)) == all);
    CHECK(aws::uri_decode(aws::uri_encode(all, true)) == all);
}

TEST_CASE("aws/uri: decoding") {
    CHECK(aws::uri_decode("a%2fb%2Fc") == "a/b/c");
    CHECK(aws::uri_decode("a+b") == "a+b");
    CHECK(aws::uri_decode("a+b%2B", true) == "a b+");
    CHECK(aws::uri_decode("%00") == std::string(1, '\0'));
    for (const char* bad : {"%", "a%", "%2", "%2g", "%g2", "%%20", "%-1", "%+1", "% 1"}) {
        CAPTURE(bad);
        CHECK_FALSE(aws::uri_decode(bad));
    }
}

TEST_CASE("aws/uri: the canonical query is encoded and sorted by name, then value") {
    using list = aws::query_parameters;
    CHECK(aws::canonical_query({}) == "");
    CHECK(aws::canonical_query(list{{"uploads"}}) == "uploads=");
    CHECK(aws::canonical_query(list{{"prefix", "a b/c+d"}, {"list-type", "2"}, {"delimiter", "/"}}) ==
          "delimiter=%2F&list-type=2&prefix=a%20b%2Fc%2Bd");
    CHECK(aws::canonical_query(list{{"a", ""}, {"A", "1"}, {"aa", "2"}, {"a-b", "3"}}) ==
          "A=1&a=&a-b=3&aa=2");
    CHECK(aws::canonical_query(list{{"p", "2"}, {"p", "10"}, {"p", ""}}) == "p=&p=10&p=2");
    // Sorted as encoded: 'é' (%C3…) comes before 'z', though its bytes come after.
    CHECK(aws::canonical_query(list{{"z", "1"}, {"\xc3\xa9", "2"}}) == "%C3%A9=2&z=1");
}

TEST_CASE("aws/uri: a query is parsed back") {
    const auto p = aws::parse_query("b=2&a=1%202&flag&e=&x=a=b&&plus=a+b");
    REQUIRE(p.size() == 6);
    CHECK(p[0].name == "b");
    CHECK(p[1].value == "1 2");
    CHECK(p[2].name == "flag");
    CHECK(p[2].value == "");
    CHECK(p[3].value == "");
    CHECK(p[4].value == "a=b");
    CHECK(p[5].value == "a+b");
    CHECK(aws::parse_query("").empty());
    CHECK(aws::parse_query("&").empty());
    const auto broken = aws::parse_query("a%zz=%4");
    REQUIRE(broken.size() == 1);
    CHECK(broken[0].name == "a%zz");
    CHECK(broken[0].value == "%4");
}

TEST_CASE("aws/uri: parsing and writing a canonical query changes nothing") {
    aws::query_parameters all;
    for (int i = 1; i < 256; ++i)
        all.emplace_back(std::string(1, static_cast<char>(i)), std::string(2, static_cast<char>(i)));
    const auto text = aws::canonical_query(all);
    CHECK(aws::canonical_query(aws::parse_query(text)) == text);
}

} // namespace test_aws_uri
