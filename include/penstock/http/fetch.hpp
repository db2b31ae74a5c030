// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/http/origin.hpp>
#include <penstock/http/request.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/http/transport_options.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace penstock::http {

/// An answer, taken whole.
struct document {
    document() = default;

    response_head head;
    std::string body;
};

class fetch_options {
  public:
    fetch_options() = default;

    /// For all of it, connecting included.
    fetch_options& limit(duration d) { return limit_ = d, *this; }
    /// A larger body is `errc::response_too_large`.
    fetch_options& max_body(std::size_t n) { return max_body_ = n, *this; }

    fetch_options& observer(std::shared_ptr<transport_observer> v) { return observer_ = std::move(v), *this; }

    duration limit() const noexcept { return limit_; }
    std::size_t max_body() const noexcept { return max_body_; }
    const std::shared_ptr<transport_observer>& observer() const noexcept { return observer_; }

  private:
    duration limit_ = std::chrono::seconds{10};
    std::size_t max_body_ = std::size_t{64} << 10;
    std::shared_ptr<transport_observer> observer_;
};

/// One request over a connection of its own, for the small services around a store. `asked` has all fields but
/// Content-Length. Every final status is an answer. Throws what connecting and the exchange throw, and
/// `errc::deadline_exceeded`; the failure's endpoint is `to`. Cancellation (any type) closes the connection.
PENSTOCK_DECL awaitable<document> fetch(std::shared_ptr<connector> how, origin to, request asked, std::string body,
                                        std::shared_ptr<clock_source> clock, fetch_options options = fetch_options());

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/fetch.ipp>
#endif
