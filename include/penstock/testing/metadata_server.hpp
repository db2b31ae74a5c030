// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/testing/http_server.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace penstock::testing {

/// What the metadata server is asked for.
enum class metadata_request : std::uint8_t {
    token,       ///< PUT /latest/api/token
    role,        ///< GET /latest/meta-data/iam/security-credentials/
    credentials, ///< GET …/security-credentials/ROLE
    container,   ///< GET of the container's path
    other
};

/// What goes wrong with one answer.
class metadata_fault {
  public:
    /// The right answer, late; `duration::max()`: never, as the token's answer that may not make another hop.
    static metadata_fault slow(duration d) { return metadata_fault{kind::slow}.length(d); }
    static metadata_fault stall() { return slow(duration::max()); }
    /// A status and, where there is a code, what the services write beside it.
    static metadata_fault status(int status, std::string code = {}, std::string message = {}) {
        metadata_fault f{kind::status};
        f.status_ = status;
        f.code_ = std::move(code);
        f.message_ = std::move(message);
        return f;
    }
    /// 200 with Code and Message instead of keys.
    static metadata_fault refusal(std::string code, std::string message) {
        return status(200, std::move(code), std::move(message));
    }
    /// 200 with a body that is none of the service's.
    static metadata_fault garbage(std::string body = "<html>\n</html>\n") {
        metadata_fault f{kind::garbage};
        f.message_ = std::move(body);
        return f;
    }
    /// No HTTP.
    static metadata_fault noise() { return metadata_fault{kind::noise}; }
    /// The right answer, filled up with spaces to so many bytes of body.
    static metadata_fault oversized(std::size_t bytes) { return metadata_fault{kind::oversized}.at(bytes); }
    /// The connection ends after so many bytes of the answer.
    static metadata_fault cut_at(std::size_t bytes) { return metadata_fault{kind::cut}.at(bytes); }

    PENSTOCK_DECL http_answer spoil(http_answer right) const;

  private:
    enum class kind : std::uint8_t { slow, status, garbage, noise, oversized, cut };

    explicit metadata_fault(kind k) : kind_{k} {}
    metadata_fault& length(duration d) { return length_ = d, *this; }
    metadata_fault& at(std::size_t n) { return at_ = n, *this; }

    kind kind_;
    duration length_{};
    std::size_t at_ = 0;
    int status_ = 0;
    std::string code_, message_;
};

/// What a metadata server has to give. All may be changed while it serves.
struct metadata_contents {
    metadata_contents() = default;

    aws::credentials keys{"ASIAPENSTOCKTEST", "metadata-secret", "metadata-session-token"};
    duration lifetime = std::chrono::hours{6};       ///< from each answer to the expiration in it; may be negative
    std::string role = "penstock-role";              ///< of the instance; empty: it has none
    bool version_1 = false;                          ///< answers without a token
    std::string container_path = "/v1/credentials";  ///< and query, where there is one
    std::string container_token;                     ///< the value that Authorization must have; empty: any, or none
};

/// The metadata service of EC2 and the credentials endpoint of ECS and EKS in this process, by AWS's documentation, with
/// faults: for tests. Belongs to one executor. Unstable: may change in any version.
///
///     testing::metadata_server server{io.get_executor()};
///     server.listen();
///     server.next(testing::metadata_request::token, testing::metadata_fault::status(403));
///     auto options = aws::instance_metadata_options().endpoint(server.endpoint());
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
/// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
class metadata_server {
  public:
    PENSTOCK_DECL explicit metadata_server(executor ex, metadata_contents contents = metadata_contents(),
                                           http_server_options options = http_server_options());

    /// As those of `http_server`.
    PENSTOCK_DECL std::uint16_t listen(std::uint16_t port = 0, std::string address = "127.0.0.1");
    PENSTOCK_DECL void listen(simulated_network& network, std::string host, std::uint16_t port);
    PENSTOCK_DECL const std::string& endpoint() const noexcept;
    PENSTOCK_DECL std::uint16_t port() const noexcept;
    PENSTOCK_DECL void stop() noexcept;

    PENSTOCK_DECL metadata_contents& contents() const noexcept;
    /// After so many requests more, the tokens given until then are refused.
    PENSTOCK_DECL void forget_tokens_after(std::uint64_t requests) noexcept;

    /// Strikes the next requests of that kind, once for each call.
    PENSTOCK_DECL void next(metadata_request of, metadata_fault f);
    /// Strikes every request of that kind for which `next` says nothing.
    PENSTOCK_DECL void always(metadata_request of, metadata_fault f);
    PENSTOCK_DECL void heal() noexcept;

    /// How many came so far.
    PENSTOCK_DECL std::uint64_t count(metadata_request of) const noexcept;
    PENSTOCK_DECL const std::vector<http_request>& requests() const noexcept;

  private:
    struct state;
    std::shared_ptr<state> state_;
    http_server server_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/metadata_server.ipp>
#endif
