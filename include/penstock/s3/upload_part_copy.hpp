// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/range_source.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/conditions.hpp>
#include <penstock/s3/copy_object.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
class upload_part_copy_options : public request_options<upload_part_copy_options>,
                                 public customer_key_options<upload_part_copy_options>,
                                 public source_key_options<upload_part_copy_options>,
                                 public source_conditions<upload_part_copy_options> {
  public:
    upload_part_copy_options() = default;

    /// These bytes of the source; else all of it.
    upload_part_copy_options& source_range(byte_range r) { return source_range_ = r, *this; }
    const std::optional<byte_range>& source_range() const noexcept { return source_range_; }

  private:
    std::optional<byte_range> source_range_;
};

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_upload_part_copy(const object_address& source, const object_address& target,
                                              std::string_view upload_id, std::uint32_t part_number,
                                              const upload_part_copy_options& options = {});

/// As `parse_copy_object`, and `errc::malformed_response` where there is no ETag.
PENSTOCK_DECL result<copy_object_result> parse_upload_part_copy(const http::response_head& head,
                                                                std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/upload_part_copy.ipp>
#endif
