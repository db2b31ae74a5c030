// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/request_record.hpp>
#include <penstock/testing/s3_server_options.hpp>
#include <penstock/testing/s3_service.hpp>
#include <penstock/testing/simulated_network.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace penstock::testing {
namespace detail {
struct server_state;
}

/// S3 in this process: HTTP/1.1, plain or TLS, on any port or on a simulated network, over a storage of
/// choice, with signatures checked and faults on demand. For tests, demos and small jobs; not hardened for an
/// open network. Belongs to one executor; no thread of its own. Unstable: may change in any version.
///
///     testing::s3_server server{io.get_executor(), testing::s3_server_options().credentials("ak", "sk")};
///     server.listen();
///     server.put("lake", "trips.csv", "city,fare\n");
///     auto options = s3::client_options().endpoint_url(server.endpoint()).credentials("ak", "sk");
///     s3::client client{io.get_executor(), options};
class s3_server {
  public:
    /// Starts nothing. Throws `errc::invalid_option` where certificate or key cannot be used.
    PENSTOCK_DECL explicit s3_server(executor ex, s3_server_options options = s3_server_options());
    /// As `stop`.
    PENSTOCK_DECL ~s3_server();
    s3_server(s3_server&&) noexcept = default;
    s3_server& operator=(s3_server&&) = delete;

    /// Accepts connections from now on, on `address` (a literal) and `port` (0: a free one), which it
    /// answers. Throws `errc::invalid_option` with the system's reason.
    PENSTOCK_DECL std::uint16_t listen(std::uint16_t port = 0, std::string address = "127.0.0.1");
    /// Accepts the connections of a simulated network, which must have been made for the same executor.
    PENSTOCK_DECL void listen(simulated_network& network, std::string host, std::uint16_t port);
    /// Serves one connection.
    PENSTOCK_DECL void serve(server_stream_ptr stream);

    /// "http://127.0.0.1:PORT" or "https://localhost:PORT" of the last `listen`.
    PENSTOCK_DECL const std::string& endpoint() const noexcept;
    PENSTOCK_DECL std::uint16_t port() const noexcept;

    /// Closes ports and connections. What runs on the executor ends soon after.
    PENSTOCK_DECL void stop() noexcept;

    /// The oldest request first.
    PENSTOCK_DECL const std::deque<request_record>& requests() const noexcept;
    PENSTOCK_DECL void forget_requests() noexcept;
    PENSTOCK_DECL const server_statistics& statistics() const noexcept;
    PENSTOCK_DECL s3_service& service() const noexcept;
    PENSTOCK_DECL testing::storage& store() const noexcept;
    /// The plan may be changed at any time.
    PENSTOCK_DECL fault_plan& faults() const noexcept;

    /// Stores an object without a request, in a bucket that is made where it is missing.
    PENSTOCK_DECL void put(const std::string& bucket, const std::string& key, std::string_view bytes,
                           std::string_view content_type = "binary/octet-stream");

  private:
    std::shared_ptr<detail::server_state> state_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/s3_server.ipp>
#endif
