// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/object_attributes.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <string>
#include <string_view>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
class create_multipart_upload_options : public request_options<create_multipart_upload_options>,
                                        public object_attributes<create_multipart_upload_options> {
  public:
    create_multipart_upload_options() = default;
};

struct create_multipart_upload_result {
    create_multipart_upload_result() = default;

    std::string upload_id; ///< never empty
    std::string bucket;
    std::string key;
};

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_create_multipart_upload(const object_address& object,
                                                     const create_multipart_upload_options& options = {});

PENSTOCK_DECL result<create_multipart_upload_result>
parse_create_multipart_upload(const http::response_head& head, std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/create_multipart_upload.ipp>
#endif
