// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// A call that nobody awaits does nothing.
#include <penstock/core/byte_source.hpp>

penstock::awaitable<void> skip(penstock::byte_source& source, std::span<std::byte> into) {
#ifdef WRONG
    penstock::read_some(source, into);
    co_return;
#else
    (void)co_await penstock::read_some(source, into);
#endif
}
