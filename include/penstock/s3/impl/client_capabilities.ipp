// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_state.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/aws/partition.hpp>

namespace penstock::s3::detail {

// ---- what is known

/// Directory buckets list in no order, and by prefixes that end in a slash, and have no versions.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html; other buckets list in UTF-8 binary
/// order: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html
inline store_capabilities aws_capabilities(std::string_view bucket) {
    auto c = capabilities_of("AWS");
    if (aws::is_directory_bucket(bucket)) c.byte_order = c.any_prefix = c.versions = false;
    return c;
}

/// Whose endpoint it is; empty for hosts of one's own.
inline std::string_view store_of_host(std::string_view host) {
    static constexpr std::pair<std::string_view, std::string_view> hosts[] = {
        {".r2.cloudflarestorage.com", "R2"}, {".backblazeb2.com", "B2"}, {"storage.googleapis.com", "GCS"}};
    for (const auto& [end, store] : hosts)
        if (host.ends_with(end)) return store;
    return {};
}

PENSTOCK_DECL store_capabilities client_state::capabilities(std::string_view bucket) {
    settle();
    const auto& custom = places_.settings().custom;
    const bool aws = !custom || aws::is_aws_host(custom->host);
    auto known = completed(options_.capabilities(), learned_);
    if (aws) return completed(std::move(known), aws_capabilities(bucket));
    const auto by_name = store_of_host(custom->host);
    return completed(std::move(known), capabilities_of(by_name.empty() ? std::string_view{store_} : by_name));
}

// ---- who it is

/// By what a store says of itself in every answer; empty where that says nothing.
inline std::string_view store_of(const http::header_list& headers) {
    const auto server = headers["Server"];
    for (const std::string_view name : {"MinIO", "VersityGW", "SeaweedFS", "Penstock"})
        if (server.size() >= name.size() && http::iequals(server.substr(0, name.size()), name)) return name;
    return headers["x-amz-request-id"].ends_with("-ceph3") ? "Ceph" : "";
}

// ---- what answers show

struct sent_condition {
    sent_condition() = default;
    const char* header = nullptr; ///< null: none was sent
    std::optional<bool> store_capabilities::*needs = nullptr;
};

/// On which a write depends.
inline sent_condition condition_of(const operation& op) {
    sent_condition out;
    const std::string_view method = op.method;
    if (method != "PUT" && method != "POST" && method != "DELETE") return out;
    if (op.etags_in_body) {
        out.header = "the ETags of a batch delete";
        out.needs = &store_capabilities::conditional_delete;
    } else if (op.headers.contains("If-None-Match")) {
        out.header = "If-None-Match";
        out.needs = &store_capabilities::create_only;
    } else if (op.headers.contains("If-Match")) {
        out.header = "If-Match";
        out.needs = method == "DELETE" ? &store_capabilities::conditional_delete : &store_capabilities::conditional_write;
    }
    return out;
}

PENSTOCK_DECL failure client_state::ignored_condition(const operation& op, bool sent) {
    const auto condition = condition_of(op);
    if (!condition.header || op.try_conditions) return {};
    const auto known = capabilities(op.bucket);
    if (known.*condition.needs != false) return {};
    error_detail d;
    d.operation = op.name;
    d.bucket = op.bucket;
    d.key = op.key;
    d.message = (known.store.empty() ? std::string{"this store"} : known.store) + " ignores " + condition.header +
                (sent ? ": it was carried out whatever the object was" : "; nothing was sent");
    d.hint = "leave the condition out, or say in client_options::capabilities that the store heeds it";
    return failure{errc::unsupported, std::move(d)};
}

PENSTOCK_DECL failure client_state::take_note(const operation& op, const http::response_head& head, failure why) {
    // A gateway that has no store behind it says nothing of one.
    const bool first = head.status < 500 && !std::exchange(store_looked_at_, true);
    if (first) store_ = store_of(head.headers);
    if (head.headers.contains("x-amz-bucket-region")) learned_.region_header = true;
    if (!learned_.suffix_range && !why && op.headers["Range"].starts_with("bytes=-"))
        learned_.suffix_range = head.status == 206;
    const bool refused = head.status == 501 || why.detail().service_code == "NotImplemented";
    if (refused)
        if (const auto condition = condition_of(op); condition.header) learned_.*condition.needs = false;
    // The first answer tells who the store is: too late to hold a condition back that it ignores.
    if (first && !why) why = ignored_condition(op, true);
    return why;
}

} // namespace penstock::s3::detail
