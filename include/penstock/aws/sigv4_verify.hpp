// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sigv4.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// The server's side of Signature Version 4: what a request claims about its signer, and whether the claim
/// holds. Pure; bytes from outside in, an S3 error out. Looking up the secret, and checking the body against
/// its hash, are the caller's.
namespace penstock::aws {

/// The head of a request as it came, nothing decoded. All views must outlive the calls.
struct sigv4_received {
    sigv4_received() = default;

    std::string_view method;
    std::string_view path;  ///< as on the wire, without the query
    std::string_view query; ///< as on the wire, without the '?'
    const http::header_list* headers = nullptr;
};

/// An S3 error: what the server answers.
struct sigv4_refusal {
    sigv4_refusal() = default;
    sigv4_refusal(int status, std::string code, std::string message)
        : status{status}, code{std::move(code)}, message{std::move(message)} {}

    int status = 0;
    std::string code; ///< "SignatureDoesNotMatch" …
    std::string message;
    std::string region; ///< for AuthorizationHeaderMalformed by a wrong region: the right one
};

/// What a signed request says about itself, taken apart and checked for form, not yet for truth.
struct sigv4_claim {
    sigv4_claim() = default;

    bool presigned = false;
    std::string access_key_id;
    std::string date; ///< YYYYMMDD of the scope
    std::string region;
    std::string service;
    std::string signed_headers; ///< "host;x-amz-date", as it came
    std::string signature;
    std::string amz_date;           ///< YYYYMMDDTHHMMSSZ, made from Date where the request has no x-amz-date
    wall_time time{};               ///< the same
    std::chrono::seconds expires{}; ///< presigned only
    std::string session_token;      ///< empty where there is none; to be compared by the caller
    std::string s3session_token;    ///< likewise: of a session of a directory bucket
    std::string payload_hash;       ///< as it was signed: hex SHA-256, UNSIGNED-PAYLOAD or STREAMING-…
};

/// Exactly one of the two is set, or neither: the request is anonymous.
struct sigv4_parsed {
    sigv4_parsed() = default;

    std::optional<sigv4_claim> claim;
    std::optional<sigv4_refusal> refusal;
};

/// Reads the Authorization header or the presigned query. Refuses, by S3's codes:
/// AuthorizationHeaderMalformed, AuthorizationQueryParametersError, InvalidRequest (Signature Version 2, no
/// x-amz-content-sha256), InvalidArgument (both ways at once, another kind of authorization), AccessDenied
/// (no date).
PENSTOCK_DECL sigv4_parsed parse_signed_request(const sigv4_received& request);

/// What the server expects.
struct sigv4_expectation {
    sigv4_expectation() = default;

    std::string region; ///< empty: any
    std::string service = "s3";
    std::chrono::seconds max_skew = std::chrono::minutes{15};
};

/// None when the claim holds for `secret_access_key` at `now`. Refuses with AuthorizationHeaderMalformed
/// (wrong region or service), RequestTimeTooSkewed, AccessDenied (an expired presigned URL, x-amz-* fields
/// that are not signed) or SignatureDoesNotMatch. Signatures are compared in constant time.
PENSTOCK_DECL std::optional<sigv4_refusal> verify_signature(const sigv4_received& request,
                                                            const sigv4_claim& claim,
                                                            std::string_view secret_access_key, wall_time now,
                                                            const sigv4_expectation& expected);

/// For the chunks of a body whose `claim.payload_hash` is one of the signed STREAMING-… values.
PENSTOCK_DECL chunk_signer make_chunk_signer(const sigv4_claim& claim, std::string_view secret_access_key);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sigv4_verify.ipp>
#endif
