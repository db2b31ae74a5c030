// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/object_pin.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string difference(const object_metadata& then, const object_metadata& now) {
    const bool sized = then.size && now.size;
    if (!then.etag.empty()) {
        if (!(then.etag == now.etag)) return now.etag.empty() ? "no ETag" : "ETag " + now.etag.raw();
    } else if (then.last_modified) {
        if (then.last_modified != now.last_modified) return "another modification date";
    } else if (!sized) {
        return "no ETag, no date, no size to know it by";
    }
    if (sized && *then.size != *now.size)
        return "a size of " + std::to_string(*now.size) + " instead of " + std::to_string(*then.size);
    return {};
}

PENSTOCK_DECL failure changed_object(const object_metadata& then, const std::string& now) {
    return failure{errc::object_changed, "reading began with ETag " + then.etag.raw() + ", now " + now,
                   "read it again from the start, or pin a version id on a versioned bucket"};
}

} // namespace penstock::s3::detail
