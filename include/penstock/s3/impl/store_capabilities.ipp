// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/store_capabilities.hpp>

#include <penstock/core/error.hpp>

#include <iterator>

namespace penstock::s3 {
namespace detail {

using can = store_capabilities;

inline constexpr capability_name capability_table[] = {
    {"list objects v2", &can::list_objects_v2},       {"byte order", &can::byte_order},
    {"any prefix", &can::any_prefix},                 {"conditional read", &can::conditional_read},
    {"suffix range", &can::suffix_range},             {"create-only put", &can::create_only},
    {"conditional put", &can::conditional_write},     {"conditional delete", &can::conditional_delete},
    {"checksum trailer", &can::checksum_trailer},     {"versions", &can::versions},
    {"virtual host", &can::virtual_host},             {"region header", &can::region_header},
    {"parts of any size", &can::parts_of_any_size},
};

PENSTOCK_DECL store_capabilities completed(store_capabilities first, const store_capabilities& second) {
    if (first.store.empty()) first.store = second.store;
    for (const auto& c : capability_table)
        if (!(first.*c.value)) first.*c.value = second.*c.value;
    return first;
}

} // namespace detail

PENSTOCK_DECL std::span<const capability_name> all_capabilities() noexcept { return detail::capability_table; }

PENSTOCK_DECL store_capabilities capabilities_of(std::string_view store) {
    store_capabilities c;
    const auto all = [&c](bool value) {
        for (const auto& one : detail::capability_table) c.*one.value = value;
    };
    if (store == "AWS" || store == "VersityGW") {
        all(true);
    } else if (store == "MinIO") {
        all(true);
        c.conditional_delete = false; // accepts the condition, and deletes
        c.virtual_host.reset();       // where it was given a domain
        c.region_header.reset();      // where it was given a region
    } else if (store == "Penstock") { // the embedded server
        all(true);
        c.versions.reset();     // in memory, not over a folder
        c.virtual_host.reset(); // where it was given a domain
    } else if (store == "SeaweedFS") {
        all(true);
        c.byte_order = c.region_header = false; // folder by folder
    } else if (store == "R2") {
        // https://developers.cloudflare.com/r2/api/s3/conditional-operations/: of writes, not of deletions; no versions:
        // https://developers.cloudflare.com/r2/api/s3/api/
        c.list_objects_v2 = c.conditional_read = c.create_only = c.conditional_write = true;
        c.versions = c.parts_of_any_size = false;
    } else if (store == "B2") {
        // NotImplemented: https://github.com/sathinduga/obsidian-s3-sync-and-backup/pull/84
        c.create_only = c.conditional_write = false;
    } else if (store == "GCS") {
        // Of reads alone, ignored on writes: https://github.com/Gusto/baerly-storage/pull/52,
        // https://cloud.google.com/storage/docs/request-preconditions
        c.create_only = c.conditional_write = c.conditional_delete = false;
    } else if (store == "Ceph") {
        c.create_only = c.conditional_write = false; // of an age that does not look at them (TensorStore's rule)
    } else {
        return c;
    }
    c.store = store;
    return c;
}

PENSTOCK_DECL std::string to_text(const store_capabilities& c) {
    std::string has, has_not;
    for (const auto& one : all_capabilities()) {
        if (!(c.*one.value)) continue;
        auto& list = *(c.*one.value) ? has : has_not;
        list.append(list.empty() ? "" : ", ").append(one.name);
    }
    auto out = c.store.empty() ? std::string{"a store that is not known"} : printable(c.store, 64);
    if (!has.empty()) out += "; has: " + has;
    if (!has_not.empty()) out += "; has not: " + has_not;
    return out;
}

} // namespace penstock::s3
