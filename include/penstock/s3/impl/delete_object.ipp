// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/delete_object.hpp>

#include <penstock/s3/conditions.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_delete_object(const object_address& object,
                                           const delete_object_options& options) {
    auto op = object_operation("delete object", "DELETE", object);
    op.settings = options.settings();
    add_query_if(op, "versionId", options.version_id());
    add_etag(op.headers, "If-Match", options.if_match());
    return op;
}

PENSTOCK_DECL result<delete_object_result> parse_delete_object(const http::response_head& head,
                                                               std::string_view body) {
    auto good = check_status("delete object", head, body, error_scope::object);
    if (!good) return good.error();
    delete_object_result found;
    found.delete_marker = parse_flag(head.headers["x-amz-delete-marker"]);
    found.version_id = head.headers["x-amz-version-id"];
    return found;
}

} // namespace penstock::s3::detail
