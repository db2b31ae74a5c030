// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_state.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/aws/partition.hpp>

namespace penstock::s3::detail {

/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html: general purpose buckets list in UTF-8
/// binary order; https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html: directory buckets in
/// none, and by prefixes that end in a delimiter.
inline store_capabilities aws_capabilities(std::string_view bucket) {
    const bool directory = aws::is_directory_bucket(bucket);
    store_capabilities c;
    c.store = "AWS";
    c.list_objects_v2 = c.conditional_read = c.suffix_range = c.create_only = true;
    c.conditional_write = c.conditional_delete = c.checksum_trailer = true;
    c.virtual_host = c.region_header = c.parts_of_any_size = true;
    c.byte_order = c.any_prefix = c.versions = !directory;
    return c;
}

/// What `first` leaves open, from `second`.
inline store_capabilities completed(store_capabilities first, const store_capabilities& second) {
    if (first.store.empty()) first.store = second.store;
    using flag = std::optional<bool> store_capabilities::*;
    for (const flag f : {&store_capabilities::list_objects_v2, &store_capabilities::byte_order,
                         &store_capabilities::any_prefix, &store_capabilities::conditional_read,
                         &store_capabilities::suffix_range, &store_capabilities::create_only,
                         &store_capabilities::conditional_write, &store_capabilities::conditional_delete,
                         &store_capabilities::checksum_trailer, &store_capabilities::versions,
                         &store_capabilities::virtual_host, &store_capabilities::region_header,
                         &store_capabilities::parts_of_any_size})
        if (!(first.*f)) first.*f = second.*f;
    return first;
}

PENSTOCK_DECL store_capabilities client_state::capabilities(std::string_view bucket) {
    settle();
    const auto& custom = places_.settings().custom;
    if (custom && !aws::is_aws_host(custom->host)) return options_.capabilities();
    return completed(options_.capabilities(), aws_capabilities(bucket));
}

} // namespace penstock::s3::detail
