// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/conditions.hpp>
#include <penstock/s3/object_metadata.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace penstock::s3 {

struct completed_part {
    completed_part() = default;
    completed_part(std::uint32_t number, entity_tag etag) : number{number}, etag{std::move(etag)} {}

    std::uint32_t number = 0;
    entity_tag etag; ///< as the store gave it
    object_checksums checksums;
};

class complete_multipart_upload_options : public request_options<complete_multipart_upload_options>,
                                          public write_conditions<complete_multipart_upload_options> {
  public:
    complete_multipart_upload_options() = default;
};

struct complete_multipart_upload_result {
    complete_multipart_upload_result() = default;

    entity_tag etag;
    std::string version_id;
    std::string location; ///< a URL, as the store sees itself
    std::string bucket;
    std::string key;
    object_checksums checksums;
    std::string server_side_encryption;
};

namespace detail {

struct operation;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
///
/// Throws `errc::missing_bucket`, `errc::missing_key`, and `errc::invalid_option` for an empty upload id, no
/// parts, and parts whose numbers do not ascend within 1 to 10,000 or that have no ETag.
PENSTOCK_DECL operation make_complete_multipart_upload(const object_address& object,
                                                       std::string_view upload_id,
                                                       std::span<const completed_part> parts,
                                                       const complete_multipart_upload_options& options = {});

/// A 200 whose body is an error document is that error: the store sends the status, then white space to keep
/// the connection alive, and only then what came of it.
PENSTOCK_DECL result<complete_multipart_upload_result>
parse_complete_multipart_upload(const http::response_head& head, std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/complete_multipart_upload.ipp>
#endif
