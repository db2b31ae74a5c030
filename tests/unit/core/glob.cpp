// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/error.hpp>
#include <penstock/core/glob.hpp>

#include <doctest/doctest.h>

#include <random>

namespace test_glob {

using penstock::glob;
using strings = std::vector<std::string>;

TEST_CASE("glob matches what its documentation says") {
    const struct {
        std::string_view pattern;
        strings yes, no;
    } table[] = {
        {"", {""}, {"a", "/"}},
        {"a", {"a"}, {"", "b", "a/", "ab", "/a"}},
        {"a/b", {"a/b"}, {"a", "a/", "a/bc", "a//b"}},
        {"*", {"", "a", "a.b", ".hidden", "\xff\xfe"}, {"a/b", "a/", "/"}},
        {"*.csv", {".csv", "a.csv", "a.csv.csv"}, {"a.csv.gz", "a/b.csv", "csv"}},
        {"a*b*c", {"abc", "aXbYc", "abcbc", "aabbcc"}, {"ab", "acb", "a/b/c"}},
        {"a/*/c", {"a/b/c", "a//c"}, {"a/c", "a/b/b/c"}},
        {"dir/*", {"dir/", "dir/a"}, {"dir", "dir/a/b"}},
        {"?", {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff"}, {"", "ab", "/", "\xff\xff"}},
        {"a?c", {"abc", "a\xc3\xa9" "c"}, {"ac", "a/c", "abbc"}},
        {"[abc]", {"a", "b", "c"}, {"", "d", "ab"}},
        {"[a-c]x", {"ax", "cx"}, {"dx", "x", "-x"}},
        {"[a-ce-g]", {"b", "f"}, {"d", "-"}},
        {"[!a-c]", {"d", "-", "\xc3\xa9"}, {"a", "c", "", "/"}},
        {"[^a]", {"b"}, {"a"}},
        {"[]a]", {"]", "a"}, {"[", "b"}},
        {"[!]]", {"a"}, {"]"}},
        {"[a-]", {"a", "-"}, {"b"}},
        {"[\\]x]", {"]", "x"}, {"\\"}},
        {"[\xc3\xa0-\xc3\xbc]", {"\xc3\xa9"}, {"e", "\xc3\xbe"}},
        {"[*]", {"*"}, {"a"}},
        {"[{]a,b}", {"{a,b}"}, {"a", "b"}},
        {"[a", {"[a"}, {"a"}},
        {"[a/]b", {"[a/]b"}, {"ab"}},
        {"{a,b}", {"a", "b"}, {"", "{a,b}", "c"}},
        {"{a,b}.{csv,json}", {"a.csv", "b.json"}, {"c.csv", "a."}},
        {"x{,1}", {"x", "x1"}, {"x2"}},
        {"{a}", {"a"}, {"{a}"}},
        {"{}", {""}, {"{}"}},
        {"{a,{b,c}d}", {"a", "bd", "cd"}, {"b", "ad"}},
        {"{2024/*,2025/x}.csv", {"2024/a.csv", "2025/x.csv"}, {"2024/a", "2025/a.csv"}},
        {"{a,b", {"{a,b"}, {"a", "b"}},
        {"a}", {"a}"}, {"a"}},
        {"a,b", {"a,b"}, {"a"}},
        {"{a\\,b,c}", {"a,b", "c"}, {"a", "b"}},
        {"{{a,b}", {"{a", "{b"}, {"a"}},
        {"**", {"", "a", "a/b", "a/", "//"}, {}},
        {"a/**", {"a/b", "a/b/c", "a/"}, {"a", "ab", "b/a/c"}},
        {"**/data.parquet", {"data.parquet", "x/data.parquet", "x/y/data.parquet", "/data.parquet"},
         {"xdata.parquet", "x/xdata.parquet", "data.parquet/x"}},
        {"a/**/b", {"a/b", "a/x/b", "a/x/y/b", "a//b"}, {"ab", "a/xb", "b", "a/b/c"}},
        {"a/**/b/**/c", {"a/b/c", "a/x/b/y/c", "a/b/b/c"}, {"a/c", "a/b", "a/c/b"}},
        {"a/**/**/b", {"a/b", "a/x/y/z/b"}, {"a"}},
        {"**/*.csv", {"x.csv", "a/x.csv", ".csv"}, {"a/x.csv/b"}},
        {"a**", {"a", "ab"}, {"a/b"}},
        {"**a", {"a", "ba"}, {"b/a"}},
        {"a/***/b", {"a/x/b"}, {"a/x/y/b"}},
        {"year=*/**/*.parquet", {"year=1/x.parquet", "year=1/month=2/x.parquet"}, {"x.parquet", "a/year=1/x.parquet"}},
        {"\\*", {"*"}, {"a", "\\*"}},
        {"\\{a,b\\}", {"{a,b}"}, {"a"}},
        {"a\\", {"a\\"}, {"a"}},
        {"a\\/b", {"a/b"}, {"a\\/b"}},
        {"\\\\", {"\\"}, {"\\\\"}},
        {"\\**", {"*", "*a"}, {"a"}},
        {"/a/*", {"/a/b"}, {"a/b"}},
        {"a//*", {"a//b"}, {"a/b"}},
    };
    for (const auto& row : table) {
        const glob pattern{row.pattern};
        CAPTURE(row.pattern);
        for (const auto& path : row.yes) {
            CAPTURE(path);
            CHECK(pattern.matches(path));
        }
        for (const auto& path : row.no) {
            CAPTURE(path);
            CHECK_FALSE(pattern.matches(path));
        }
    }
}

TEST_CASE("glob::is_pattern and glob::escape") {
    for (const auto* text : {"", "a/b", "a]b", "a}b", "[a", "{a", "a,b", "a\\", "100%", "x[/]"})
        CHECK_FALSE(glob::is_pattern(text));
    for (const auto* text : {"*", "a?b", "[a]", "{a}", "{a,b}", "\\a"}) CHECK(glob::is_pattern(text));
    for (const std::string text : {"", "a", "*", "a?b[c]{d,e}\\", "[[", "\\*", "{", "a/**/b", "\xc3\xa9"}) {
        CAPTURE(text);
        CHECK(glob{glob::escape(text)}.matches(text));
        CHECK(glob{glob::escape(text)}.prefixes() == strings{text});
    }
}

TEST_CASE("glob says where a listing starts, and below which folders nothing matches") {
    const struct {
        std::string_view pattern, folder;
        strings prefixes;
    } table[] = {
        {"*", "", {""}},
        {"a/b.csv", "", {"a/b.csv"}},
        {"a/b*.csv", "", {"a/b"}},
        {"a/\\*b?", "", {"a/*b"}},
        {"a/*/c/d*", "", {"a/"}},
        {"a/*/c/d*", "a/", {"a/"}},
        {"a/*/c/d*", "a/x/", {"a/x/c/d"}},
        {"a/*/c/d*", "a/x/c/", {"a/x/c/d"}},
        {"a/*/c/d*", "a/x/b/", {}},
        {"a/*/c/d*", "b/", {}},
        {"a/**/c", "a/", {"a/"}},
        {"a/**/c", "a/x/", {"a/x/"}},
        {"{2024,2025}/01/*", "", {"2024/01/", "2025/01/"}},
        {"{b,a}*", "", {"a", "b"}},
        {"{a,ab,abc}*", "", {"a"}},
        {"{a/x,b*}/y*", "a/", {"a/x/y"}},
        {"{a/x,b*}/y*", "b1/", {"b1/y"}},
        {"a*/b", "c/", {}},
        {"a*", "a/", {}},
        {"[ab]/c", "", {""}},
        {"[ab]/c", "b/", {"b/c"}},
        {"x/[ab]", "x/", {"x/"}},
    };
    for (const auto& row : table) {
        CAPTURE(row.pattern);
        CAPTURE(row.folder);
        const glob pattern{row.pattern};
        CHECK(pattern.prefixes(row.folder) == row.prefixes);
        CHECK(pattern.may_match_below(row.folder) == !row.prefixes.empty());
    }
    CHECK(glob{"a/b/*.csv"}.one_level());
    CHECK(glob{"{a,b/c}/*.csv"}.one_level());
    CHECK_FALSE(glob{"a/*/c"}.one_level());
    CHECK_FALSE(glob{"a/**"}.one_level());
    CHECK(glob{"a/*/c/*.csv"}.one_level("a/b/"));
    CHECK(glob{"a/*/c/*.csv"}.one_level("a/b/c/"));
    CHECK_FALSE(glob{"a/*/c*/*.csv"}.one_level("a/b/"));
    CHECK(glob{"{a/*/c*,b/*/*/d}"}.one_level("a/x/"));
    CHECK_FALSE(glob{"**/c"}.one_level("a/"));
    CHECK(glob{"{a,**/b}"}.recursive());
    CHECK_FALSE(glob{"a**/b"}.recursive());
}

TEST_CASE("glob refuses patterns without bounds") {
    std::string many, deep = "*";
    for (int i = 0; i < 11; ++i) many += "{a,b}";
    for (int i = 0; i < 61; ++i) deep += "/a";
    CHECK_THROWS_AS(glob{many}, penstock::error);
    CHECK_THROWS_AS(glob{deep}, penstock::error);
    // Literal folders in front cost nothing, and what a matcher that tries everything never ends with is quick here.
    CHECK(glob{deep.substr(2) + "/*"}.matches(deep.substr(2) + "/x"));
    std::string stars;
    for (int i = 0; i < 200; ++i) stars += "*a";
    CHECK_FALSE(glob{stars + "b"}.matches(std::string(5000, 'a')));
    std::string folders;
    for (int i = 0; i < 25; ++i) folders += "**/a/";
    std::string path;
    for (int i = 0; i < 400; ++i) path += "a/";
    CHECK_FALSE(glob{folders + "b"}.matches(path));
}

/// The definition, tried out: exponential, and with no sets.
bool naive(std::string_view p, std::string_view t, bool at_start = true) {
    if (const auto open = p.find('{'); open != p.npos) { // the last one holds no other
        const auto last = p.rfind('{');
        const auto close = p.find('}', last);
        auto choices = p.substr(last + 1, close - last - 1);
        for (;;) {
            const auto comma = choices.find(',');
            std::string one{p.substr(0, last)};
            one.append(choices.substr(0, comma)).append(p.substr(close + 1));
            if (naive(one, t)) return true;
            if (comma == choices.npos) return false;
            choices.remove_prefix(comma + 1);
        }
    }
    if (p.empty()) return t.empty();
    if (at_start && p == "**") return true;
    if (at_start && p.starts_with("**/")) {
        for (std::size_t i = 0; i <= t.size(); ++i)
            if ((i == 0 || t[i - 1] == '/') && naive(p.substr(3), t.substr(i))) return true;
        return false;
    }
    if (p[0] == '*') {
        for (std::size_t i = 0; i <= t.size(); ++i) {
            if (naive(p.substr(1), t.substr(i), false)) return true;
            if (i < t.size() && t[i] == '/') break;
        }
        return false;
    }
    if (t.empty() || (p[0] == '?' ? t[0] == '/' : p[0] != t[0])) return false;
    return naive(p.substr(1), t.substr(1), p[0] == '/');
}

TEST_CASE("glob agrees with its definition, and with itself about folders") {
    std::mt19937 random{20261121};
    const auto text_of = [&](std::vector<std::string_view> words, std::size_t most) {
        std::string out;
        for (auto n = random() % (most + 1); n > 0; --n) out += words[random() % words.size()];
        return out;
    };
    int matched = 0;
    for (int round = 0; round < 60'000; ++round) {
        const auto pattern = text_of({"a", "b", "/", "/", "*", "?", "**", "**/", "/**/", "{a,b}", "{a/b,*}", "{,a*}"}, 6);
        const auto path = text_of({"a", "b", "/", "ab", "a/"}, 6);
        CAPTURE(pattern);
        CAPTURE(path);
        const glob g{pattern};
        const bool wanted = naive(pattern, path);
        REQUIRE(g.matches(path) == wanted);
        if (!wanted) continue;
        ++matched;
        // Every folder on the way to a match is worth entering, and one of its prefixes leads there.
        for (auto slash = std::string::npos;; slash = path.rfind('/', slash - 1)) {
            const bool top = slash == std::string::npos && path.find('/') == path.npos;
            if (slash == std::string::npos && !top) slash = path.rfind('/');
            const auto folder = top ? std::string{} : path.substr(0, slash + 1);
            REQUIRE(g.may_match_below(folder));
            bool led = false;
            for (const auto& p : g.prefixes(folder)) led = led || path.starts_with(p);
            REQUIRE(led);
            if (top || slash == 0 || path.rfind('/', slash - 1) == path.npos) break;
        }
    }
    CHECK(matched > 5'000);
}

} // namespace test_glob
