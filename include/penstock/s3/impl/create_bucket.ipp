// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/create_bucket.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/xml.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_create_bucket(std::string_view bucket, std::string_view region) {
    auto op = bucket_operation("create bucket", "PUT", bucket);
    op.has_body = true;
    if (region.empty() || region == "us-east-1" || region == "auto") return op;
    xml::writer document;
    document.open("CreateBucketConfiguration").attribute("xmlns", xml::s3_namespace);
    document.element("LocationConstraint", region);
    set_document(op, document.finish());
    return op;
}

PENSTOCK_DECL result<void> parse_create_bucket(const http::response_head& head, std::string_view body) {
    return check_status("create bucket", head, body, error_scope::bucket);
}

} // namespace penstock::s3::detail
