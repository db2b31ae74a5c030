// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_access.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace penstock::testing::detail {

inline constexpr std::chrono::minutes session_life{5};
inline constexpr std::size_t max_sessions = 1000;

inline s3_problem invalid_token() {
    return {400, "InvalidToken", "The provided token is malformed or otherwise invalid."};
}

inline s3_problem problem_of(const aws::sigv4_refusal& r) {
    s3_problem p{r.status, r.code, r.message};
    if (!r.region.empty()) p.detail("Region", r.region).header("x-amz-bucket-region", r.region);
    return p;
}

PENSTOCK_DECL void check_endpoint_region(const service_call& c, std::string_view base_domain) {
    const auto here = c.state.options.region_of_domain(std::string{base_domain});
    const auto& there = c.state.options.region_of(c.bucket);
    if (here.empty() || c.bucket.empty() || here == there || !c.store().has_bucket(c.bucket)) return;
    throw s3_problem{301, "PermanentRedirect",
                     "The bucket you are attempting to access must be addressed using the specified endpoint. Please "
                     "send all future requests to this endpoint."}
        .detail("Endpoint", c.bucket + ".s3." + there + ".amazonaws.com")
        .detail("Bucket", c.bucket)
        .header("x-amz-bucket-region", there);
}

/// Everybody may learn where a bucket is.
inline s3_problem denied_to_nobody(const service_call& c) {
    auto p = access_denied();
    const auto& region = c.state.options.region_of(c.bucket);
    if (c.request.method == "HEAD" && c.key.empty() && !region.empty() && c.store().has_bucket(c.bucket))
        p.header("x-amz-bucket-region", region);
    return p;
}

/// A session is for the objects of one bucket: neither for more sessions, nor for the bucket, nor for copies, which read
/// elsewhere.
inline bool beyond_sessions(const service_call& c) {
    const bool changes_bucket = c.key.empty() && (c.request.method == "PUT" || c.request.method == "DELETE");
    return changes_bucket || c.parameter("session") || c.request.headers.contains("x-amz-copy-source");
}

/// The secret by which the claim has to hold.
inline std::string secret_of(const service_call& c, const aws::sigv4_claim& claim) {
    const auto& sessions = c.state.sessions;
    if (const auto found = sessions.find(claim.access_key_id); found != sessions.end()) {
        const auto& session = found->second;
        if (claim.s3session_token != session.token || !claim.session_token.empty()) throw invalid_token();
        if (c.now() >= session.expires) throw s3_problem{400, "ExpiredToken", "The provided token has expired."};
        const bool writes = c.request.method != "GET" && c.request.method != "HEAD";
        if (session.bucket != c.bucket || beyond_sessions(c) || (session.read_only && writes)) throw access_denied();
        return session.secret;
    }
    const auto found = c.state.users.find(claim.access_key_id);
    if (found == c.state.users.end())
        throw s3_problem{403, "InvalidAccessKeyId",
                         "The AWS Access Key Id you provided does not exist in our records."}
            .detail("AWSAccessKeyId", xml_safe(claim.access_key_id));
    const auto& user = found->second;
    if (user.session_token != claim.session_token || !claim.s3session_token.empty()) throw invalid_token();
    if (user.expiration && c.now() >= *user.expiration)
        throw s3_problem{400, "ExpiredToken", "The provided token has expired."};
    return user.secret_access_key;
}

PENSTOCK_DECL access_grant grant_access(service_call& c, const aws::sigv4_received& received) {
    access_grant out;
    const auto parsed = aws::parse_signed_request(received);
    if (parsed.refusal) throw problem_of(*parsed.refusal);
    const auto& options = c.state.options;
    if (parsed.claim) c.service = parsed.claim->service;
    if (!parsed.claim || c.state.users.empty()) {
        if (!options.anonymous()) throw denied_to_nobody(c);
        // Nobody checks signatures here, but the body may still be aws-chunked or hashed.
        out.payload_hash =
            parsed.claim ? parsed.claim->payload_hash : std::string{c.request.headers["x-amz-content-sha256"]};
        c.is_signed = parsed.claim.has_value();
        return out;
    }
    const auto& claim = *parsed.claim;
    const auto secret = secret_of(c, claim);
    aws::sigv4_expectation expected;
    expected.region = options.region_of(c.bucket);
    const bool lists_directory_buckets = c.bucket.empty() && claim.service == "s3express";
    if (lists_directory_buckets || aws::is_directory_bucket(c.bucket)) expected.service = "s3express";
    const auto refusal = aws::verify_signature(received, claim, secret, c.now(), expected);
    if (refusal) throw problem_of(*refusal);
    out.payload_hash = claim.payload_hash;
    const auto framing = aws::chunk_framing_of(claim.payload_hash);
    if (framing && *framing != aws::chunk_framing::unsigned_trailer)
        out.chunk_signer = aws::make_chunk_signer(claim, secret);
    c.is_signed = true;
    return out;
}

PENSTOCK_DECL s3_response create_session(service_call& c) {
    if (!aws::is_directory_bucket(c.bucket))
        throw s3_problem{400, "InvalidRequest", "Sessions are for directory buckets only."};
    c.require_bucket();
    const auto mode = c.header("x-amz-create-session-mode");
    if (!mode.empty() && mode != "ReadOnly" && mode != "ReadWrite")
        throw s3_problem{400, "InvalidArgument", "x-amz-create-session-mode is ReadOnly or ReadWrite."};

    auto& sessions = c.state.sessions;
    if (sessions.size() >= max_sessions)
        sessions.erase(std::min_element(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) {
            return a.second.expires < b.second.expires;
        }));
    express_session made;
    made.bucket = c.bucket;
    made.secret = c.state.new_id() + c.state.new_id();
    made.token = "session/" + c.state.new_id() + c.state.new_id();
    made.read_only = mode == "ReadOnly";
    const auto promised = c.now() + session_life;
    made.expires = promised;
    if (c.session_life) made.expires = c.now() + std::chrono::duration_cast<wall_time::duration>(*c.session_life);

    const auto id = "ASIA" + c.state.new_id();
    xml::writer w;
    w.open("CreateSessionResult").attribute("xmlns", s3::xml_namespace).open("Credentials");
    w.element("AccessKeyId", id).element("SecretAccessKey", made.secret).element("SessionToken", made.token);
    w.element("Expiration", xml_time(promised));
    sessions.insert_or_assign(id, std::move(made));
    return xml_response(w.finish());
}

} // namespace penstock::testing::detail
