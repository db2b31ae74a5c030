// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/shared_buffer.hpp>

#include <cstddef>
#include <cstdint>

namespace penstock::detail {

alignas(64) inline constexpr std::int64_t zero_offset = 0;

/// The offsets of an array of no values, which still has its first one. It takes no memory: `finish` of a builder is never
/// refused any.
inline shared_buffer first_offset(std::size_t width) noexcept {
    return {nullptr, reinterpret_cast<const std::byte*>(&zero_offset), width};
}

} // namespace penstock::detail
