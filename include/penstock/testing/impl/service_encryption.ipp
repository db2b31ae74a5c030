// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <algorithm>
#include <iterator>

namespace penstock::testing::detail {

inline constexpr std::string_view sse_field = "x-amz-server-side-encryption";
inline constexpr std::string_view sse_key_md5_field = "x-amz-server-side-encryption-customer-key-md5";

/// The key's MD5 where `prefix` names a customer key, checked; else empty.
inline std::string customer_key_md5(const service_call& c, const std::string& prefix) {
    const auto algorithm = c.request.headers.find(prefix + "server-side-encryption-customer-algorithm");
    const auto key = from_base64(c.header(prefix + "server-side-encryption-customer-key"));
    const auto md5 = c.header(prefix + "server-side-encryption-customer-key-md5");
    if (!algorithm && c.header(prefix + "server-side-encryption-customer-key").empty()) return {};
    if (!algorithm || *algorithm != "AES256" || !key || key->size() != 32)
        throw s3_problem{400, "InvalidArgument", "The secret key was invalid for the specified algorithm."};
    if (to_base64(digest_of(digest_kind::md5, *key)) != md5)
        throw s3_problem{400, "InvalidArgument",
                         "The calculated MD5 hash of the key did not match the hash that was provided."};
    return std::string{md5};
}

PENSTOCK_DECL void add_encryption(const service_call& c, http::header_list& kept) {
    const auto md5 = customer_key_md5(c, "x-amz-");
    const auto method = c.header(sse_field);
    if (!method.empty() && !md5.empty())
        throw s3_problem{400, "InvalidArgument",
                         "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"};
    if (!md5.empty()) {
        kept.add("x-amz-server-side-encryption-customer-algorithm", "AES256");
        kept.add(sse_key_md5_field, md5);
    }
    if (method.empty()) return;
    const bool kms = method == "aws:kms";
    if (method != "AES256" && !kms && method != "aws:kms:dsse")
        throw s3_problem{400, "InvalidArgument", "The encryption method specified is not supported"};
    kept.add(sse_field, method);
    if (method == "AES256") return;
    const auto id = c.header("x-amz-server-side-encryption-aws-kms-key-id");
    kept.add("x-amz-server-side-encryption-aws-kms-key-id", id.empty() ? "arn:aws:kms:us-east-1:000000000000:key/aws-s3" : id);
    if (kms && http::iequals(c.header("x-amz-server-side-encryption-bucket-key-enabled"), "true"))
        kept.add("x-amz-server-side-encryption-bucket-key-enabled", "true");
}

inline bool is_encryption_field(std::string_view name) noexcept {
    return name.size() >= sse_field.size() && http::iequals(name.substr(0, sse_field.size()), sse_field);
}

PENSTOCK_DECL http::header_list without_encryption(const http::header_list& kept) {
    http::header_list out;
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (!is_encryption_field(kept[i].name)) out.add(kept[i].name, kept[i].value);
    return out;
}

PENSTOCK_DECL void tell_encryption(const http::header_list& kept, http::header_list& out) {
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (is_encryption_field(kept[i].name)) out.add(kept[i].name, kept[i].value);
}

PENSTOCK_DECL void check_customer_key(const service_call& c, const std::string& prefix, const http::header_list& kept) {
    const auto given = customer_key_md5(c, prefix);
    const auto wanted = kept[sse_key_md5_field];
    if (given == wanted) return;
    if (wanted.empty())
        throw s3_problem{400, "InvalidRequest", "The encryption parameters are not applicable to this object."};
    if (given.empty())
        throw s3_problem{400, "InvalidRequest",
                         "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
                         "retrieve the object."};
    throw s3_problem{403, "AccessDenied", "Access Denied"};
}

} // namespace penstock::testing::detail
