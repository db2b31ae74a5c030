// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/aws/sha256.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/http/request.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

/// AWS Signature Version 4 as pure functions, every intermediate text open to tests.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html and, for S3's
/// own rules, https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
namespace penstock::aws {

inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view empty_payload_hash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
inline constexpr std::string_view streaming_payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
inline constexpr std::string_view streaming_payload_trailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
inline constexpr std::string_view streaming_unsigned_trailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How the path enters the canonical request. S3: as it is on the wire. Others: dot segments removed, encoded
/// again.
struct sigv4_path_rules {
    bool normalize = false;
    bool double_encode = false;
};

/// What is signed. All views must outlive the call.
struct sigv4_message {
    sigv4_message() = default;

    std::string_view method;
    std::string_view path;  ///< percent-encoded once, as on the wire
    std::string_view query; ///< canonical: see `canonical_query`
    /// All of them are signed; any order, any case, duplicates allowed.
    std::span<const http::header_view> headers;
    std::string_view payload_hash; ///< hex SHA-256, or one of the constants above
    sigv4_path_rules path_rules;
};

PENSTOCK_DECL sha256_digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view data);

PENSTOCK_DECL std::string signed_headers(std::span<const http::header_view> headers);
PENSTOCK_DECL std::string canonical_request(const sigv4_message& message);
/// "YYYYMMDD/region/service/aws4_request"
PENSTOCK_DECL std::string credential_scope(std::string_view amz_date, std::string_view region,
                                           std::string_view service);
PENSTOCK_DECL std::string string_to_sign(std::string_view amz_date, std::string_view scope,
                                         std::string_view canonical_request);
/// `date` is the first eight characters of `amz_date`.
PENSTOCK_DECL sha256_digest signing_key(std::string_view secret_access_key, std::string_view date,
                                        std::string_view region, std::string_view service);
PENSTOCK_DECL std::string signature(const sha256_digest& key, std::string_view string_to_sign);

/// Whether two signatures are equal, in time that does not depend on where they differ.
PENSTOCK_DECL bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

/// What the token of temporary keys is called in a request.
enum class token_name : std::uint8_t {
    security_token,  ///< x-amz-security-token: of IAM
    s3session_token, ///< x-amz-s3session-token: of a session of a directory bucket
};

/// Signs requests for one region and service. Keeps the derived key of the day and OpenSSL's digest and MAC
/// contexts, so that a signature costs well under a microsecond. Not thread-safe: one per client.
///
/// The path enters as it is on the wire for S3 and its kin ("s3", "s3express", "s3-outposts" …), normalized
/// and encoded again for every other service.
class signer {
  public:
    PENSTOCK_DECL explicit signer(std::string region, std::string service = "s3",
                                  token_name token = token_name::security_token);
    PENSTOCK_DECL signer(signer&&) noexcept;
    PENSTOCK_DECL signer& operator=(signer&&) noexcept;
    PENSTOCK_DECL ~signer();

    const std::string& region() const noexcept { return region_; }
    const std::string& service() const noexcept { return service_; }
    token_name token() const noexcept { return token_; }

    /// Adds x-amz-date, x-amz-content-sha256, the token (where there is one) and Authorization. Signs Host, Content-Type,
    /// Content-MD5, Content-Encoding, Range and conditionals where present, and every x-amz-* field. `request.query` must be canonical. Signing again replaces what the
    /// last signing added. Answers the signature, which seeds `chunk_signer`; it stays valid until the signer
    /// is used again.
    ///
    /// Throws `errc::invalid_credentials` where key id or secret are empty, or key id or token cannot be in a
    /// header.
    PENSTOCK_DECL const std::string& sign(http::request& request, const credentials& who, wall_time now,
                                          std::string_view payload_hash);

    /// The query of a presigned URL for `request` (whose headers, Host among them, are all signed and must be
    /// sent), valid for `expires` (1 s to 7 days, else `errc::invalid_option`). `request.query` must be
    /// canonical.
    PENSTOCK_DECL std::string presign(const http::request& request, const credentials& who, wall_time now,
                                      std::chrono::seconds expires,
                                      std::string_view payload_hash = unsigned_payload);

    struct state;

  private:
    std::string region_;
    std::string service_;
    token_name token_;
    std::unique_ptr<state> state_;
};

/// Signs the chunks and trailers of an aws-chunked body, in order.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
class chunk_signer {
  public:
    /// `seed_signature` is the signature of the request's header.
    PENSTOCK_DECL chunk_signer(const credentials& who, std::string_view amz_date, std::string_view region,
                               std::string_view service, std::string_view seed_signature);

    PENSTOCK_DECL std::string string_to_sign(std::string_view chunk) const;
    /// The signature of the next chunk; the last one is empty.
    PENSTOCK_DECL std::string sign_chunk(std::string_view chunk);
    /// The same for a chunk that was hashed on its way.
    PENSTOCK_DECL std::string sign_chunk(const sha256_digest& chunk_hash);
    PENSTOCK_DECL std::string trailer_string_to_sign(std::string_view trailers) const;
    /// `trailers`: every trailer as "name:value\n".
    PENSTOCK_DECL std::string sign_trailers(std::string_view trailers);

  private:
    PENSTOCK_DECL std::string chunk_string_to_sign(const sha256_digest& chunk_hash) const;

    std::string prefix_; // amz_date and scope lines
    sha256_digest key_;
    std::string previous_;
};

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sigv4.ipp>
#endif
