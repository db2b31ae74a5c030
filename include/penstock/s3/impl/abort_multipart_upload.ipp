// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/abort_multipart_upload.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_abort_multipart_upload(const object_address& object,
                                                    std::string_view upload_id) {
    auto op = object_operation("abort multipart upload", "DELETE", object);
    check_upload_id(op, upload_id);
    add_query(op, "uploadId", std::string{upload_id});
    return op;
}

PENSTOCK_DECL result<void> parse_abort_multipart_upload(const http::response_head& head,
                                                        std::string_view body) {
    return check_status("abort multipart upload", head, body, error_scope::object);
}

} // namespace penstock::s3::detail
