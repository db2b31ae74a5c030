// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

/// What every input must hold; the fuzzer keeps an input for which it does not.
inline void require(bool condition) {
    if (!condition) std::abort();
}

/// The input behind its first `skip` bytes, which choose what is done with it.
inline std::string_view text_behind(const std::uint8_t* data, std::size_t size, std::size_t skip) {
    return {reinterpret_cast<const char*>(data) + skip, size - skip};
}
