// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/detail/ascii.hpp>

#include <doctest/doctest.h>

#include <cctype>
#include <string>

namespace ascii_test {

using namespace penstock::detail;

TEST_CASE("ascii: every byte as the C locale has it") {
    for (int i = 0; i < 256; ++i) {
        CAPTURE(i);
        const auto c = static_cast<char>(i);
        const bool ascii = i < 128;
        CHECK(is_digit(c) == (ascii && std::isdigit(i)));
        CHECK(is_letter(c) == (ascii && std::isalpha(i)));
        CHECK(lower(c) == (ascii ? static_cast<char>(std::tolower(i)) : c));
        CHECK(upper(c) == (ascii ? static_cast<char>(std::toupper(i)) : c));
        const bool hex = ascii && std::isxdigit(i);
        CHECK(hex_value(c) == (hex ? std::stoi(std::string{c}, nullptr, 16) : -1));
    }
    for (int i = 0; i < 16; ++i) {
        CHECK(hex_value(lower_hex[i]) == i);
        CHECK(hex_value(upper_hex[i]) == i);
    }
}

TEST_CASE("ascii: a text in lower case") {
    CHECK(lower_case("") == "");
    CHECK(lower_case("X-Amz-\xc4[Z") == "x-amz-\xc4[z");
}

TEST_CASE("ascii: texts equal but for case") {
    CHECK(iequals("", ""));
    CHECK(iequals("Content-Type", "cONTENT-tYPE"));
    CHECK_FALSE(iequals("abc", "ab"));
    CHECK_FALSE(iequals("ab", "abc"));
    CHECK_FALSE(iequals("[", "{")); // 0x20 apart, but no letters
    CHECK_FALSE(iequals("\xc4", "\xe4"));
}

} // namespace ascii_test
