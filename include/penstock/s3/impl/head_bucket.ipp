// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/head_bucket.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_head_bucket(std::string_view bucket) {
    auto op = bucket_operation("head bucket", "HEAD", bucket);
    op.by = signed_by::iam;
    return op;
}

PENSTOCK_DECL result<bucket_metadata> parse_head_bucket(const http::response_head& head) {
    auto good = check_status("head bucket", head, {}, error_scope::bucket);
    if (!good) return good.error();
    bucket_metadata found;
    found.region = head.headers["x-amz-bucket-region"];
    return found;
}

} // namespace penstock::s3::detail
