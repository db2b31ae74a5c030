// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <array>
#include <string_view>

namespace penstock::http::detail {

/// What a character may be in a header field.
enum field_char : unsigned char { in_name = 1, in_value = 2 };

/// tchar of RFC 9110, section 5.6.2, and the characters of section 5.5.
inline constexpr auto field_chars = [] {
    std::array<unsigned char, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool mark = c < 0x80 && std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) !=
                                          std::string_view::npos;
        table[c] = (alphanumeric || mark ? in_name : 0) | ((c >= 0x20 && c != 0x7f) || c == '\t' ? in_value : 0);
    }
    return table;
}();

inline bool all_of_kind(std::string_view text, field_char kind) noexcept {
    unsigned char all = kind;
    for (const char c : text) all &= field_chars[static_cast<unsigned char>(c)];
    return all != 0;
}

} // namespace penstock::http::detail
