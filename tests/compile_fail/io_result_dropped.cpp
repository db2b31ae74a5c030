// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What became of the bytes must be looked at.
#include <penstock/core/byte_source.hpp>

bool fill(penstock::byte_source& source, std::span<std::byte> into) {
#ifdef WRONG
    source.try_read_some(into);
    return true;
#else
    const auto r = source.try_read_some(into);
    return r.status == penstock::io_status::bytes;
#endif
}
