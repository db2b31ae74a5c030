// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <string>
#include <string_view>

namespace penstock::s3 {

class client;

/// The region of a bucket, by the operation of old: HeadBucket (`client::head_bucket`) needs fewer permissions. Needs
/// s3:GetBucketLocation.
PENSTOCK_DECL awaitable<std::string> get_bucket_location(const client& c, std::string bucket);

} // namespace penstock::s3

namespace penstock::s3::detail {

struct operation;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
PENSTOCK_DECL operation make_get_bucket_location(std::string_view bucket);

/// The constraint exactly as the store keeps it: empty for us-east-1, "EU" for old buckets in eu-west-1.
PENSTOCK_DECL result<std::string> parse_location_constraint(const http::response_head& head,
                                                            std::string_view body);

/// The bucket's region.
PENSTOCK_DECL result<std::string> parse_get_bucket_location(const http::response_head& head,
                                                            std::string_view body);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/get_bucket_location.ipp>
#endif
