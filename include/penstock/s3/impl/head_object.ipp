// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/head_object.hpp>

#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/get_object.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_head_object(const object_address& object, const head_object_options& options) {
    auto op = object_operation("head object", "HEAD", object);
    op.settings = options.settings();
    add_query_if(op, "versionId", options.version_id());
    if (options.part_number() != 0) {
        check_part_number(op, options.part_number());
        add_query(op, "partNumber", std::uint64_t{options.part_number()});
    }
    if (options.checksum_mode()) op.headers.add("x-amz-checksum-mode", "ENABLED");
    add_conditions(op.headers, options);
    add_customer_key(op, options.customer_key());
    return op;
}

PENSTOCK_DECL result<object_metadata> parse_head_object(const http::response_head& head) {
    auto good = check_status("head object", head, {}, error_scope::object);
    if (!good) return good.error();
    auto metadata = parse_object_metadata(head);
    // With a part number the answer may be a 206 whose Content-Length is the part's; the total is behind the
    // slash.
    if (const auto range = parse_content_range(head.headers["Content-Range"]); range && range->total)
        metadata.size = range->total;
    return metadata;
}

} // namespace penstock::s3::detail
