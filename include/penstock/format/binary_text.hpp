// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

/// How bytes are written as text.
enum class binary_form : std::uint8_t {
    base64, ///< RFC 4648 with padding: "AP8="
    hex,    ///< two digits a byte, lower case: "00ff"
};

PENSTOCK_DECL void append_binary(std::string& out, std::string_view bytes, binary_form form);

/// Appends the bytes. False, and nothing appended, for what is no such text: base64 exactly as it is written, hexadecimal
/// digits in any case. Pure.
PENSTOCK_DECL bool parse_binary(std::string_view text, binary_form form, std::string& out);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/binary_text.ipp>
#endif
