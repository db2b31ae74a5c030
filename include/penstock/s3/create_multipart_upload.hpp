// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/object_attributes.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
class create_multipart_upload_options : public request_options<create_multipart_upload_options>,
                                        public object_attributes<create_multipart_upload_options>,
                                        public encryption_options<create_multipart_upload_options> {
  public:
    create_multipart_upload_options() = default;

    /// Every part is sent with a checksum of this algorithm (not MD5), and the object gets one of this type: by default of
    /// the whole for CRCs, and composite for hashes, which know nothing else.
    create_multipart_upload_options& checksum(checksum_algorithm a) {
        return checksum(a, is_crc(a) ? penstock::checksum_type::full_object : penstock::checksum_type::composite);
    }
    create_multipart_upload_options& checksum(checksum_algorithm a, penstock::checksum_type type) {
        return checksum_ = a, type_ = type, *this;
    }
    const std::optional<checksum_algorithm>& checksum() const noexcept { return checksum_; }
    penstock::checksum_type checksum_type() const noexcept { return type_; }

  private:
    std::optional<checksum_algorithm> checksum_;
    penstock::checksum_type type_ = penstock::checksum_type::full_object;
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
