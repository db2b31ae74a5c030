// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string>
#include <string_view>

namespace penstock::s3 {

/// Where an object is: a bucket (or an access point, by alias or ARN) and a key, both byte for byte, never
/// encoded. With an empty key it means a bucket. Every call that takes one also takes its URL.
struct object_address {
    object_address() = default;
    object_address(std::string bucket, std::string key) : bucket{std::move(bucket)}, key{std::move(key)} {}

    /// What `parse_url` gives for an `s3://` URL. Throws its error.
    PENSTOCK_DECL object_address(std::string_view url);
    object_address(const char* url) : object_address{std::string_view{url}} {}
    object_address(const std::string& url) : object_address{std::string_view{url}} {}

    std::string bucket;
    std::string key;

    /// "s3://bucket/key", the inverse of `parse_url`.
    std::string url() const { return key.empty() ? "s3://" + bucket : "s3://" + bucket + "/" + key; }

    friend bool operator==(const object_address&, const object_address&) = default;
};

/// Splits `s3://bucket/key` (also `s3a:` and `s3n:`, the scheme in any case). Everything after the bucket's
/// slash is the key, byte for byte: no percent-decoding, no meaning for '?' or '#', and "..", "//" and a
/// trailing slash are kept. The key may be empty. The bucket may be an access point, by its alias or its ARN:
/// `s3://arn:aws:s3:us-west-2:123456789012:accesspoint/name/key`.
///
/// Errors: `errc::invalid_url` for another scheme or a bucket name that no store has, `errc::missing_bucket`,
/// and those of `aws::parse_access_point`. A URL with a user part is refused without being repeated, for it may
/// hold a secret.
PENSTOCK_DECL result<object_address> parse_url(std::string_view url);

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/uri.ipp>
#endif
