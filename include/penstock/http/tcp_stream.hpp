// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/stream.hpp>

#include <boost/asio/ip/address.hpp>

namespace penstock::http {

/// Connects to one address. Nagle's delay is off: requests leave in one piece. Throws `errc::connect_failed` with the
/// system's reason, `errc::connect_timeout` after `limit`.
PENSTOCK_DECL awaitable<stream_ptr> connect_tcp(asio::ip::address address, std::uint16_t port,
                                                std::shared_ptr<clock_source> clock, duration limit);

/// A stream over a connected, non-blocking socket, which it owns: what a server gets from accept().
PENSTOCK_DECL stream_ptr make_tcp_stream(executor ex, int socket);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/tcp_stream.ipp>
#endif
