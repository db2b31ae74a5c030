// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <optional>
#include <string>

namespace penstock::s3 {

/// What a store can do of that in which stores differ. Empty where it is not known: then it is tried.
struct store_capabilities {
    store_capabilities() = default;

    std::string store; ///< its name, where it is known: "AWS", "MinIO" …

    std::optional<bool> list_objects_v2;    ///< else only the first version of listing
    std::optional<bool> byte_order;         ///< lists keys in the order of their bytes: `start_after` may skip what is known
    std::optional<bool> any_prefix;         ///< lists by any prefix, not only by whole folders
    std::optional<bool> conditional_read;   ///< GET with If-Match
    std::optional<bool> suffix_range;       ///< GET of the last bytes
    std::optional<bool> create_only;        ///< PUT with If-None-Match: *
    std::optional<bool> conditional_write;  ///< PUT with If-Match
    std::optional<bool> conditional_delete; ///< DELETE with If-Match
    std::optional<bool> checksum_trailer;   ///< checksums that follow a body
    std::optional<bool> versions;           ///< keeps old versions where a bucket asks for it
    std::optional<bool> virtual_host;       ///< the bucket in the host name
    std::optional<bool> region_header;      ///< says where a bucket is
    std::optional<bool> parts_of_any_size;  ///< else all parts of an upload but the last have one size
};

} // namespace penstock::s3
