// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace penstock {

/// Bytes that come in any order. What was written becomes visible only by `commit`, whole or not at all; a sink that is
/// destroyed without it leaves nothing behind. After a call that failed or was cancelled, and after `commit`, further calls
/// throw `errc::closed`.
///
/// Belongs to one executor; several `write_at` may be under way.
class range_sink {
  public:
    virtual ~range_sink() = default;

    /// Makes room for the whole, where that can be promised: what will not fit is refused now. Throws `error`.
    virtual awaitable<void> reserve(std::uint64_t size) = 0;
    /// Takes all of `bytes`, which must live until completion. Throws `error`.
    virtual awaitable<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
    /// Makes everything written visible and ends the sink. Precondition: no other call is under way.
    virtual awaitable<void> commit() = 0;

    virtual std::string name() const { return {}; }
};

} // namespace penstock
