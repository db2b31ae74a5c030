// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/io_result.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace penstock::http {

enum class wait_for { read, write };

/// A connected byte stream, both ways: TCP, TLS, or a simulated network. Belongs to one executor.
///
/// Bytes move by plain calls; only waiting suspends. One wait for reading and one for writing may be pending at a time.
class stream {
  public:
    virtual ~stream() = default;

    /// `end` is the other side's orderly close. A TLS stream that ends without close_notify answers `error`
    /// (`errc::connection_closed`), for otherwise a cut would pass for an end.
    virtual io_result try_read_some(std::span<std::byte> into) = 0;

    /// Waits until there is something to read, and reads it: what `try_read_some` answers, but never `would_block`.
    /// Cancelled (any type), it throws and has taken nothing. For a stream that can, cheaper than the two in turn.
    PENSTOCK_DECL virtual awaitable<io_result> read_some(std::span<std::byte> into);

    /// Answers `bytes`, `would_block` or `error`.
    virtual io_result try_write_some(std::span<const std::byte> from) = 0;

    /// Completes when the next try may get on; spuriously too; at once after `close`. Throws only on cancellation
    /// (any type), which leaves the stream as it was.
    virtual awaitable<void> wait(wait_for what) = 0;

    /// How much a reader would like to find when it wakes: `wait` for reading may sleep until so many bytes are there, or
    /// the end, or an error. 1 wakes for any byte, and wakes who waits already where there is one. A stream may ignore it.
    virtual void gather(std::size_t) noexcept {}

    /// Ends the stream at once. Pending waits complete; every further try answers `error` (`errc::closed`).
    virtual void close() noexcept = 0;

    /// Whether an idle stream is still fit for a request: false when the other side has closed it or sent bytes that
    /// nobody asked for. Costs a system call, no waiting.
    virtual bool usable() noexcept = 0;

    /// Frees the buffers that are needed while bytes move only; the next call takes them again.
    virtual void release_buffers() noexcept {}
};

using stream_ptr = std::unique_ptr<stream>;

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/stream.ipp>
#endif
