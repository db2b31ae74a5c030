// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/detail/cpu_features.hpp>

#include <cstddef>
#include <cstdint>

// What JSON Lines needs beside the kernels that it shares with CSV; text_kernels.hpp says how runs of fields and texts look.

namespace penstock::detail {

struct field_run;
struct field_bits;
struct scan_output;
enum class null_form : std::uint8_t;

/// What a row of JSON ends with.
enum class json_layout : std::uint8_t {
    lines,    ///< a line feed
    elements, ///< the comma behind an element of an array
    values,   ///< its own closing bracket: nothing stands between rows but white space
};

/// Between blocks, as masks.
struct json_scan_state {
    std::uint64_t inside = 0;  ///< all ones in a string
    std::uint64_t escaped = 0; ///< lowest bit: the next byte is
    std::uint64_t closed = 0;  ///< lowest bit: the byte before was a closing brace
};

struct json_kernels {
    simd_level level;

    using scan_function = std::size_t (*)(const char* text, std::size_t from, std::size_t to, json_scan_state&, scan_output&);

    /// By layout: commas outside strings, and row ends, in `text[from, to)`; reads up to 63 bytes more. `to - from` is a multiple
    /// of 64 where the scan goes on there. For row ends it takes line feeds; commas right behind a closing brace; closing
    /// braces. Stops at the block of 64 bytes in which a string has a control character, a line feed for example; gives where.
    scan_function scan[3];

    /// The same with brackets of all kinds and colons among the separators; outside strings also "Y", "y", "_" and DEL, which
    /// have no place there. Stops at control characters outside strings, too, other than JSON's white space, and says
    /// whether there is any of that. Row ends are line feeds; of the other layouts it finds none.
    scan_function scan_tokens[3];

    /// Line feeds in `text[0, size)`; reads up to 63 bytes more.
    std::size_t (*line_feeds)(const char* text, std::size_t size);

    /// Strings without their quotation marks and with their escapes undone, one behind the other from `data + position`
    /// on, and the end of each. Gives how many rows it did: it stops before a value that is neither a valid string nor
    /// a null of this form. Writes up to 64 bytes behind `position`. That texts are UTF-8 is not looked at, nor are control characters.
    std::size_t (*strings)(const field_run&, null_form, char* data, std::size_t& position, std::int32_t* ends, field_bits&);

    /// How many rows from the first on have a value that is a number, a truth value, null or a string without escapes, as
    /// JSON spells them. It may stop before rarer ones: long strings, exponents. Control characters are not looked for.
    std::size_t (*plain_scalars)(const field_run&);

    /// What stands between a string's quotation marks, its escapes undone. Gives the size, at most `size`, or
    /// `invalid_escape`, also for a quotation mark. Writes up to 64 bytes more than `size`, reads as much behind `from`.
    std::size_t (*unescape)(char* to, const char* from, std::size_t size);
};

inline constexpr std::size_t invalid_escape = static_cast<std::size_t>(-1);

/// As `text_kernels_of`.
PENSTOCK_DECL const json_kernels& json_kernels_of(simd_level level) noexcept;

} // namespace penstock::detail

#include <penstock/format/kernels/text_kernels.hpp> // those types; behind this, for its bodies have the kernels of both

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/text_kernels.ipp>
#endif
