// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/body_stream.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/s3/checksum_options.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/request_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace penstock::s3::detail {

class trailing_body;

/// Whose keys sign an operation.
enum class signed_by : std::uint8_t {
    session, ///< those of a session where the bucket has sessions, else IAM's: whatever the client was given
    iam,     ///< always the latter
    nobody,
};

/// One S3 operation before its endpoint, credentials and signature are known: what a builder makes and the driver
/// (`client_state::execute`) sends, as often as it takes.
struct operation {
    operation() = default;

    const char* name = "";       ///< for errors: "get object"
    const char* method = "GET";
    std::string bucket;          ///< empty for operations on the service
    std::string key;             ///< empty for operations on the bucket
    aws::api_plane plane = aws::api_plane::data;
    signed_by by = signed_by::session;
    bool makes_bucket = false; ///< which has no region yet
    bool try_conditions = false; ///< sent although the store is known to ignore its conditions
    bool etags_in_body = false;  ///< a batch delete whose document has conditions
    bool hedge = false;        ///< the second of its kind: on a new connection, if it need not wait for its turn or memory
    std::optional<steady_time> called; ///< of a hedge: when its call began
    const bool* beaten = nullptr; ///< of two requests for one call: the other's answer was taken. Outlives both.
    bool once = false;         ///< sent to one place, once: nobody depends on the answer
    aws::query_parameters query;
    http::header_list headers;   ///< beyond Host and what signing adds

    /// The body, in pieces that must stay valid until the operation ends. Sent with its SHA-256 where the request is
    /// signed over plain HTTP, else as UNSIGNED-PAYLOAD.
    std::vector<std::span<const std::byte>> body;
    std::shared_ptr<http::body_stream> stream; ///< in place of `body`: belongs to this operation alone
    std::string owned_body;      ///< set instead of `body` by builders that make a document

    std::optional<body_checksum> checksum; ///< of the body
    std::shared_ptr<trailing_body> trailing; ///< `stream`, where the checksum goes in a trailer: made by the driver
    std::vector<customer_key> keys;        ///< among the headers: for TLS only, and shown to nobody
    bool has_body = false;       ///< Content-Length is sent even when it is 0

    /// Whoever sends it holds memory of the budget already, `http::connection_memory` for this very request included. Who
    /// holds some must never wait for more: two of them could wait for each other.
    bool memory_held = false;

    /// Sent to go on with a body: whoever reads that may hold memory for what comes, and gives it back when it has come.
    bool goes_on = false;

    /// Where given, counts the requests of which nobody knows whether they took effect: sent, and not answered, or with
    /// what says nothing of it. Must outlive the operation; correct also after a cancellation.
    int* unanswered = nullptr;

    request_settings_ptr settings; ///< what the caller said of this call
};

inline std::uint64_t body_size(const operation& op) noexcept {
    std::uint64_t n = op.owned_body.size();
    for (const auto& piece : op.body) n += piece.size();
    if (op.stream) n += op.stream->size();
    return n;
}

} // namespace penstock::s3::detail
