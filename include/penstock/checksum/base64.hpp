// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace penstock {

/// RFC 4648, with padding.
PENSTOCK_DECL std::string to_base64(std::span<const std::byte> bytes);

/// None unless `text` is exactly what `to_base64` makes.
PENSTOCK_DECL std::optional<std::string> from_base64(std::string_view text);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/checksum/impl/base64.ipp>
#endif
