// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/conditions.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/object_metadata.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <optional>
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
                                          public customer_key_options<complete_multipart_upload_options>,
                                          public write_conditions<complete_multipart_upload_options> {
  public:
    complete_multipart_upload_options() = default;

    /// What the checksum of the whole object must be, in base64, with "-N" behind it where `type` is composite
    /// (`part_checksums` makes it). The store refuses the object otherwise.
    complete_multipart_upload_options& checksum(checksum_algorithm a, std::string value, penstock::checksum_type type) {
        return checksum_ = a, value_ = std::move(value), type_ = type, *this;
    }
    /// How large the whole object must be. The store refuses it otherwise.
    complete_multipart_upload_options& object_size(std::uint64_t n) { return size_ = n, *this; }

    const std::optional<checksum_algorithm>& checksum() const noexcept { return checksum_; }
    const std::string& checksum_value() const noexcept { return value_; }
    penstock::checksum_type checksum_type() const noexcept { return type_; }
    const std::optional<std::uint64_t>& object_size() const noexcept { return size_; }

  private:
    std::optional<checksum_algorithm> checksum_;
    std::string value_;
    penstock::checksum_type type_ = penstock::checksum_type::full_object;
    std::optional<std::uint64_t> size_;
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
