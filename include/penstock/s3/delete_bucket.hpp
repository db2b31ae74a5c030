// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <string_view>

namespace penstock::s3::detail {

struct operation;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
PENSTOCK_DECL operation make_delete_bucket(std::string_view bucket);

/// Errors: `errc::bucket_not_empty`, `errc::no_such_bucket`, else `service_failure`.
PENSTOCK_DECL result<void> parse_delete_bucket(const http::response_head& head, std::string_view body);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/delete_bucket.ipp>
#endif
