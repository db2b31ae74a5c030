// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/testing/link_options.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace penstock::testing {

struct memory_stream_options;
struct memory_stream_pair;

namespace detail {

/// One direction of a connection.
class memory_pipe {
  public:
    PENSTOCK_DECL memory_pipe(const executor& ex, link_options options, std::shared_ptr<clock_source> clock,
                              std::shared_ptr<random_source> random);

    PENSTOCK_DECL io_result read(std::span<std::byte> into);
    PENSTOCK_DECL io_result write(std::span<const std::byte> from);
    PENSTOCK_DECL awaitable<void> wait_readable();
    PENSTOCK_DECL awaitable<void> wait_writable();
    PENSTOCK_DECL void close_writer();
    PENSTOCK_DECL void close_reader();
    /// The reader sees an orderly end, the writer a broken pipe.
    PENSTOCK_DECL void cut();
    PENSTOCK_DECL void reset();

    bool was_reset() const noexcept { return reset_; }
    bool was_cut() const noexcept { return cut_; }
    PENSTOCK_DECL bool anything_to_read();

  private:
    struct segment {
        std::string bytes;
        steady_time arrives;
    };

    PENSTOCK_DECL std::size_t limited(std::size_t n);
    PENSTOCK_DECL steady_time arrival_of(std::size_t n);

    bool arrived(steady_time t) const { return !clock_ || t <= clock_->now(); }
    bool stalled() const { return stall_forever_ || (stall_until_ && !arrived(*stall_until_)); }

    /// Bytes that a read of `want` would get now.
    PENSTOCK_DECL std::size_t readable(std::size_t want);

    bool at_end() const { return !stalled() && writer_closed_ && segments_.empty() && arrived(end_arrives_); }

    PENSTOCK_DECL void take(std::span<std::byte> into);
    PENSTOCK_DECL void apply_faults();

    /// Wakes the reader when what it waits for arrives.
    PENSTOCK_DECL void arm();
    PENSTOCK_DECL void drop();
    PENSTOCK_DECL void wake();

    link_options options_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    std::unique_ptr<timer> timer_;
    std::deque<segment> segments_;
    std::size_t taken_ = 0; // of the front segment
    std::size_t on_the_way_ = 0;
    std::uint64_t delivered_ = 0;
    std::size_t next_fault_ = 0;
    steady_time last_departure_{};
    steady_time last_arrival_{};
    steady_time end_arrives_{};
    std::optional<steady_time> stall_until_;
    bool stall_forever_ = false;
    bool writer_closed_ = false;
    bool reader_closed_ = false;
    bool reset_ = false;
    bool cut_ = false;
    wait_list readable_;
    wait_list writable_;
};

/// What a pair of streams is made of. A simulated network keeps hold of them, to reset them.
struct memory_pipes {
    std::shared_ptr<memory_pipe> to_server;
    std::shared_ptr<memory_pipe> to_client;
};

PENSTOCK_DECL memory_pipes make_memory_pipes(const executor& ex, const memory_stream_options& options);
PENSTOCK_DECL memory_stream_pair make_memory_streams(memory_pipes pipes,
                                                     const memory_stream_options& options);

} // namespace detail
} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/memory_pipe.ipp>
#endif
