// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/request_builder.hpp>

#include <penstock/aws/access_point.hpp>
#include <penstock/aws/arn.hpp>
#include <penstock/aws/bucket_name.hpp>
#include <penstock/s3/detail/part_number.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation service_operation(const char* name, const char* method) {
    operation op;
    op.name = name;
    op.method = method;
    return op;
}

[[noreturn]] inline void refuse_as(errc code, const operation& op, std::string message, std::string hint) {
    error_detail d;
    d.operation = op.name;
    d.bucket = op.bucket;
    d.key = op.key;
    d.message = std::move(message);
    d.hint = std::move(hint);
    throw_failure(failure{code, std::move(d)});
}

[[noreturn]] PENSTOCK_DECL void refuse(const operation& op, std::string message, std::string hint) {
    refuse_as(errc::invalid_option, op, std::move(message), std::move(hint));
}

PENSTOCK_DECL operation bucket_operation(const char* name, const char* method, std::string_view bucket) {
    auto op = service_operation(name, method);
    if (bucket.empty()) refuse_as(errc::missing_bucket, op, {}, "give a bucket, as in s3://bucket/key");
    if (aws::is_arn(bucket)) {
        if (const auto point = aws::parse_access_point(bucket); !point)
            throw_failure(point.error().with([name](error_detail& d) { d.operation = name; }));
    } else if (!aws::valid_bucket_name(bucket)) {
        auto d = aws::bad_bucket_name(bucket);
        refuse(op, std::move(d.message), std::move(d.hint));
    }
    op.bucket = bucket;
    return op;
}

PENSTOCK_DECL operation object_operation(const char* name, const char* method, const object_address& object) {
    auto op = bucket_operation(name, method, object.bucket);
    if (object.key.empty()) refuse_as(errc::missing_key, op, {}, "give a key, as in s3://bucket/key");
    op.key = object.key;
    return op;
}

PENSTOCK_DECL void check_part_number(const operation& op, std::uint32_t number) {
    if (number < 1 || number > max_part_number)
        refuse(op, "part number " + std::to_string(number) + " is not within 1 to 10000",
               "use larger parts, so that 10,000 are enough");
}

PENSTOCK_DECL void check_upload_id(const operation& op, std::string_view upload_id) {
    if (upload_id.empty())
        refuse(op, "no upload id", "the upload id comes from creating the multipart upload");
}

PENSTOCK_DECL void add_query(operation& op, std::string name, std::string value) {
    op.query.emplace_back(std::move(name), std::move(value));
}

PENSTOCK_DECL void add_query(operation& op, std::string name, std::uint64_t value) {
    add_query(op, std::move(name), std::to_string(value));
}

PENSTOCK_DECL void add_query_if(operation& op, std::string name, const std::string& value) {
    if (!value.empty()) add_query(op, std::move(name), value);
}

PENSTOCK_DECL void set_document(operation& op, std::string document) {
    op.owned_body = std::move(document);
    op.has_body = true;
    op.headers.add("Content-Type", "application/xml");
}

} // namespace penstock::s3::detail
