// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/base64.hpp>

#include <cstdint>

namespace penstock {
namespace detail {

inline constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// -1 for what is no digit.
inline int base64_value(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

} // namespace detail

PENSTOCK_DECL std::string to_base64(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto at = [&](std::size_t n) {
            return i + n < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + n]) : 0u;
        };
        const auto three = at(0) << 16 | at(1) << 8 | at(2);
        for (int digit = 0; digit < 4; ++digit) {
            const bool padding = digit > 0 && i + static_cast<std::size_t>(digit - 1) >= bytes.size();
            out += padding ? '=' : detail::base64_digits[three >> (18 - 6 * digit) & 63];
        }
    }
    return out;
}

PENSTOCK_DECL std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const auto left_out = i + 4 == text.size() ? padding : 0;
        std::uint32_t three = 0;
        for (std::size_t digit = 0; digit < 4; ++digit) {
            const auto value = digit < 4 - left_out ? detail::base64_value(text[i + digit]) : 0;
            if (value < 0) return std::nullopt;
            three = three << 6 | static_cast<std::uint32_t>(value);
        }
        for (std::size_t n = 0; n < 3; ++n) {
            const auto byte = static_cast<char>(three >> (16 - 8 * n));
            if (n < 3 - left_out)
                out += byte;
            else if (byte != 0) // bits that nobody wrote
                return std::nullopt;
        }
    }
    return out;
}

} // namespace penstock
