// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/testing/request_record.hpp>
#include <penstock/testing/server_limits.hpp>
#include <penstock/testing/simulated_network.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::testing {

/// A request that a handler is asked about, its body whole.
struct http_request {
    http_request() = default;

    std::uint64_t connection = 0; ///< counted from 1
    std::string method;
    std::string path;  ///< as it came, nothing decoded
    std::string query; ///< as it came, without the '?'
    http::header_list headers;
    std::string body;
};

/// What a handler answers, and what becomes of the connection.
class http_answer {
  public:
    http_answer() = default;
    explicit http_answer(int status, std::string body = {}, std::string content_type = "text/plain")
        : status_{status}, body_{std::move(body)} {
        if (!body_.empty()) headers_.add("Content-Type", content_type);
    }
    /// These bytes instead of an answer in HTTP; then the end.
    static http_answer raw(std::string bytes) {
        http_answer a;
        a.raw_ = std::move(bytes);
        return a;
    }

    http_answer& header(std::string_view name, std::string_view value) { return headers_.add(name, value), *this; }
    /// Waits before the first byte; `duration::max()`: until the client is gone.
    http_answer& delay(duration d) { return delay_ = d, *this; }
    /// Closes the connection once so many bytes of the answer, head included, are written.
    http_answer& cut_at(std::size_t bytes) { return cut_at_ = bytes, *this; }
    /// Closes the connection after the answer, and says so.
    http_answer& close() { return close_ = true, *this; }

    int status() const noexcept { return status_; }
    const http::header_list& headers() const noexcept { return headers_; }
    const std::string& body() const noexcept { return body_; }
    const std::optional<std::string>& raw() const noexcept { return raw_; }
    duration delay() const noexcept { return delay_; }
    std::optional<std::size_t> cut_at() const noexcept { return cut_at_; }
    bool closes() const noexcept { return close_; }

  private:
    int status_ = 200;
    http::header_list headers_;
    std::string body_;
    std::optional<std::string> raw_;
    duration delay_ = duration::zero();
    std::optional<std::size_t> cut_at_;
    bool close_ = false;
};

/// Called on the server's executor, once a request. What it throws ends the connection.
using http_handler = std::function<http_answer(const http_request&)>;

class http_server_options {
  public:
    http_server_options() = default;

    /// TLS on every listening port: certificate chain and key as PEM text.
    http_server_options& tls(std::string certificate_pem, std::string key_pem) {
        certificate_pem_ = std::move(certificate_pem);
        key_pem_ = std::move(key_pem);
        return *this;
    }
    http_server_options& clock(std::shared_ptr<clock_source> c) { return clock_ = std::move(c), *this; }
    http_server_options& limits(server_limits l) { return limits_ = l, *this; }
    /// A larger body of a request is refused by 413.
    http_server_options& max_body(std::size_t n) { return max_body_ = n, *this; }

    const std::string& certificate_pem() const noexcept { return certificate_pem_; }
    const std::string& key_pem() const noexcept { return key_pem_; }
    const std::shared_ptr<clock_source>& clock() const noexcept { return clock_; }
    const server_limits& limits() const noexcept { return limits_; }
    std::size_t max_body() const noexcept { return max_body_; }

  private:
    std::string certificate_pem_;
    std::string key_pem_;
    std::shared_ptr<clock_source> clock_;
    server_limits limits_;
    std::size_t max_body_ = std::size_t{1} << 20;
};

namespace detail {
struct http_server_state;
}

/// HTTP/1.1 in this process, answered by a function: what fakes of small services stand on. Belongs to one executor, and
/// to tests: it remembers every request. Unstable: may change in any version.
///
///     testing::http_server server{io.get_executor(), [](const testing::http_request& r) {
///         return r.path == "/hello" ? testing::http_answer{200, "hello"} : testing::http_answer{404};
///     }};
///     server.listen();                        // server.endpoint() is "http://127.0.0.1:PORT"
class http_server {
  public:
    /// Starts nothing. Throws `errc::invalid_option` where certificate or key cannot be used.
    PENSTOCK_DECL http_server(executor ex, http_handler handler, http_server_options options = http_server_options());
    /// As `stop`.
    PENSTOCK_DECL ~http_server();
    http_server(http_server&&) noexcept = default;
    http_server& operator=(http_server&&) = delete;

    /// Accepts connections from now on, on `address` (a literal) and `port` (0: a free one), which it answers. Throws
    /// `errc::invalid_option` with the system's reason.
    PENSTOCK_DECL std::uint16_t listen(std::uint16_t port = 0, std::string address = "127.0.0.1");
    /// Accepts the connections of a simulated network, which must have been made for the same executor.
    PENSTOCK_DECL void listen(simulated_network& network, std::string host, std::uint16_t port);

    /// "http://127.0.0.1:PORT" or "https://localhost:PORT" of the last `listen`.
    PENSTOCK_DECL const std::string& endpoint() const noexcept;
    PENSTOCK_DECL std::uint16_t port() const noexcept;

    /// Closes ports and connections. What runs on the executor ends soon after.
    PENSTOCK_DECL void stop() noexcept;

    /// What came, the oldest first.
    PENSTOCK_DECL const std::vector<http_request>& requests() const noexcept;
    PENSTOCK_DECL void forget_requests() noexcept;
    PENSTOCK_DECL const server_statistics& statistics() const noexcept;

  private:
    std::shared_ptr<detail::http_server_state> state_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/http_server.ipp>
#endif
