// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/testing/fault_plan.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/s3_service.hpp>
#include <penstock/testing/simulated_network.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace penstock::testing {

/// Limits of the transport. The defaults suit real clients on a real network.
struct s3_server_limits {
    s3_server_limits() = default;

    std::size_t max_header_size = std::size_t{64} << 10;
    std::size_t max_connections = 4096;       ///< more are closed at once
    duration header_timeout = std::chrono::seconds{30}; ///< from the first byte of a head to its last
    duration idle_timeout = std::chrono::minutes{2};    ///< between requests
    duration stall_timeout = std::chrono::minutes{1};   ///< without a byte of a body, either way
    std::uint64_t max_drain = std::uint64_t{64} << 20;  ///< of a body that nobody wants, before the connection is closed
    std::size_t log_size = 10'000;            ///< requests remembered; each at most as long as its head
    std::size_t log_header_bytes = std::size_t{8} << 20; ///< for all remembered heads together
};

/// What to serve and how. Everything has a default: objects in memory, no users, no faults, the machine's clock.
class s3_server_options {
  public:
    s3_server_options() = default;

    s3_server_options& credentials(std::string access_key_id, std::string secret_access_key,
                                   std::string session_token = {}) {
        service_.credentials(std::move(access_key_id), std::move(secret_access_key), std::move(session_token));
        return *this;
    }
    s3_server_options& anonymous(bool on) { return service_.anonymous(on), *this; }
    s3_server_options& region(std::string name) { return service_.region(std::move(name)), *this; }
    s3_server_options& min_part_size(std::uint64_t n) { return service_.min_part_size(n), *this; }
    s3_server_options& base_domain(std::string host) { return service_.base_domain(std::move(host)), *this; }
    s3_server_options& owner(std::string id) { return service_.owner(std::move(id)), *this; }
    s3_server_options& storage(std::shared_ptr<testing::storage> s) { return storage_ = std::move(s), *this; }
    /// TLS on every listening port: certificate chain and key as PEM text.
    s3_server_options& tls(std::string certificate_pem, std::string key_pem) {
        certificate_pem_ = std::move(certificate_pem);
        key_pem_ = std::move(key_pem);
        return *this;
    }
    s3_server_options& faults(std::shared_ptr<fault_plan> plan) { return faults_ = std::move(plan), *this; }
    s3_server_options& clock(std::shared_ptr<clock_source> c) { return clock_ = std::move(c), *this; }
    s3_server_options& random(std::shared_ptr<random_source> r) { return random_ = std::move(r), *this; }
    s3_server_options& limits(s3_server_limits l) { return limits_ = l, *this; }

    const s3_service_options& service() const noexcept { return service_; }
    const std::shared_ptr<testing::storage>& storage() const noexcept { return storage_; }
    const std::string& certificate_pem() const noexcept { return certificate_pem_; }
    const std::string& key_pem() const noexcept { return key_pem_; }
    const std::shared_ptr<fault_plan>& faults() const noexcept { return faults_; }
    const std::shared_ptr<clock_source>& clock() const noexcept { return clock_; }
    const std::shared_ptr<random_source>& random() const noexcept { return random_; }
    const s3_server_limits& limits() const noexcept { return limits_; }

  private:
    s3_service_options service_;
    std::shared_ptr<testing::storage> storage_;
    std::string certificate_pem_;
    std::string key_pem_;
    std::shared_ptr<fault_plan> faults_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    s3_server_limits limits_;
};

/// One request that the server saw, for assertions.
struct request_record {
    request_record() = default;

    std::uint64_t connection = 0; ///< counted from 1
    std::string method;
    std::string target;  ///< as it came
    std::string path;    ///< decoded, "/bucket/key"
    http::header_list headers;
    int status = 0;      ///< 0: no answer was begun
    std::string code;    ///< of an error of S3
    std::string fault;   ///< what the plan did; empty: nothing
    std::uint64_t request_bytes = 0;  ///< of the body, chunks of HTTP taken off
    std::uint64_t response_bytes = 0; ///< of the body, as written to the stream
    bool complete = false;            ///< the whole answer was written
};

struct server_statistics {
    server_statistics() = default;

    std::uint64_t connections = 0;
    std::uint64_t open_connections = 0;
    std::uint64_t requests = 0;
    std::uint64_t malformed_requests = 0; ///< no HTTP, too long, or too slow
    std::uint64_t request_bytes = 0;
    std::uint64_t response_bytes = 0;
};

/// S3 in this process: HTTP/1.1, plain or TLS, on any port or on a simulated network, over a storage of choice, with
/// signatures checked and faults on demand. For tests, demos and small jobs; not hardened for an open network. Belongs
/// to one executor; no thread of its own. Unstable: may change in any version.
///
///     testing::s3_server server{io.get_executor(), testing::s3_server_options().credentials("ak", "secret")};
///     server.listen();
///     s3::client client{…, server.endpoint()};
class s3_server {
  public:
    /// Starts nothing. Throws `errc::invalid_option` where certificate or key cannot be used.
    PENSTOCK_DECL explicit s3_server(executor ex, s3_server_options options = s3_server_options());
    /// As `stop`.
    PENSTOCK_DECL ~s3_server();
    s3_server(s3_server&&) noexcept = default;
    s3_server& operator=(s3_server&&) = delete;

    /// Accepts connections from now on, on `address` (a literal) and `port` (0: a free one), which it answers. Throws
    /// `errc::invalid_option` with the system's reason.
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

    struct state;

  private:
    std::shared_ptr<state> state_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/s3_server.ipp>
#endif
