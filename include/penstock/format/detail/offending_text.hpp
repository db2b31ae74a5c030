// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::detail {

/// How much of a text an error shows.
inline constexpr std::size_t most_shown = 40;

/// The beginning of a text, in quotation marks and escaped, for an error.
inline std::string shown_beginning(std::string_view text) { return '"' + printable(text, most_shown) + '"'; }

/// What a record holds up to and with the byte at `at`, the last of it where it is long. Not what follows: that may not
/// have been read yet, and an error must be the same however its text is cut into blocks.
inline std::string shown_up_to(std::string_view record, std::size_t at) {
    auto text = record.substr(0, at == std::string_view::npos ? at : at + 1);
    const bool cut = text.size() > most_shown;
    if (cut) {
        text.remove_prefix(text.size() - most_shown);
        // not from within a character of UTF-8
        for (int i = 0; i < 3 && (static_cast<unsigned char>(text.front()) & 0xc0) == 0x80; ++i) text.remove_prefix(1);
    }
    return (cut ? "\"..." : "\"") + printable(text, most_shown) + '"';
}

} // namespace penstock::detail
