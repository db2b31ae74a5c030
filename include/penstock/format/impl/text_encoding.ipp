// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/text_encoding.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace penstock {

PENSTOCK_DECL std::string_view to_string(text_encoding e) noexcept {
    switch (e) {
    case text_encoding::latin1:
        return "latin1";
    case text_encoding::windows_1252:
        return "windows-1252";
    case text_encoding::utf16:
        return "utf-16";
    case text_encoding::utf16le:
        return "utf-16le";
    case text_encoding::utf16be:
        return "utf-16be";
    case text_encoding::utf8:
        break;
    }
    return "utf-8";
}

PENSTOCK_DECL std::optional<text_encoding> parse_text_encoding(std::string_view name) noexcept {
    using named = std::pair<std::string_view, text_encoding>;
    static constexpr named known[] = {
        {"utf8", text_encoding::utf8},           {"utf8sig", text_encoding::utf8},
        {"ascii", text_encoding::utf8},          {"usascii", text_encoding::utf8},
        {"latin1", text_encoding::latin1},       {"iso88591", text_encoding::latin1},
        {"l1", text_encoding::latin1},           {"windows1252", text_encoding::windows_1252},
        {"cp1252", text_encoding::windows_1252}, {"1252", text_encoding::windows_1252},
        {"utf16", text_encoding::utf16},         {"utf16le", text_encoding::utf16le},
        {"utf16be", text_encoding::utf16be},
    };
    std::array<char, 16> plain{};
    std::size_t n = 0;
    for (const char c : name) {
        if (c == '-' || c == '_' || c == ' ') continue;
        if (n == plain.size()) return std::nullopt;
        plain[n++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    for (const auto& [text, encoding] : known)
        if (text == std::string_view{plain.data(), n}) return encoding;
    return std::nullopt;
}

} // namespace penstock
