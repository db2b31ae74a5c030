// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace penstock::http {

class transport_observer;

/// Limits of connections and exchanges. There is no limit on the whole of a request: a transfer that makes progress may
/// take as long as it needs.
class transport_options {
  public:
    transport_options() = default;

    /// TCP, for each address that is tried.
    transport_options& connect_timeout(duration d) { return connect_timeout_ = d, *this; }
    transport_options& tls_timeout(duration d) { return tls_timeout_ = d, *this; }
    /// From the last byte of the request to the first of the answer.
    transport_options& first_byte_timeout(duration d) { return first_byte_timeout_ = d, *this; }
    /// Without a single byte in either direction while we wait for one. A caller who does not read is no stall.
    transport_options& stall_timeout(duration d) { return stall_timeout_ = d, *this; }
    /// A transfer that brings less than so many bytes a second, on average over a window of waiting, has stalled, too; in
    /// both directions. 0: any byte will do.
    transport_options& minimum_speed(std::uint64_t bytes_per_second, duration window = std::chrono::seconds{30}) {
        minimum_speed_ = bytes_per_second;
        speed_window_ = window;
        return *this;
    }
    /// Idle connections are closed after this; S3 itself closes after about five seconds.
    transport_options& idle_timeout(duration d) { return idle_timeout_ = d, *this; }
    transport_options& max_idle_per_origin(std::size_t n) { return max_idle_per_origin_ = n, *this; }
    /// Over all origins.
    transport_options& max_idle(std::size_t n) { return max_idle_ = n, *this; }
    /// A connection older than this serves no further request: new ones find the addresses that DNS gives now.
    transport_options& max_lifetime(duration d) { return max_lifetime_ = d, *this; }
    /// Open connections to one origin, idle ones included; who needs another waits for its turn, first come first served.
    transport_options& max_connections_per_origin(std::size_t n) { return max_connections_ = n, *this; }
    /// How long, then; after that it is `errc::too_many_connections`.
    transport_options& connection_wait_timeout(duration d) { return connection_wait_timeout_ = d, *this; }
    /// What is left of a body that nobody reads to its end, up to this, is read and dropped, in the background and within
    /// `drain_timeout`, so that its connection can serve again; of a larger rest the connection is closed. 0: always.
    transport_options& drain_limit(std::uint64_t n) { return drain_limit_ = n, *this; }
    transport_options& drain_timeout(duration d) { return drain_timeout_ = d, *this; }
    /// A response header beyond this is an error, and nothing more is read.
    transport_options& max_header_size(std::size_t n) { return max_header_size_ = n, *this; }
    /// Bodies from this size on are announced by "Expect: 100-continue", so that a refusal costs no transfer.
    transport_options& expect_continue_from(std::uint64_t n) { return expect_continue_from_ = n, *this; }
    /// How long to wait for the 100 before sending anyway (RFC 9110, section 10.1.1).
    transport_options& continue_timeout(duration d) { return continue_timeout_ = d, *this; }

    /// Told of connections and messages: for traces and measurements.
    transport_options& observer(std::shared_ptr<transport_observer> v) { return observer_ = std::move(v), *this; }

    duration connect_timeout() const noexcept { return connect_timeout_; }
    duration tls_timeout() const noexcept { return tls_timeout_; }
    duration first_byte_timeout() const noexcept { return first_byte_timeout_; }
    duration stall_timeout() const noexcept { return stall_timeout_; }
    std::uint64_t minimum_speed() const noexcept { return minimum_speed_; }
    duration speed_window() const noexcept { return speed_window_; }
    std::size_t max_idle() const noexcept { return max_idle_; }
    duration max_lifetime() const noexcept { return max_lifetime_; }
    std::size_t max_connections_per_origin() const noexcept { return max_connections_; }
    duration connection_wait_timeout() const noexcept { return connection_wait_timeout_; }
    std::uint64_t drain_limit() const noexcept { return drain_limit_; }
    duration drain_timeout() const noexcept { return drain_timeout_; }
    duration idle_timeout() const noexcept { return idle_timeout_; }
    std::size_t max_idle_per_origin() const noexcept { return max_idle_per_origin_; }
    std::size_t max_header_size() const noexcept { return max_header_size_; }
    std::uint64_t expect_continue_from() const noexcept { return expect_continue_from_; }
    duration continue_timeout() const noexcept { return continue_timeout_; }
    const std::shared_ptr<transport_observer>& observer() const noexcept { return observer_; }

  private:
    duration connect_timeout_ = std::chrono::milliseconds{3100};
    duration tls_timeout_ = std::chrono::milliseconds{3100};
    duration first_byte_timeout_ = std::chrono::seconds{10};
    duration stall_timeout_ = std::chrono::seconds{30};
    duration idle_timeout_ = std::chrono::seconds{4};
    std::uint64_t minimum_speed_ = 0;
    duration speed_window_ = std::chrono::seconds{30};
    std::size_t max_idle_per_origin_ = 64;
    std::size_t max_idle_ = 256;
    duration max_lifetime_ = std::chrono::minutes{5};
    std::size_t max_connections_ = 512;
    duration connection_wait_timeout_ = std::chrono::seconds{60};
    std::uint64_t drain_limit_ = std::uint64_t{64} << 10;
    duration drain_timeout_ = std::chrono::seconds{1};
    std::size_t max_header_size_ = std::size_t{64} << 10;
    std::uint64_t expect_continue_from_ = std::uint64_t{2} << 20;
    duration continue_timeout_ = std::chrono::seconds{1};
    std::shared_ptr<transport_observer> observer_;
};

} // namespace penstock::http
