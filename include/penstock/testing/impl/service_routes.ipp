// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <algorithm>
#include <iterator>
#include <string>

namespace penstock::testing::detail {

inline s3_problem not_implemented(const std::string& what) {
    return {501, "NotImplemented",
            "A header or parameter you provided implies functionality that is not implemented: " + what};
}

/// Sub-resources of S3 that this server does not have.
inline bool unknown_sub_resource(std::string_view name) noexcept {
    static constexpr std::string_view names[] = {
        "accelerate",
        "acl",
        "analytics",
        "attributes",
        "cors",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "legal-hold",
        "lifecycle",
        "logging",
        "metrics",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "renameObject",
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "torrent",
        "website",
    };
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

PENSTOCK_DECL service_route route_of(const service_call& c) {
    const auto& method = c.request.method;
    for (const auto& p : c.query)
        if (unknown_sub_resource(p.name)) throw not_implemented("?" + p.name);
    auto has = [&c](std::string_view name) { return c.parameter(name) != nullptr; };
    if (has("tagging") && (method != "GET" || c.key.empty()))
        throw not_implemented("?tagging, but for reading an object's");
    service_route r;
    if (c.bucket.empty()) {
        if (method == "GET") r.run = list_buckets;
    } else if (c.key.empty()) {
        if (method == "GET")
            r.run = has("session")                                         ? create_session
                    : has("location")                                      ? get_bucket_location
                    : has("versioning")                                    ? get_bucket_versioning
                    : has("uploads")                                       ? list_multipart_uploads
                    : has("versions")                                      ? list_object_versions
                    : has("list-type") && *c.parameter("list-type") == "2" ? list_objects_v2
                                                                           : list_objects_v1;
        else if (method == "HEAD")
            r.run = head_bucket;
        else if (has("versioning") && method == "PUT")
            r = {put_bucket_versioning, body_use::document};
        else if (method == "PUT")
            r = {create_bucket, body_use::document};
        else if (method == "DELETE")
            r.run = delete_bucket;
        else if (method == "POST" && has("delete"))
            r = {delete_objects, body_use::document, [](service_call& call) { call.require_bucket(); }};
        else if (method == "POST")
            throw not_implemented("uploads by a form");
    } else if (method == "GET" || method == "HEAD") {
        r.run = has("uploadId") && method == "GET" ? list_parts
                : has("tagging")                   ? get_object_tagging
                                                   : get_object;
    } else if (method == "PUT") {
        const bool copies = c.request.headers.contains("x-amz-copy-source");
        if (has("uploadId") != has("partNumber"))
            throw s3_problem{400, "InvalidArgument", "partNumber and uploadId belong together."};
        if (has("uploadId") && copies)
            r = {upload_part_copy, body_use::none, nullptr, prepare_part_copy};
        else if (has("uploadId"))
            r = {upload_part_data, body_use::data, check_upload_part};
        else if (copies)
            r = {copy_object, body_use::none, nullptr, prepare_copy};
        else
            r = {put_object, body_use::data, check_put};
    } else if (method == "POST") {
        if (has("uploads"))
            r.run = create_multipart_upload;
        else if (has("uploadId"))
            r = {complete_multipart_upload, body_use::document, nullptr, prepare_completion, true};
    } else if (method == "DELETE") {
        r.run = has("uploadId") ? abort_multipart_upload : delete_object;
    }
    if (!r.run)
        throw s3_problem{405, "MethodNotAllowed",
                         "The specified method is not allowed against this resource."}
            .detail("Method", method)
            .detail("ResourceType", c.bucket.empty() ? "SERVICE"
                                    : c.key.empty()  ? "BUCKET"
                                                     : "OBJECT");
    return r;
}

} // namespace penstock::testing::detail
