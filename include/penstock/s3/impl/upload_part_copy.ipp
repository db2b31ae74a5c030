// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/upload_part_copy.hpp>

#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/get_object.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_upload_part_copy(const object_address& source, const object_address& target,
                                              std::string_view upload_id, std::uint32_t part_number,
                                              const upload_part_copy_options& options) {
    object_operation("upload part copy", "GET", source); // checks the source
    auto op = object_operation("upload part copy", "PUT", target);
    op.settings = options.settings();
    check_upload_id(op, upload_id);
    check_part_number(op, part_number);
    add_query(op, "partNumber", std::uint64_t{part_number});
    add_query(op, "uploadId", std::string{upload_id});
    op.headers.add("x-amz-copy-source", copy_source(source, options.source_version_id()));
    if (options.source_range()) add_range(op, "x-amz-copy-source-range", *options.source_range());
    add_conditions(op.headers, options);
    add_customer_key(op, options.customer_key());
    add_source_key(op, options.source_customer_key());
    op.by = signed_by::iam;
    op.has_body = true;
    return op;
}

PENSTOCK_DECL result<copy_object_result> parse_upload_part_copy(const http::response_head& head,
                                                                std::string_view body) {
    return parse_copy_part(head, body);
}

} // namespace penstock::s3::detail
