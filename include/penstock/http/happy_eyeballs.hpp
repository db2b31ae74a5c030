// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/stream.hpp>

#include <boost/asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace penstock::http {

/// One attempt to connect. Throws what went wrong; ends soon when it is cancelled (terminal).
using dialer = std::function<awaitable<stream_ptr>(asio::ip::address)>;

/// RFC 8305, section 8.
inline constexpr std::chrono::milliseconds connection_attempt_delay{250};

struct raced_connection {
    raced_connection() = default;

    stream_ptr stream; ///< null where no address would connect
    failure last;      ///< then the last attempt's
    std::vector<asio::ip::address> passed_over; ///< failed, or began before the one that won
};

/// Connects to one of several addresses, as "Happy Eyeballs" has it (RFC 8305): the families by turns, an attempt each
/// 250 ms or as soon as one has failed; the first that connects wins, the others are closed. Cancellation (any type) ends
/// all of them.
PENSTOCK_DECL awaitable<raced_connection> race_connections(std::vector<asio::ip::address> addresses, dialer dial,
                                                           std::shared_ptr<clock_source> clock);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/happy_eyeballs.ipp>
#endif
