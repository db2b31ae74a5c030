// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Units are given back once.
#include <penstock/core/semaphore.hpp>

#include <utility>

penstock::permit pass(penstock::permit p) {
#ifdef WRONG
    penstock::permit other = p;
#else
    penstock::permit other = std::move(p);
#endif
    return other;
}
