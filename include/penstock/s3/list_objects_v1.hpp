// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/list_objects_v2.hpp>

/// The first version of listing, for stores that have no other. `object_lister` falls back to it by itself.
namespace penstock::s3::detail {

struct operation;

/// As `make_list_objects_v2`: the continuation token, else start-after, is the marker.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
PENSTOCK_DECL operation make_list_objects_v1(std::string_view bucket, const list_objects_options& options = {});

/// As `parse_list_objects_v2`, with the next marker for a token.
PENSTOCK_DECL result<list_objects_page> parse_list_objects_v1(const http::response_head& head, std::string_view body);

/// Whether a refusal of the first page says that a store knows the first version alone.
PENSTOCK_DECL bool wants_list_objects_v1(const failure& f);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/list_objects_v1.ipp>
#endif
