// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/http/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace penstock::testing {

/// A stream whose end can be rude, as a server's faults need it.
class server_stream : public http::stream {
  public:
    /// Ends the stream as a crash would: what is under way is lost, the other side sees "connection reset".
    virtual void reset() noexcept = 0;
};

using server_stream_ptr = std::unique_ptr<server_stream>;

/// Something that happens to one direction of a simulated connection once `at` bytes have passed.
struct link_fault {
    enum class kind : std::uint8_t {
        close, ///< the reader sees an orderly end, the writer a broken pipe
        reset, ///< both sides see a reset
        stall, ///< nothing passes for `length`
    };
    link_fault() = default;
    link_fault(kind what, std::uint64_t at, duration length = duration::max())
        : what{what}, at{at}, length{length} {}

    kind what = kind::close;
    std::uint64_t at = 0;
    duration length = duration::max(); ///< of a stall; `max` is for ever
};

/// The properties of one direction.
struct link_options {
    link_options() = default;

    /// Bytes on the way (sent and not yet read); a writer that is further ahead waits.
    std::size_t capacity = std::size_t{64} << 10;
    duration latency{};
    std::uint64_t bytes_per_second = 0; ///< 0: as fast as it goes
    /// The most that one read or write moves; with a random source, between 1 and this. 0: no limit.
    std::size_t max_transfer = 0;
    std::vector<link_fault> faults; ///< in order of `at`
};

/// Counts what a pair did; the calls that moved bytes or ended the stream are its steps.
struct link_statistics {
    std::uint64_t bytes_to_client = 0;
    std::uint64_t bytes_to_server = 0;
    std::uint64_t client_steps = 0;
};

struct memory_stream_options {
    memory_stream_options() = default;

    link_options to_server;
    link_options to_client;
    /// The client's n-th step (from 1) resets the connection instead; 0: none. Running a test once for each n
    /// fails every I/O step once.
    std::uint64_t reset_at_client_step = 0;
    std::shared_ptr<clock_source> clock; ///< needed for latency, rate and stalls
    std::shared_ptr<random_source> random;
    std::shared_ptr<link_statistics> statistics;
};

struct memory_stream_pair {
    server_stream_ptr client;
    server_stream_ptr server;
};

/// Two connected streams in memory, each with a bounded buffer towards the other. Both ends live on `ex`.
/// Closing or destroying one end lets the other read what is on the way, then its end.
PENSTOCK_DECL memory_stream_pair make_memory_streams(executor ex,
                                                     memory_stream_options options = memory_stream_options());

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/memory_stream.ipp>
#endif
