// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/http/stream.hpp>
#include <penstock/testing/link_options.hpp>

#include <cstdint>
#include <memory>

namespace penstock::testing {

/// A stream whose end can be rude, as a server's faults need it.
class server_stream : public http::stream {
  public:
    /// Ends the stream as a crash would: what is under way is lost, the other side sees "connection reset".
    virtual void reset() noexcept = 0;
};

using server_stream_ptr = std::unique_ptr<server_stream>;

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
