// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::json::detail {

/// How deep objects and arrays may nest; simdjson's own default.
inline constexpr std::size_t max_json_depth = 1024;

struct json_fault {
    std::size_t offset = std::string_view::npos; ///< `npos`: there is none
    const char* what = nullptr;

    explicit operator bool() const noexcept { return what != nullptr; }
};

/// Where `text` stops being one JSON value (RFC 8259), and why. simdjson tells neither; this is asked
/// once it has refused a text. Numbers may be of any size. Pure.
PENSTOCK_DECL json_fault find_json_fault(std::string_view text);

/// A valid JSON text with every number that neither int64, uint64 nor double can hold put in quotation marks.
PENSTOCK_DECL std::string quote_wide_numbers(std::string_view text);

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/json_fault.ipp>
#endif
