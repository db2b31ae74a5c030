// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/base64.hpp>

#include <penstock/core/detail/base64.hpp>

namespace penstock {

PENSTOCK_DECL std::string to_base64(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    detail::append_base64(out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return out;
}

PENSTOCK_DECL std::optional<std::string> from_base64(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    if (!detail::parse_base64(text, out)) return std::nullopt;
    return out;
}

} // namespace penstock
