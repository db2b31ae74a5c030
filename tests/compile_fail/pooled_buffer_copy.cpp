// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// A block of memory has one owner.
#include <penstock/core/buffer_pool.hpp>

#include <utility>

void keep(penstock::pooled_buffer b) {
    penstock::pooled_buffer other;
#ifdef WRONG
    other = b;
#else
    other = std::move(b);
#endif
}
