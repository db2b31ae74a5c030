// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

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

/// One of them, with its name: "conditional delete".
struct capability_name {
    std::string_view name;
    std::optional<bool> store_capabilities::*value;
};
/// All of them, in the order in which they are shown.
PENSTOCK_DECL std::span<const capability_name> all_capabilities() noexcept;

/// What is known of a store by its name ("AWS", "MinIO", "VersityGW", "SeaweedFS", "R2", "B2", "GCS", "Ceph"): what is
/// documented, reported or was measured (docs/atomicity.md). Of any other name, nothing.
PENSTOCK_DECL store_capabilities capabilities_of(std::string_view store);

/// One line: the store, then what it can and what it cannot: "MinIO; has: any prefix, …; has not: conditional delete".
PENSTOCK_DECL std::string to_text(const store_capabilities& c);

namespace detail {
/// What `first` leaves open, from `second`.
PENSTOCK_DECL store_capabilities completed(store_capabilities first, const store_capabilities& second);
} // namespace detail

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/store_capabilities.ipp>
#endif
