// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace penstock {

/// Part of an object or file.
struct byte_range {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    friend bool operator==(const byte_range&, const byte_range&) = default;
};

/// Random access to an object or file: what Parquet reads from.
class range_source {
  public:
    virtual ~range_source() = default;

    /// The size of the whole, in bytes. May cost a request the first time.
    virtual awaitable<std::uint64_t> size() = 0;

    /// Fills `into` from `offset`; gives fewer bytes only where the data ends. Throws `error`.
    virtual awaitable<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;

    virtual std::string name() const { return {}; }
};

} // namespace penstock
