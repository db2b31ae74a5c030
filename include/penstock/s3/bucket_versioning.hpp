// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <string>
#include <string_view>

namespace penstock::s3 {

class client;

/// Whether a bucket keeps the old versions of its objects.
enum class versioning_status {
    never,     ///< it keeps none, and never did
    enabled,   ///< what is replaced or deleted becomes an old version
    suspended, ///< old versions are kept, new ones are not made
};

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
PENSTOCK_DECL awaitable<versioning_status> get_bucket_versioning(const client& c, std::string bucket);

/// Turns versions on, or suspends them. On AWS it may take some minutes until every write makes a version.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
PENSTOCK_DECL awaitable<void> set_bucket_versioning(const client& c, std::string bucket, bool enabled);

namespace detail {

struct operation;

PENSTOCK_DECL operation make_get_bucket_versioning(std::string_view bucket);
PENSTOCK_DECL result<versioning_status> parse_get_bucket_versioning(const http::response_head& head,
                                                                    std::string_view body);
PENSTOCK_DECL operation make_put_bucket_versioning(std::string_view bucket, bool enabled);
PENSTOCK_DECL result<void> parse_put_bucket_versioning(const http::response_head& head, std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/bucket_versioning.ipp>
#endif
