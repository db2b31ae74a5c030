// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/conditions.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/object_attributes.hpp>
#include <penstock/s3/object_metadata.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
class copy_object_options : public request_options<copy_object_options>,
                            public object_attributes<copy_object_options>,
                            public encryption_options<copy_object_options>,
                            public source_key_options<copy_object_options>,
                            public source_conditions<copy_object_options>,
                            public write_conditions<copy_object_options> {
  public:
    copy_object_options() = default;

    /// The copy gets the content type, headers and metadata given here in place of the source's. Without it
    /// they are copied, and giving any of them is `errc::invalid_option`, since the store would ignore them.
    copy_object_options& replace_metadata(bool on = true) { return replace_metadata_ = on, *this; }
    /// The copy gets the tags given here in place of the source's.
    copy_object_options& replace_tags(bool on = true) { return replace_tags_ = on, *this; }

    /// The store computes and keeps this checksum of the copy. Not MD5.
    copy_object_options& checksum(checksum_algorithm a) { return checksum_ = a, *this; }

    bool replace_metadata() const noexcept { return replace_metadata_; }
    bool replace_tags() const noexcept { return replace_tags_; }
    const std::optional<checksum_algorithm>& checksum() const noexcept { return checksum_; }

  private:
    bool replace_metadata_ = false;
    bool replace_tags_ = false;
    std::optional<checksum_algorithm> checksum_;
};

struct copy_object_result {
    copy_object_result() = default;

    entity_tag etag;
    std::optional<wall_time> last_modified;
    std::string version_id;        ///< of the copy
    std::string source_version_id; ///< of the source that was copied
    object_checksums checksums;
};

namespace detail {

struct operation;

/// The value of x-amz-copy-source: "bucket/key?versionId=…", percent-encoded.
PENSTOCK_DECL std::string copy_source(const object_address& source, std::string_view version_id);

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_copy_object(const object_address& source, const object_address& target,
                                         const copy_object_options& options = {});

/// A 200 whose body is an error document is that error: the store sends the status before it has copied.
PENSTOCK_DECL result<copy_object_result> parse_copy_object(const http::response_head& head,
                                                           std::string_view body);

/// The same for a part, whose document has another root.
PENSTOCK_DECL result<copy_object_result> parse_copy_part(const http::response_head& head,
                                                         std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/copy_object.ipp>
#endif
