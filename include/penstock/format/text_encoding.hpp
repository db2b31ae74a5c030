// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

/// How the characters of a text are stored as bytes.
enum class text_encoding : std::uint8_t {
    utf8,         ///< a byte-order mark at the start is dropped
    latin1,       ///< ISO 8859-1: byte N is U+00N
    windows_1252, ///< Latin-1 with €, curly quotes … at 80 to 9F; 81, 8D, 8F, 90 and 9D stay control characters (WHATWG)
    utf16,        ///< the byte-order mark, which is dropped, says which; little-endian where there is none (WHATWG)
    utf16le,      ///< a mark of this order is dropped
    utf16be,      ///< the same
};

/// What becomes of bytes that are no character: a sequence that is no UTF-8 or goes on behind the end, an unpaired surrogate,
/// half a code unit at the end.
enum class broken_text : std::uint8_t {
    fail,    ///< an error, after all that stands before it
    replace, ///< U+FFFD, one for each longest beginning of a character (as browsers and Python count them)
};

/// "utf-8", "latin1", "windows-1252", "utf-16", "utf-16le", "utf-16be".
PENSTOCK_DECL std::string_view to_string(text_encoding e) noexcept;

/// Reads these names and the usual others ("UTF8", "iso-8859-1", "cp1252", "utf_16_le" …), upper or lower case, with or
/// without `-`, `_` and spaces. Nothing for other names.
PENSTOCK_DECL std::optional<text_encoding> parse_text_encoding(std::string_view name) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/text_encoding.ipp>
#endif
