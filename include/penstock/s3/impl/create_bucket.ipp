// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/create_bucket.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

#include <penstock/aws/directory_bucket.hpp>

#include <algorithm>

namespace penstock::s3::detail {

/// Of a directory bucket in `zone`: "use1-az4", or a local one, which has the place in it as well: "usw2-lax1-az1".
inline std::string directory_bucket_configuration(std::string_view zone) {
    const bool local = std::count(zone.begin(), zone.end(), '-') > 1;
    xml::writer document;
    document.open("CreateBucketConfiguration").attribute("xmlns", xml_namespace);
    document.open("Location").element("Name", zone).element("Type", local ? "LocalZone" : "AvailabilityZone").close();
    document.open("Bucket")
        .element("DataRedundancy", local ? "SingleLocalZone" : "SingleAvailabilityZone")
        .element("Type", "Directory")
        .close();
    return document.finish();
}

PENSTOCK_DECL operation make_create_bucket(std::string_view bucket, std::string_view region) {
    auto op = bucket_operation("create bucket", "PUT", bucket);
    op.plane = aws::api_plane::control;
    op.makes_bucket = true;
    op.has_body = true;
    if (const auto zone = aws::zone_of_directory_bucket(bucket)) {
        set_document(op, directory_bucket_configuration(*zone));
        return op;
    }
    if (region.empty() || region == "us-east-1" || region == "auto") return op;
    xml::writer document;
    document.open("CreateBucketConfiguration").attribute("xmlns", xml_namespace);
    document.element("LocationConstraint", region);
    set_document(op, document.finish());
    return op;
}

PENSTOCK_DECL result<void> parse_create_bucket(const http::response_head& head, std::string_view body) {
    return check_status("create bucket", head, body, error_scope::bucket);
}

} // namespace penstock::s3::detail
