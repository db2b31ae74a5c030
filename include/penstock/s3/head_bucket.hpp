// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <string>
#include <string_view>

namespace penstock::s3 {

struct bucket_metadata {
    bucket_metadata() = default;

    std::string region; ///< x-amz-bucket-region; empty where the store does not say it
};

namespace detail {

struct operation;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
PENSTOCK_DECL operation make_head_bucket(std::string_view bucket);

/// Errors: `errc::no_such_bucket`, `errc::access_denied` (the bucket exists), `errc::wrong_region` with the
/// region in the detail, else `service_failure`.
PENSTOCK_DECL result<bucket_metadata> parse_head_bucket(const http::response_head& head);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/head_bucket.ipp>
#endif
