// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/origin.hpp>
#include <penstock/http/response_head.hpp>

#include <boost/system/error_code.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace penstock::http {

enum class connect_step : std::uint8_t {
    resolve, ///< the addresses of a name, from a cache or a name server
    tcp,     ///< until one of the addresses answered
    tls,     ///< the handshake
};

/// A step on the way to a connection, done or failed.
struct connect_event {
    connect_event(connect_step step, const origin& to) : step{step}, to{to} {}

    connect_step step;
    const origin& to;
    duration took{};
    boost::system::error_code code; ///< no error: it succeeded
};

/// A request and its answer, as far as they have come.
struct exchange_event {
    exchange_event(const origin& to, std::uint64_t connection) : to{to}, connection{connection} {}

    const origin& to;
    std::uint64_t connection;           ///< a number of its own, by the observer
    std::string_view request;           ///< its head, secrets and all; only of `request`
    std::uint64_t request_body = 0;     ///< its size, where it is sent apart from the head
    const response_head* head = nullptr;
    std::uint64_t body = 0;             ///< bytes of the answer's body so far
    duration took{};                    ///< since the request
    boost::system::error_code code;     ///< why nothing more comes
};

/// Is told of what happens beneath a client's requests: the way to connections, and the messages on them. Given by
/// `transport_options::observer`, to one client or several. Each call is made on the executor of its client, from the
/// middle of its work: it should be short. What it throws is dropped.
class transport_observer {
  public:
    transport_observer() = default;
    virtual ~transport_observer() = default;
    transport_observer(const transport_observer&) = delete;
    transport_observer& operator=(const transport_observer&) = delete;

    virtual void connecting(const connect_event&) {}
    /// A request begins to leave.
    virtual void request(const exchange_event&) {}
    /// The head of its answer is there; or there will be none.
    virtual void answer(const exchange_event&) {}
    /// Nothing more of the answer's body will be read: it is complete, or `code` says why not (`operation_aborted`: its
    /// reader stopped). Told once for each answer without an error.
    virtual void end(const exchange_event&) {}

    std::uint64_t number_connection() noexcept { return 1 + connections_.fetch_add(1, std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> connections_{0};
};

namespace detail {

/// What an observer throws harms nobody.
template <class Event>
void tell(transport_observer* who, void (transport_observer::*what)(const Event&), const Event& event) noexcept {
    if (!who) return;
    try {
        (who->*what)(event);
    } catch (...) { // its own affair
    }
}

} // namespace detail
} // namespace penstock::http
