// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdlib>

namespace test {

/// How many rounds a random test goes: `usual`, so often as PENSTOCK_TEST_ROUNDS says (1).
inline int rounds(int usual) {
    const char* const times = std::getenv("PENSTOCK_TEST_ROUNDS");
    return usual * (times ? std::atoi(times) : 1);
}

} // namespace test
