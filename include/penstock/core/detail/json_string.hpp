// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/ascii.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::detail {

inline bool must_escape_in_json(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

inline void append_json_escape(std::string& out, char c) {
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\b':
        out += "\\b";
        return;
    case '\f':
        out += "\\f";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    out += "\\u00";
    out += lower_hex[static_cast<unsigned char>(c) >> 4];
    out += lower_hex[static_cast<unsigned char>(c) & 15];
}

/// Appends `text`, valid UTF-8, as a JSON string with its quotation marks.
inline void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!must_escape_in_json(text[i])) continue;
        out.append(text, done, i - done);
        append_json_escape(out, text[i]);
        done = i + 1;
    }
    out.append(text, done);
    out += '"';
}

} // namespace penstock::detail
