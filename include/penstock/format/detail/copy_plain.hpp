// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace penstock::detail {

/// 16 bytes, compared all at once; g++ and clang make it of what the processor has.
using bytes16 = std::uint8_t __attribute__((vector_size(16)));

inline bytes16 load16(const char* from) noexcept {
    bytes16 out;
    std::memcpy(&out, from, sizeof out);
    return out;
}
inline bytes16 all16(unsigned char c) noexcept { return bytes16{} + c; }

inline bool any16(bytes16 marks) noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, &marks, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/// Copies a text, and tells whether it has a byte that is marked: `marks(bytes16)` gives not 0 for those. `readable`: so many
/// bytes from `from` on may be read. Writes up to 15 bytes behind the text.
template <class Marks>
bool copy_plain(char* to, const char* from, std::size_t size, std::size_t readable, const Marks& marks) noexcept {
    static constexpr unsigned char inside[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    bytes16 seen{};
    std::size_t i = 0;
    for (; i + 16 <= size; i += 16) {
        const auto x = load16(from + i);
        std::memcpy(to + i, &x, 16);
        seen |= marks(x);
    }
    if (const auto rest = size - i) {
        bytes16 x{};
        if (readable - i >= 16)
            x = load16(from + i);
        else
            std::memcpy(&x, from + i, rest);
        std::memcpy(to + i, &x, 16);
        bytes16 which;
        std::memcpy(&which, inside + 16 - rest, 16);
        seen |= marks(x) & which;
    }
    return any16(seen);
}

} // namespace penstock::detail
