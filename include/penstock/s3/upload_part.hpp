// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/response_head.hpp>
#include <penstock/s3/checksum_options.hpp>
#include <penstock/s3/detail/part_number.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/put_object.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
///
/// The checksum is of the algorithm that the upload was created with.
class upload_part_options : public request_options<upload_part_options>,
                            public checksum_options<upload_part_options>,
                            public customer_key_options<upload_part_options> {
  public:
    upload_part_options() = default;
};

namespace detail {

struct operation;

/// `body`: pieces that must stay valid until the operation ends. Throws `errc::missing_bucket`,
/// `errc::missing_key`, and `errc::invalid_option` for a part number outside 1 to 10,000 or an empty upload
/// id.
PENSTOCK_DECL operation make_upload_part(const object_address& object, std::string_view upload_id,
                                         std::uint32_t part_number,
                                         std::vector<std::span<const std::byte>> body,
                                         const upload_part_options& options = {});

/// Errors: `errc::malformed_response` where there is no ETag, since without it the upload cannot be
/// completed.
PENSTOCK_DECL result<put_object_result> parse_upload_part(const http::response_head& head,
                                                          std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/upload_part.ipp>
#endif
