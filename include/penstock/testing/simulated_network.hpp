// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/memory_stream.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace penstock::testing {

/// What becomes of one attempt to connect.
struct connection_plan {
    enum class fate : std::uint8_t {
        accept,
        refuse,         ///< "connection refused", after the latency
        host_not_found, ///< as a resolver would answer
        black_hole,     ///< no answer ever: only a timeout or cancellation ends it
    };
    connection_plan() = default;

    fate what = fate::accept;
    link_options to_server;
    link_options to_client;
    std::uint64_t reset_at_client_step = 0; ///< see `memory_stream_options`
};

/// Whom a planner is asked about.
struct connection_attempt {
    connection_attempt() = default;

    std::string host;
    std::uint16_t port = 0;
    std::uint64_t number = 0; ///< counts from 1 over the whole network
};

/// Accepts the connections of one (host, port). Destroying it refuses what is not accepted yet.
class simulated_listener {
  public:
    virtual ~simulated_listener() = default;
    /// The next connection. Throws `asio::error::operation_aborted` after `close` and on cancellation (any
    /// type).
    virtual awaitable<server_stream_ptr> accept() = 0;
    virtual void close() noexcept = 0;
};

/// Hosts, ports and connections in memory: clients and servers on one executor talk without sockets, in the
/// time of an injected clock, and a planner decides what goes wrong. The same seed and plan give the same
/// run. Not thread-safe.
class simulated_network {
  public:
    PENSTOCK_DECL static std::shared_ptr<simulated_network>
    create(executor ex, std::shared_ptr<clock_source> clock, std::uint64_t seed = 0);
    /// Resets every connection.
    PENSTOCK_DECL ~simulated_network();
    simulated_network(const simulated_network&) = delete;
    simulated_network& operator=(const simulated_network&) = delete;

    /// Asked once for every attempt. Without one, all are accepted with default options.
    PENSTOCK_DECL void plan(std::function<connection_plan(const connection_attempt&)> planner);

    /// Throws `errc::invalid_option` where somebody listens there already.
    PENSTOCK_DECL std::unique_ptr<simulated_listener> listen(std::string host, std::uint16_t port);

    /// Throws `errc::host_not_found`, or `errc::connect_failed` where nobody listens or the plan says so.
    PENSTOCK_DECL awaitable<http::stream_ptr> connect(std::string host, std::uint16_t port);

    /// Resets every connection that is open now, as pulling a cable and plugging it in again would.
    PENSTOCK_DECL void reset_all();

    /// Attempts so far.
    PENSTOCK_DECL std::uint64_t attempts() const noexcept;
    /// Over all connections, open and closed.
    PENSTOCK_DECL const link_statistics& statistics() const noexcept;

    struct state;

  private:
    PENSTOCK_DECL simulated_network(executor ex, std::shared_ptr<clock_source> clock, std::uint64_t seed);
    std::shared_ptr<state> state_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/simulated_network.ipp>
#endif
