// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace penstock::detail {

/// How many of `count` bits from `first` on are 1.
inline std::size_t count_ones(const std::byte* bits, std::size_t first, std::size_t count) noexcept {
    std::size_t n = 0;
    for (; count != 0 && first % 8 != 0; ++first, --count) n += bit(bits, first);
    const auto* p = bits + first / 8;
    for (; count >= 64; count -= 64, p += 8) {
        std::uint64_t word;
        std::memcpy(&word, p, 8);
        n += static_cast<std::size_t>(std::popcount(word));
    }
    for (std::size_t i = 0; i < count; ++i) n += bit(p, i);
    return n;
}

} // namespace penstock::detail
