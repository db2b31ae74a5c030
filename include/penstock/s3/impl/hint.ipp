// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/hint.hpp>

#include <algorithm>

namespace penstock::s3::detail {

struct operation_permission {
    std::string_view operation, action;
};

inline constexpr operation_permission permissions[] = {
    {"get object", "s3:GetObject"},
    {"head object", "s3:GetObject"},
    {"list objects", "s3:ListBucket"},
    {"head bucket", "s3:ListBucket"},
    {"put object", "s3:PutObject"},
    {"create multipart upload", "s3:PutObject"},
    {"upload part", "s3:PutObject"},
    {"complete multipart upload", "s3:PutObject"},
    {"abort multipart upload", "s3:AbortMultipartUpload"},
    {"list parts", "s3:ListMultipartUploadParts"},
    {"list multipart uploads", "s3:ListBucketMultipartUploads"},
    {"copy object", "s3:GetObject on the source and s3:PutObject on the target"},
    {"upload part copy", "s3:GetObject on the source and s3:PutObject on the target"},
    {"delete object", "s3:DeleteObject"},
    {"delete objects", "s3:DeleteObject"},
    {"list buckets", "s3:ListAllMyBuckets"},
    {"create bucket", "s3:CreateBucket"},
    {"delete bucket", "s3:DeleteBucket"},
    {"get bucket location", "s3:GetBucketLocation"},
    {"create session", "s3express:CreateSession"},
    {"restore object", "s3:RestoreObject"},
};

PENSTOCK_DECL std::string_view permission_for(std::string_view operation) noexcept {
    for (const auto& p : permissions)
        if (p.operation == operation) return p.action;
    return {};
}

/// AWS's key ids: "AKIA", "ASIA" and their kin, 16 to 128 capitals and digits.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
inline bool is_like_key_of_aws(std::string_view id) noexcept {
    const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    return id.size() >= 16 && id.size() <= 128 && id.starts_with('A') && std::all_of(id.begin(), id.end(), fits);
}

/// "set the clock of this machine: it is 20 minutes behind the store's".
inline std::string clock_hint(const circumstances& c) {
    std::string hint = "set the clock of this machine";
    if (!c.clock_difference) return hint;
    const auto seconds = c.clock_difference->count();
    const auto minutes = (seconds < 0 ? -seconds : seconds) / 60;
    if (minutes == 0) return hint;
    return hint + ": it is " + std::to_string(minutes) + (minutes == 1 ? " minute " : " minutes ") +
           (seconds > 0 ? "behind" : "ahead of") + " the store's";
}

/// AWS tolerates a quarter of an hour.
inline bool is_clock_wrong(const circumstances& c) noexcept {
    return c.clock_difference && std::chrono::abs(*c.clock_difference) >= std::chrono::minutes{15};
}

inline std::string signature_hint(const circumstances& c) {
    if (is_clock_wrong(c)) return clock_hint(c);
    if (c.on_aws) return "check the secret access key; keys of another store than AWS need its endpoint (AWS_ENDPOINT_URL_S3)";
    return "check the secret access key, and that region '" + std::string{c.region} + "' is the one this store signs for";
}

inline std::string access_key_hint(const circumstances& c) {
    const bool of_aws = is_like_key_of_aws(c.access_key_id);
    if (c.on_aws && !of_aws)
        return "these keys are not AWS's: set the endpoint of the store that they belong to (AWS_ENDPOINT_URL_S3), and its "
               "region";
    if (!c.on_aws && of_aws) return "these keys look like AWS's, the endpoint is another store's: give that store's keys";
    return "check the access key id, and that it belongs to this store";
}

inline std::string access_hint(const error_detail& d, const circumstances& c) {
    if (is_clock_wrong(c)) return clock_hint(c);
    if (c.access_key_id.empty()) return "the store does not let everybody do this: give credentials";
    const auto action = permission_for(d.operation);
    auto hint = action.empty() ? std::string{"check what the policies of the user and of the bucket allow"}
                               : "the user's and the bucket's policies must allow " + std::string{action};
    if (d.operation == "get object" || d.operation == "head object")
        hint += "; without s3:ListBucket a missing object is answered so, too";
    return hint;
}

PENSTOCK_DECL std::string hint_for(const failure& f, const circumstances& c) {
    const auto& d = f.detail();
    const auto& code = f.code();
    if (code == errc::no_such_bucket)
        return "check the bucket's name, the region ('" + std::string{c.region} + "') and the endpoint";
    if (code == errc::no_such_key) return "keys are compared byte for byte: list the prefix to see what is there";
    if (code == errc::bucket_exists) return "a store's bucket names are shared by all its users: choose another";
    if (code == errc::bucket_not_empty) return "remove its objects first";
    if (code == errc::invalid_request && d.service_code == "InvalidBucketName")
        return "names of new buckets are 3 to 63 lowercase letters, digits, '-' and '.'";
    const bool reading = d.operation == "get object" || d.operation == "head object";
    if (code == errc::invalid_request && reading && d.message.find("Server Side Encryption") != d.message.npos)
        return "it is encrypted with a key of its owner's: give it as get_object_options::customer_key";
    if (code == errc::signature_mismatch) return signature_hint(c);
    if (code == errc::invalid_access_key) return access_key_hint(c);
    if (code == errc::expired_token) return "renew the credentials";
    if (code == errc::clock_skew) return clock_hint(c);
    if (code == errc::wrong_region)
        return d.region.empty() ? "set the region of the bucket" : "set the region to '" + printable(d.region, 64) + "'";
    if (code == errc::access_denied) return access_hint(d, c);
    return {};
}

} // namespace penstock::s3::detail
