// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/json_text.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/numbers.hpp>

#include <cmath>
#include <cstddef>

namespace penstock::json {
namespace detail {

inline bool must_escape(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

inline void append_escape(std::string& out, char c) {
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
    out += penstock::detail::lower_hex[static_cast<unsigned char>(c) >> 4];
    out += penstock::detail::lower_hex[static_cast<unsigned char>(c) & 15];
}

} // namespace detail

PENSTOCK_DECL void append_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!detail::must_escape(text[i])) continue;
        out.append(text, done, i - done);
        detail::append_escape(out, text[i]);
        done = i + 1;
    }
    out.append(text, done);
    out += '"';
}

PENSTOCK_DECL void append_number(std::string& out, double value) {
    if (std::isfinite(value))
        append_float64(out, value);
    else
        out += "null";
}

} // namespace penstock::json
