// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/detail/split_words.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace split_words_test {

using penstock::detail::split_words;
using words = std::vector<std::string>;

TEST_CASE("split_words: words as a shell's quoting makes them") {
    struct row {
        std::string_view text;
        words expected;
    };
    const row rows[] = {
        {"", {}},
        {" \t\r\n ", {}},
        {"tool", {"tool"}},
        {"  tool  get\tkeys\n", {"tool", "get", "keys"}},
        {"'my tool' \"an argument\"", {"my tool", "an argument"}},
        {"a'b c'd\"e f\"g", {"ab cde fg"}},
        {"'' \"\" a''", {"", "", "a"}},
        {"a\\ b \\'c\\' \\\"d \\\\", {"a b", "'c'", "\"d", "\\"}},
        {"'a\\b' 'say \"x\"'", {"a\\b", "say \"x\""}},
        {R"("a\"b" "c\\d" "e\$f" "g\`h" "i\nj" "it's")", {"a\"b", "c\\d", "e$f", "g`h", "i\\nj", "it's"}},
        {"one\\\ntwo \"three\\\nfour\" 'five\\\nsix'", {"onetwo", "threefour", "five\\\nsix"}},
        {"a # b | c > d; $HOME ~ * `e` {f,g}",
         {"a", "#", "b", "|", "c", ">", "d;", "$HOME", "~", "*", "`e`", "{f,g}"}},
        {"\\\n", {}},
        {"z\xc3\xbc \xff", {"z\xc3\xbc", "\xff"}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const auto split = split_words(r.text);
        REQUIRE(split.has_value());
        CHECK(*split == r.expected);
    }
}

TEST_CASE("split_words: what has no meaning is an error that does not repeat the text") {
    const std::string_view wrong[] = {"HUSH '",  "HUSH \"",  "'HUSH",       "\"HUSH\\\"",
                                      "HUSH \\", "\"HUSH\\", {"HUSH\0x", 6}};
    for (const auto text : wrong) {
        CAPTURE(text);
        const auto split = split_words(text);
        REQUIRE_FALSE(split.has_value());
        CHECK(split.error().code() == penstock::errc::invalid_option);
        CHECK(split.error().message().find("HUSH") == std::string::npos);
    }
}

} // namespace split_words_test
