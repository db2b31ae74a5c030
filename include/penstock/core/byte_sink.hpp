// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/as_bytes.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/core/semaphore.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
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

    /// For who holds `bytes` of `budget` as long as it writes here, as an encoder does; before its first write, and once. A sink
    /// that takes memory of the same budget waits for its own first bytes at once with these, and for no more memory later than
    /// is left free now: so writers that hold and wait never wait for each other. A sink that does not leaves a quarter of the
    /// budget to others, or what there is beside these bytes. Errors: `errc::budget_exceeded` at once, where the whole budget is
    /// too small for both. On cancellation nothing is held.
    PENSTOCK_DECL virtual awaitable<permit> acquire_beside(std::shared_ptr<memory_budget> budget, std::uint64_t bytes);
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/byte_sink.ipp>
#endif
