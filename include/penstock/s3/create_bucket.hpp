// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <string>
#include <string_view>

namespace penstock::s3::detail {

struct operation;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
///
/// The bucket is made in `region`, which must be the region that the request is signed for. us-east-1 (and
/// "auto", and none) is said by leaving the constraint out; saying it is an error on AWS. A directory bucket
/// is made in the zone that its name ends with. Throws `errc::missing_bucket`, `errc::invalid_option`.
PENSTOCK_DECL operation make_create_bucket(std::string_view bucket, std::string_view region);

/// Errors: `errc::bucket_exists` also when the bucket is the caller's own; `service_code` tells which.
PENSTOCK_DECL result<void> parse_create_bucket(const http::response_head& head, std::string_view body);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/create_bucket.ipp>
#endif
