// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>

namespace allocation {

/// Heap allocations of this thread so far. Of one thread alone, for servers run beside the reader.
extern thread_local std::uint64_t allocations;

/// Reads before the counting begins: enough for the first waits and turns, which take what is kept from then on.
inline constexpr std::uint64_t warm_up = 1000;

struct outcome {
    outcome() = default;
    std::uint64_t reads = 0;
    std::uint64_t waits = 0;
    std::uint64_t bytes = 0;
    std::uint64_t allocated = 0; ///< after the warm-up
};

/// Prints a line and says whether it is as promised. `allowed`: for what happens now and then and not with a read.
bool report(const char* name, const outcome& o, bool complete, std::uint64_t allowed = 0);

bool batches();
bool blocks_found_again();
bool codec_reads();
bool connection_reads();
bool object_reads();

} // namespace allocation
