// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace penstock::detail {

/// What lz4 and snappy have in common: a block is decoded as a whole. A `Block` has, all of them static,
///
/// * `most`: the largest plain size that its library takes;
/// * `bound(plain)`: how many bytes at most hold so many plain ones;
/// * `plain_size(stored)`: what the first bytes of a block say of it (snappy only);
/// * `decode(stored, out)`: how many bytes it wrote, or none where the block is damaged or does not fit;
/// * `encode(plain, out)`: how many bytes it wrote; `out` is as large as `bound` says.
///
/// This is a size that a block says, or that more bytes are needed to tell, or that it is none.
struct block_size {
    enum class state : std::uint8_t { known, more, bad } state = state::more;
    std::uint64_t bytes = 0;
};

} // namespace penstock::detail
