// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/delete_bucket.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_delete_bucket(std::string_view bucket) {
    auto op = bucket_operation("delete bucket", "DELETE", bucket);
    op.plane = aws::api_plane::control;
    return op;
}

PENSTOCK_DECL result<void> parse_delete_bucket(const http::response_head& head, std::string_view body) {
    return check_status("delete bucket", head, body, error_scope::bucket);
}

} // namespace penstock::s3::detail
