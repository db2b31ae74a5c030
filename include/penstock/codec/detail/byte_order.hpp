// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace penstock::detail {

/// The number in so many bytes, the lowest first; at most eight.
inline std::uint64_t read_little_endian(std::span<const std::byte> b) noexcept {
    std::uint64_t n = 0;
    for (std::size_t i = b.size(); i-- > 0;) n = n << 8 | std::to_integer<std::uint64_t>(b[i]);
    return n;
}

/// The highest first.
inline std::uint64_t read_big_endian(std::span<const std::byte> b) noexcept {
    std::uint64_t n = 0;
    for (const auto byte : b) n = n << 8 | std::to_integer<std::uint64_t>(byte);
    return n;
}

} // namespace penstock::detail
