// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/utf8.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace utf8_test {

using namespace penstock;
inline constexpr auto npos = std::string_view::npos;

TEST_CASE("utf8: good and bad sequences") {
    for (const char* good :
         {"", "plain", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x90\xb1", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
          "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK_MESSAGE(find_invalid_utf8(good) == npos, good);
    for (const char* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf",
                            "\xed\xa0\x80", "\xe6\x97", "\xe6\x97(", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                            "\xf5\x80\x80\x80", "\xf0\x9f\x90", "\xff", "\xfe"})
        CHECK_MESSAGE(find_invalid_utf8(bad) == 0, bad);
    CHECK(find_invalid_utf8(std::string_view{"a\0b", 3}) == npos);
}

TEST_CASE("utf8: the place of the first bad byte, at every offset") {
    for (std::size_t at = 0; at < 70; ++at) {
        std::string text(70, 'x');
        CHECK(is_ascii(text));
        text[at] = '\xff';
        CHECK(find_invalid_utf8(text) == at);
        CHECK_FALSE(is_ascii(text));
        CHECK(is_ascii(text.substr(0, at)));
        auto good = std::string(at, 'x') + "\xe6\x97\xa5" + std::string(20, 'y');
        CHECK(find_invalid_utf8(good) == npos);
        CHECK(find_invalid_utf8(std::string_view{good}.substr(0, at + 2)) == at); // cut in the middle
        CHECK_FALSE(is_ascii(good));
    }
}

/// The definition, straight from the table of the Unicode standard.
inline bool valid(std::string_view t) {
    const auto in = [&](std::size_t i, int low, int high) {
        return i < t.size() && static_cast<unsigned char>(t[i]) >= low &&
               static_cast<unsigned char>(t[i]) <= high;
    };
    for (std::size_t i = 0; i < t.size();) {
        if (in(i, 0, 0x7f))
            i += 1;
        else if (in(i, 0xc2, 0xdf) && in(i + 1, 0x80, 0xbf))
            i += 2;
        else if (in(i, 0xe0, 0xe0) && in(i + 1, 0xa0, 0xbf) && in(i + 2, 0x80, 0xbf))
            i += 3;
        else if (in(i, 0xe1, 0xec) && in(i + 1, 0x80, 0xbf) && in(i + 2, 0x80, 0xbf))
            i += 3;
        else if (in(i, 0xed, 0xed) && in(i + 1, 0x80, 0x9f) && in(i + 2, 0x80, 0xbf))
            i += 3;
        else if (in(i, 0xee, 0xef) && in(i + 1, 0x80, 0xbf) && in(i + 2, 0x80, 0xbf))
            i += 3;
        else if (in(i, 0xf0, 0xf0) && in(i + 1, 0x90, 0xbf) && in(i + 2, 0x80, 0xbf) && in(i + 3, 0x80, 0xbf))
            i += 4;
        else if (in(i, 0xf1, 0xf3) && in(i + 1, 0x80, 0xbf) && in(i + 2, 0x80, 0xbf) && in(i + 3, 0x80, 0xbf))
            i += 4;
        else if (in(i, 0xf4, 0xf4) && in(i + 1, 0x80, 0x8f) && in(i + 2, 0x80, 0xbf) && in(i + 3, 0x80, 0xbf))
            i += 4;
        else
            return false;
    }
    return true;
}

TEST_CASE("utf8: random bytes against the definition") {
    std::mt19937 random{4};
    const std::string_view bytes =
        "a\x80\x8f\x90\x9f\xa0\xbf\xc1\xc2\xdf\xe0\xe1\xed\xee\xf0\xf1\xf4\xf5\xff";
    int good = 0;
    for (int i = 0; i < 200000; ++i) {
        std::string text(random() % 7, ' ');
        for (auto& c : text) c = bytes[random() % bytes.size()];
        good += valid(text);
        REQUIRE((find_invalid_utf8(text) == npos) == valid(text));
    }
    CHECK(good > 1000);
}

} // namespace utf8_test
