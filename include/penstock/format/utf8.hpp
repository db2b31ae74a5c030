// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <string_view>

namespace penstock {

/// Where the first byte sequence starts that is not UTF-8 (overlong forms, surrogates and code points beyond
/// U+10FFFF included); `npos` when all is well. ASCII is skipped 16 bytes at a time.
PENSTOCK_DECL std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// No byte has its high bit set.
PENSTOCK_DECL bool is_ascii(std::string_view text) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/utf8.ipp>
#endif
