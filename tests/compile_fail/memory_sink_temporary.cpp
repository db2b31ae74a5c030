// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// The string that a memory_sink commits to is the caller's, and outlives it.
#include <penstock/core/memory_io.hpp>

void sink(std::string& kept) {
#ifdef WRONG
    penstock::memory_sink s{std::string{}};
#else
    penstock::memory_sink s{kept};
#endif
}
