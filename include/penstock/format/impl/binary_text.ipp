// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/binary_text.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/detail/base64.hpp>

namespace penstock {

PENSTOCK_DECL void append_binary(std::string& out, std::string_view bytes, binary_form form) {
    if (form == binary_form::base64) return detail::append_base64(out, bytes);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += detail::lower_hex[byte >> 4];
        out += detail::lower_hex[byte & 15];
    }
}

PENSTOCK_DECL bool parse_binary(std::string_view text, binary_form form, std::string& out) {
    if (form == binary_form::base64) return detail::parse_base64(text, out);
    if (text.size() % 2 != 0) return false;
    const auto before = out.size();
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = detail::hex_value(text[i]);
        const int low = detail::hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            out.resize(before);
            return false;
        }
        out += static_cast<char>(high << 4 | low);
    }
    return true;
}

} // namespace penstock
