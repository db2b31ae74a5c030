// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/detail/operation.hpp>

#include <string_view>

namespace penstock::s3::detail {

/// Keys for the objects of a directory bucket, good for five minutes. Signed by IAM.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html
PENSTOCK_DECL operation make_create_session(std::string_view bucket);

/// Errors: `service_failure`; `errc::malformed_response` where keys or their expiration are missing.
PENSTOCK_DECL result<aws::credentials> parse_create_session(const http::response_head& head, std::string_view body);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/create_session.ipp>
#endif
