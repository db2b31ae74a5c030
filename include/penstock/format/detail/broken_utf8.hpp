// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::detail {

/// What is written in the place of what is not UTF-8: U+FFFD.
inline constexpr std::string_view utf8_replacement = "\xef\xbf\xbd";

/// The bytes that one U+FFFD stands for.
struct broken_utf8 {
    std::size_t size = 1;
    bool cut = false; ///< the text ends with them, and what follows may make them a character
};

/// Of a text that begins with no character (`first_character`): the longest beginning of one, or else a single byte. These are
/// the "maximal subparts" of Unicode 15, section 3.9 (U+FFFD Substitution), and what a decoder of the WHATWG's replaces.
/// Precondition: `text` is not empty.
constexpr broken_utf8 broken_beginning(std::string_view text) noexcept {
    const auto byte = [text](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
    const auto c = byte(0);
    const std::size_t size = c < 0xc2 || c > 0xf4 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    std::size_t good = 1;
    for (; good < size && good < text.size(); ++good) {
        const unsigned low = good > 1 ? 0x80 : c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
        const unsigned high = good > 1 ? 0xbf : c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
        if (byte(good) < low || byte(good) > high) return {good, false};
    }
    return {good, good == text.size() && good < size};
}

} // namespace penstock::detail
