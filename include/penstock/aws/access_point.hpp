// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string_view>

namespace penstock::aws {

/// An S3 access point, as its ARN names it. Views into the ARN.
struct access_point {
    std::string_view region, account_id, name;
};

/// Reads "arn:aws:s3:us-west-2:123456789012:accesspoint/name" (or with ':' for the slash). Every part of it
/// can be part of a host name.
///
/// Errors: `errc::unsupported` for the ARNs of multi-region access points, Object Lambda and Outposts,
/// `errc::invalid_option` for what is no access point. Their story has the ARN for its bucket, and a hint.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
PENSTOCK_DECL result<access_point> parse_access_point(std::string_view arn);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/access_point.ipp>
#endif
