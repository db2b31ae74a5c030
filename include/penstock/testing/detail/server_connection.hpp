// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/stream.hpp>
#include <penstock/testing/detail/request_parser.hpp>
#include <penstock/testing/server_limits.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace penstock::testing::detail {

/// The server's side of one HTTP connection: a buffer of what came and is not read yet, and every wait limited in time.
class server_connection {
  public:
    server_connection(const server_connection&) = delete;
    server_connection& operator=(const server_connection&) = delete;

  protected:
    /// `limits` outlive it.
    PENSTOCK_DECL server_connection(http::stream_ptr stream, const server_limits& limits, const executor& ex,
                                    std::shared_ptr<clock_source> clock, const std::shared_ptr<buffer_pool>& buffers);
    PENSTOCK_DECL ~server_connection();

    std::span<const std::byte> buffered() const noexcept { return buffer_.span().subspan(begin_, end_ - begin_); }
    void consume(std::size_t n) noexcept { begin_ += n; }

    /// Until the parser is done; else the connection has ended, or what is wrong with the head.
    PENSTOCK_DECL awaitable<head_problem> read_head(request_parser& parser);
    /// Waits for more input; false where there will be none.
    PENSTOCK_DECL awaitable<bool> fill(steady_time deadline);
    PENSTOCK_DECL awaitable<bool> write_all(std::span<const std::byte> bytes);
    /// Silence for `d`, or until the client is gone.
    PENSTOCK_DECL awaitable<void> pause(duration d);
    /// Lets the client read the last answer before the connection is gone.
    PENSTOCK_DECL awaitable<void> linger();

    steady_time after(duration d) const { return clock_->now() + d; }

    http::stream_ptr stream_;
    const server_limits& limits_;
    std::shared_ptr<clock_source> clock_;

  private:
    void watch(steady_time deadline);
    void watchdog_barked();

    pooled_buffer buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::unique_ptr<timer> watchdog_;
    steady_time deadline_ = steady_time::max();
    steady_time armed_for_ = steady_time::max();
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/server_connection.ipp>
#endif
