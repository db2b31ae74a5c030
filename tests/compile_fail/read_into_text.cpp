// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Reading writes: not into a literal, nor into any view of text.
#include <penstock/core/byte_source.hpp>

#include <string_view>

penstock::awaitable<std::size_t> fill(penstock::byte_source& source) {
#ifdef WRONG
    static constexpr std::string_view block = "                ";
    co_return co_await penstock::read_some(source, std::as_bytes(std::span{block}));
#else
    static std::byte block[16];
    co_return co_await penstock::read_some(source, block);
#endif
}
