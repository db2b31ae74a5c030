// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/io_result.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace penstock {

/// Bytes in order, pulled by the reader. The one interface between transport, codecs and parsers.
///
/// Layers stack as plain calls: `try_read_some` of a decoder calls `try_read_some` of the body beneath it, and no
/// coroutine frame is made per read. Only when nothing is there does somebody await `ready()`.
///
/// A source belongs to one executor and has one reader at a time. It is not thread-safe.
class byte_source {
  public:
    virtual ~byte_source() = default;

    /// Moves up to `into.size()` bytes (which must not be 0) into `into` without suspending. After `end` or `error`
    /// every further call answers the same. A source may answer `would_block` while bytes are there, to let other
    /// work on the executor run.
    virtual io_result try_read_some(std::span<std::byte> into) = 0;

    /// Completes when `try_read_some` is worth calling again; also when it would report an error. Spurious completion
    /// is allowed. Throws only on cancellation (any type), after which the source may be awaited again.
    virtual awaitable<void> ready() = 0;

    /// How many bytes are left, where that is known (a body with Content-Length, a file).
    virtual std::optional<std::uint64_t> remaining() const { return std::nullopt; }

    /// What errors call this source: a URL or a path.
    virtual std::string name() const { return {}; }
};

/// Reads some bytes: at least one, at most `into.size()`; 0 only at the end. `into` must live until completion.
/// Throws `error`. On cancellation no byte is lost: the next read continues where the last one ended.
PENSTOCK_DECL awaitable<std::size_t> read_some(byte_source& source, std::span<std::byte> into);

/// Reads until `into` is full or the data ends; the count is short only at the end.
PENSTOCK_DECL awaitable<std::size_t> read(byte_source& source, std::span<std::byte> into);

/// Reads all that is left into a string. More than `limit` bytes is `errc::response_too_large`; memory is taken as
/// bytes arrive, never by what a header promised.
PENSTOCK_DECL awaitable<std::string> read_all(byte_source& source, std::size_t limit = std::size_t{64} << 20);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/byte_source.ipp>
#endif
