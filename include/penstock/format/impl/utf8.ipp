// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/utf8.hpp>

#include <cstdint>
#include <cstring>

namespace penstock {
namespace detail {

/// How many of the first bytes are ASCII, in steps of 16.
inline std::size_t ascii_prefix(const char* p, std::size_t n) noexcept {
    constexpr std::uint64_t high = 0x8080808080808080u;
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        std::memcpy(&a, p + i, 8);
        std::memcpy(&b, p + i + 8, 8);
        if ((a | b) & high) break;
    }
    return i;
}

/// The length of the sequence at `p`, of which `n > 0` bytes are there; 0 when it is not UTF-8.
inline std::size_t utf8_sequence(const unsigned char* p, std::size_t n) noexcept {
    const unsigned c = p[0];
    if (c < 0x80) return 1;
    const std::size_t length = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (length == 0 || length > n) return 0;
    // The second byte alone tells overlong forms, surrogates and code points beyond U+10FFFF.
    const unsigned low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    const unsigned high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return length;
}

} // namespace detail

PENSTOCK_DECL bool is_ascii(std::string_view text) noexcept {
    std::size_t i = detail::ascii_prefix(text.data(), text.size());
    unsigned seen = 0;
    const auto end = i + 16 < text.size() ? i + 16 : text.size();
    for (; i < end; ++i) seen |= static_cast<unsigned char>(text[i]);
    return (seen & 0x80) == 0;
}

PENSTOCK_DECL std::size_t find_invalid_utf8(std::string_view text) noexcept {
    const auto* p = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t i = 0;
    while (i < text.size()) {
        if (p[i] < 0x80) {
            const auto skipped = detail::ascii_prefix(text.data() + i, text.size() - i);
            i += skipped ? skipped : 1;
            continue;
        }
        const auto n = detail::utf8_sequence(p + i, text.size() - i);
        if (n == 0) return i;
        i += n;
    }
    return std::string_view::npos;
}

} // namespace penstock
