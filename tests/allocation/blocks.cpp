// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "counting.hpp"

#include <penstock/core/buffer_pool.hpp>

#include <cstddef>
#include <cstdio>
#include <deque>
#include <memory>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Blocks that the pool does not keep, as uploads and wide batches take them, small things living on between them: what one left behind
/// is found again for the next.
bool allocation::blocks_found_again() {
#ifdef __GLIBC__
    using namespace penstock;
    mallopt(M_MMAP_THRESHOLD, 16 << 20); // where glibc's own threshold gets to by itself
    constexpr std::size_t block = std::size_t{1} << 20;
    const auto pool = buffer_pool::create(0);
    std::deque<pooled_buffer> held;
    std::vector<std::unique_ptr<char[]>> small;
    const auto take = [&](int n) {
        while (n-- > 0) {
            held.push_back(pool->take(block));
            for (const std::size_t size : {24, 40, 56, 72}) small.push_back(std::make_unique<char[]>(size));
            if (held.size() > 8) held.pop_front();
        }
    };
    take(40);
    const auto before = mallinfo2().arena;
    take(200);
    const auto grown = mallinfo2().arena - before;
    const bool good = grown < 8 * block;
    std::printf("%-24s 200 blocks of 1 MiB, 8 at a time: the heap grew by %zu KiB%s\n", "blocks", grown >> 10, good ? "" : "  FAILED");
    return good;
#else
    return true;
#endif
}
