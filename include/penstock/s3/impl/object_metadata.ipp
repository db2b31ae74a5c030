// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_metadata.hpp>

#include <penstock/s3/detail/text.hpp>

namespace penstock::s3 {

PENSTOCK_DECL std::string* object_checksums::value(checksum_algorithm a) noexcept {
    switch (a) {
    case checksum_algorithm::crc32: return &crc32;
    case checksum_algorithm::crc32c: return &crc32c;
    case checksum_algorithm::crc64nvme: return &crc64nvme;
    case checksum_algorithm::sha1: return &sha1;
    case checksum_algorithm::sha256: return &sha256;
    case checksum_algorithm::md5: break;
    }
    return nullptr;
}

namespace detail {

PENSTOCK_DECL object_checksums parse_checksum_headers(const http::header_list& headers) {
    object_checksums found;
    found.crc32 = headers["x-amz-checksum-crc32"];
    found.crc32c = headers["x-amz-checksum-crc32c"];
    found.crc64nvme = headers["x-amz-checksum-crc64nvme"];
    found.sha1 = headers["x-amz-checksum-sha1"];
    found.sha256 = headers["x-amz-checksum-sha256"];
    found.type = headers["x-amz-checksum-type"];
    return found;
}

inline std::map<std::string, std::string> parse_user_metadata(const http::header_list& headers) {
    constexpr std::string_view prefix = "x-amz-meta-";
    std::map<std::string, std::string> found;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto h = headers[i];
        if (h.name.size() < prefix.size() || !http::iequals(h.name.substr(0, prefix.size()), prefix))
            continue;
        const auto [at, added] = found.emplace(h.name.substr(prefix.size()), h.value);
        if (!added) at->second.append(",").append(h.value);
    }
    return found;
}

PENSTOCK_DECL object_metadata parse_object_metadata(const http::response_head& head) {
    const auto& h = head.headers;
    object_metadata m;
    m.etag = entity_tag{std::string{h["ETag"]}};
    m.size = head.content_length;
    m.last_modified = parse_time(h["Last-Modified"]);
    m.content_type = h["Content-Type"];
    m.content_encoding = h["Content-Encoding"];
    m.content_disposition = h["Content-Disposition"];
    m.content_language = h["Content-Language"];
    m.cache_control = h["Cache-Control"];
    m.expires = h["Expires"];
    m.version_id = h["x-amz-version-id"];
    m.delete_marker = parse_flag(h["x-amz-delete-marker"]);
    m.storage_class = h["x-amz-storage-class"];
    m.metadata = parse_user_metadata(h);
    m.checksums = parse_checksum_headers(h);
    m.parts_count = parse_number(h["x-amz-mp-parts-count"]);
    m.tag_count = parse_number(h["x-amz-tagging-count"]);
    m.restore = h["x-amz-restore"];
    m.expiration = h["x-amz-expiration"];
    m.replication_status = h["x-amz-replication-status"];
    m.server_side_encryption = h["x-amz-server-side-encryption"];
    m.sse_kms_key_id = h["x-amz-server-side-encryption-aws-kms-key-id"];
    m.bucket_key_enabled = parse_flag(h["x-amz-server-side-encryption-bucket-key-enabled"]);
    m.sse_customer_key_md5 = h["x-amz-server-side-encryption-customer-key-MD5"];
    m.accept_ranges = h["Accept-Ranges"];
    return m;
}

} // namespace detail
} // namespace penstock::s3
