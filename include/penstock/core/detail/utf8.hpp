// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::detail {

/// What a text begins with.
struct utf8_step {
    std::uint32_t code_point = 0;
    std::size_t size = 0; ///< in bytes; 0: no UTF-8
};

/// The first character of `text`, which must not be empty. Overlong forms, surrogates and code points beyond
/// U+10FFFF are no UTF-8, and neither is a sequence that goes on behind the text.
constexpr utf8_step first_character(std::string_view text) noexcept {
    const auto byte = [text](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
    const auto c = byte(0);
    if (c < 0x80) return {c, 1};
    const std::size_t size = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (size == 0 || size > text.size()) return {};
    // The second byte alone tells what is overlong, a surrogate or too large.
    const std::uint32_t low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    const std::uint32_t high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < low || byte(1) > high) return {};
    auto code_point = (c & (0x7fu >> size)) << 6 | (byte(1) & 0x3f);
    for (std::size_t i = 2; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        code_point = code_point << 6 | (byte(i) & 0x3f);
    }
    return {code_point, size};
}

} // namespace penstock::detail
