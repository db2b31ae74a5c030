// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <string>
#include <string_view>

namespace penstock::json {

/// Appends `text`, valid UTF-8, as a JSON string with its quotation marks: '"', '\\' and control characters
/// escaped, all else as it is. Pure.
PENSTOCK_DECL void append_string(std::string& out, std::string_view text);

/// Appends the shortest text that reads back as the same double; NaN and the infinities, which JSON does not
/// have, as null.
PENSTOCK_DECL void append_number(std::string& out, double value);

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/json_text.ipp>
#endif
