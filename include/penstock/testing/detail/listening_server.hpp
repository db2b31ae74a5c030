// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/stream.hpp>
#include <penstock/testing/request_record.hpp>
#include <penstock/testing/server_limits.hpp>
#include <penstock/testing/simulated_network.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace penstock::testing::detail {

struct connection_control {
    asio::cancellation_signal signal;
};

/// The ports and connections that every server in this process has: TCP or simulated, plain or TLS. Who derives says what
/// is spoken on a connection. Always made as a shared pointer: connections keep it.
class listening_server : public std::enable_shared_from_this<listening_server> {
  public:
    listening_server() = default;
    virtual ~listening_server() = default;
    listening_server(const listening_server&) = delete;
    listening_server& operator=(const listening_server&) = delete;

    /// Throws `errc::invalid_option` with the system's reason.
    PENSTOCK_DECL std::uint16_t listen(std::uint16_t at, const std::string& address);
    PENSTOCK_DECL void listen(simulated_network& network, const std::string& host, std::uint16_t at);
    /// `reset` makes the end of the connection an abrupt one.
    PENSTOCK_DECL void start(http::stream_ptr stream, std::function<void()> reset);
    /// Closes ports and connections.
    PENSTOCK_DECL void stop() noexcept;

    executor ex;
    std::shared_ptr<clock_source> clock;
    std::shared_ptr<ssl_ctx_st> tls; ///< null: plain
    server_statistics statistics;
    std::string endpoint; ///< of the last `listen`
    std::uint16_t port = 0;
    bool stopped = false;

  protected:
    /// One connection to its end, for whatever reason.
    virtual awaitable<void> serve(http::stream_ptr stream, std::function<void()> reset, std::uint64_t number) = 0;
    virtual const server_limits& transport_limits() const noexcept = 0;

  private:
    struct tcp_port;
    static awaitable<void> accept_tcp(std::shared_ptr<listening_server> self, std::shared_ptr<tcp_port> port);
    static awaitable<void> accept_simulated(std::shared_ptr<listening_server> self,
                                            std::shared_ptr<simulated_listener> listener);
    static awaitable<void> run_connection(std::shared_ptr<listening_server> self, http::stream_ptr stream,
                                          std::function<void()> reset, std::uint64_t number);
    std::string scheme() const { return tls ? "https://" : "http://"; }

    std::list<std::shared_ptr<connection_control>> connections_;
    std::vector<std::function<void()>> close_ports_;
};

/// Certificate chain and key as PEM text. Throws `errc::invalid_option` where they cannot be used.
PENSTOCK_DECL std::shared_ptr<ssl_ctx_st> make_server_tls_context(const std::string& certificate, const std::string& key);

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/listening_server.ipp>
#endif
