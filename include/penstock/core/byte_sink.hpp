// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/as_bytes.hpp>
#include <penstock/core/asio.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace penstock {

/// Bytes in order, pushed by the writer: the other end of `byte_source`. What was written becomes visible only by
/// `commit`, whole or not at all; a sink that is destroyed without it leaves nothing behind.
///
/// A sink belongs to one executor and has one writer at a time.
class byte_sink {
  public:
    virtual ~byte_sink() = default;

    /// Takes all of `bytes`, which must live until completion, and suspends while the other side is slower. Throws
    /// `error`; after an error or a cancellation the sink can only be destroyed or aborted.
    virtual awaitable<void> write(std::span<const std::byte> bytes) = 0;

    /// Makes everything written visible and ends the sink. Once only.
    virtual awaitable<void> commit() = 0;

    /// What errors call this sink: a URL or a path.
    virtual std::string name() const { return {}; }
};

} // namespace penstock
