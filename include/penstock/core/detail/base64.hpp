// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::detail {

inline constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// -1 for what is no digit.
constexpr int base64_value(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// RFC 4648, with padding.
inline void append_base64(std::string& out, std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto at = [&](std::size_t n) {
            return i + n < bytes.size() ? std::uint32_t{static_cast<unsigned char>(bytes[i + n])} : 0u;
        };
        const auto three = at(0) << 16 | at(1) << 8 | at(2);
        for (int digit = 0; digit < 4; ++digit) {
            const bool padding = digit > 0 && i + static_cast<std::size_t>(digit - 1) >= bytes.size();
            out += padding ? '=' : base64_digits[three >> (18 - 6 * digit) & 63];
        }
    }
}

/// Appends the bytes. False, and nothing appended, unless `text` is exactly what `append_base64` writes.
inline bool parse_base64(std::string_view text, std::string& out) {
    const auto before = out.size();
    const auto refuse = [&] {
        out.resize(before);
        return false;
    };
    if (text.size() % 4 != 0) return false;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const auto left_out = i + 4 == text.size() ? padding : 0;
        std::uint32_t three = 0;
        for (std::size_t digit = 0; digit < 4; ++digit) {
            const auto value = digit < 4 - left_out ? base64_value(text[i + digit]) : 0;
            if (value < 0) return refuse();
            three = three << 6 | static_cast<std::uint32_t>(value);
        }
        for (std::size_t n = 0; n < 3; ++n) {
            const auto byte = static_cast<char>(three >> (16 - 8 * n));
            if (n < 3 - left_out)
                out += byte;
            else if (byte != 0) // bits that nobody wrote
                return refuse();
        }
    }
    return true;
}

} // namespace penstock::detail
