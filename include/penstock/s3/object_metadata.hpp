// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/entity_tag.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace penstock::s3 {

/// Checksums that the store keeps beside an object or part, in base64 as sent; empty where there is none.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
struct object_checksums {
    object_checksums() = default;

    std::string crc32;
    std::string crc32c;
    std::string crc64nvme;
    std::string sha1;
    std::string sha256;
    std::string type; ///< "FULL_OBJECT", "COMPOSITE" (then values end in "-N", N parts), or empty

    /// MD5 is none of them: there is no such field.
    PENSTOCK_DECL std::string* value(checksum_algorithm a) noexcept;
    const std::string* value(checksum_algorithm a) const noexcept { return const_cast<object_checksums*>(this)->value(a); }

    bool empty() const noexcept {
        return crc32.empty() && crc32c.empty() && crc64nvme.empty() && sha1.empty() && sha256.empty();
    }
};

/// What a store says about an object in the header of a HEAD or GET. Text is empty where the store said
/// nothing.
struct object_metadata {
    object_metadata() = default;

    entity_tag etag;
    /// Of the whole object, also when a part was asked for; none where the store did not say it.
    std::optional<std::uint64_t> size;
    std::optional<wall_time> last_modified;

    std::string content_type;
    std::string content_encoding;
    std::string content_disposition;
    std::string content_language;
    std::string cache_control;
    std::string expires; ///< as sent: not every store keeps it a date

    std::string version_id;
    bool delete_marker = false;
    std::string storage_class; ///< empty means STANDARD
    /// x-amz-meta-*, names without that prefix, as sent. Fields of one name are joined by ','.
    std::map<std::string, std::string> metadata;
    object_checksums checksums;
    std::optional<std::uint64_t> parts_count;
    std::optional<std::uint64_t> tag_count;

    std::string restore;    ///< x-amz-restore, for archived objects
    std::string expiration; ///< x-amz-expiration: which lifecycle rule removes the object, and when
    std::string replication_status;
    std::string server_side_encryption;
    std::string sse_kms_key_id;
    bool bucket_key_enabled = false;
    std::string sse_customer_key_md5; ///< of a key of the caller's own
    std::string accept_ranges;
};

namespace detail {

/// Never fails: fields that cannot be read (a date that is none) are left empty.
PENSTOCK_DECL object_metadata parse_object_metadata(const http::response_head& head);

PENSTOCK_DECL object_checksums parse_checksum_headers(const http::header_list& headers);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_metadata.ipp>
#endif
