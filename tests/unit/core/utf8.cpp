// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/detail/utf8.hpp>

#include <doctest/doctest.h>

#include <string>

namespace utf8_step_test {

using penstock::detail::first_character;

/// By arithmetic, without a look at what is allowed.
inline std::string encoded(std::uint32_t c) {
    const auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xc0 | c >> 6), tail(0)};
    if (c < 0x10000) return {static_cast<char>(0xe0 | c >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0)};
}

TEST_CASE("utf8: every code point, and nothing else") {
    for (std::uint32_t c = 0; c < 0x120000; ++c) {
        const auto text = encoded(c) + "x";
        const auto step = first_character(text);
        const bool scalar = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (step.size == (scalar ? text.size() - 1 : 0) && step.code_point == (scalar ? c : 0)) continue;
        FAIL_CHECK("code point ", c, " gave ", step.code_point, " in ", step.size, " bytes");
    }
}

TEST_CASE("utf8: what is cut, overlong or out of order is none") {
    for (const char* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf",
                            "\xed\xa0\x80", "\xe6\x97", "\xe6\x97(", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                            "\xf5\x80\x80\x80", "\xf0\x9f\x90", "\xff", "\xfe"})
        CHECK_MESSAGE(first_character(bad).size == 0, bad);
}

} // namespace utf8_step_test
