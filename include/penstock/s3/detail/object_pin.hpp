// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/s3/object_metadata.hpp>

#include <string>

namespace penstock::s3::detail {

/// What tells `now` from `then`, in words; empty where both are of the very same object. Not every store heeds If-Match,
/// so whatever comes of an object that is read by several requests is compared: its ETag, else its date, and its size.
PENSTOCK_DECL std::string difference(const object_metadata& then, const object_metadata& now);

/// `errc::object_changed`, with what reading began with and what is there now.
PENSTOCK_DECL failure changed_object(const object_metadata& then, const std::string& now);

/// For If-Match; empty where the ETag is none that If-Match takes.
inline std::string pin_of(const object_metadata& m) { return m.etag.weak() ? std::string{} : m.etag.raw(); }

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_pin.ipp>
#endif
