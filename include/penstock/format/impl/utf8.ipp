// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/utf8.hpp>

#include <penstock/core/detail/utf8.hpp>

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

} // namespace detail

PENSTOCK_DECL bool is_ascii(std::string_view text) noexcept {
    std::size_t i = detail::ascii_prefix(text.data(), text.size());
    unsigned seen = 0;
    const auto end = i + 16 < text.size() ? i + 16 : text.size();
    for (; i < end; ++i) seen |= static_cast<unsigned char>(text[i]);
    return (seen & 0x80) == 0;
}

PENSTOCK_DECL std::size_t find_invalid_utf8(std::string_view text) noexcept {
    std::size_t i = 0;
    while (i < text.size()) {
        if (static_cast<unsigned char>(text[i]) < 0x80) {
            const auto skipped = detail::ascii_prefix(text.data() + i, text.size() - i);
            i += skipped ? skipped : 1;
            continue;
        }
        const auto n = detail::first_character(text.substr(i)).size;
        if (n == 0) return i;
        i += n;
    }
    return std::string_view::npos;
}

} // namespace penstock
