// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/uri.hpp>

#include <string_view>

namespace penstock::s3::detail {

struct operation;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
PENSTOCK_DECL operation make_abort_multipart_upload(const object_address& object, std::string_view upload_id);

/// Errors: `errc::no_such_upload` where it is gone already, else `service_failure`.
PENSTOCK_DECL result<void> parse_abort_multipart_upload(const http::response_head& head,
                                                        std::string_view body);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/abort_multipart_upload.ipp>
#endif
