// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/ascii.hpp>

#include <cstddef>

namespace penstock::detail {

/// Four hexadecimal digits; negative for anything else.
inline int json_hex4(const char* p) noexcept {
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_value(p[i]);
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/// `from` is at a backslash with `left` bytes of the string from there on. Writes what the escape stands for, and moves
/// both pointers. False for an escape that JSON does not have, and for a surrogate without its other half.
inline bool undo_json_escape(char*& to, const char*& from, std::size_t left) noexcept {
    if (left < 2) return false;
    char plain;
    switch (from[1]) {
    case '"':
    case '\\':
    case '/':
        plain = from[1];
        break;
    case 'b':
        plain = '\b';
        break;
    case 'f':
        plain = '\f';
        break;
    case 'n':
        plain = '\n';
        break;
    case 'r':
        plain = '\r';
        break;
    case 't':
        plain = '\t';
        break;
    case 'u': {
        if (left < 6) return false;
        auto code = json_hex4(from + 2);
        if (code < 0) return false;
        from += 6;
        if (code < 0x80) {
            *to++ = static_cast<char>(code);
            return true;
        }
        if (code < 0x800) {
            *to++ = static_cast<char>(0xc0 | code >> 6);
            *to++ = static_cast<char>(0x80 | (code & 0x3f));
            return true;
        }
        if (code >= 0xd800 && code <= 0xdfff) {
            if (code > 0xdbff || left < 12 || from[0] != '\\' || from[1] != 'u') return false;
            const auto low = json_hex4(from + 2);
            if (low < 0xdc00 || low > 0xdfff) return false;
            from += 6;
            code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
            *to++ = static_cast<char>(0xf0 | code >> 18);
            *to++ = static_cast<char>(0x80 | (code >> 12 & 0x3f));
        } else {
            *to++ = static_cast<char>(0xe0 | code >> 12);
        }
        *to++ = static_cast<char>(0x80 | (code >> 6 & 0x3f));
        *to++ = static_cast<char>(0x80 | (code & 0x3f));
        return true;
    }
    default:
        return false;
    }
    *to++ = plain;
    from += 2;
    return true;
}

} // namespace penstock::detail
