// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/body_fields.hpp>

#include <penstock/checksum/base64.hpp>
#include <penstock/core/detail/json_string.hpp>
#include <penstock/s3/detail/request_builder.hpp>

#include <map>
#include <string>

namespace penstock::s3::detail {

PENSTOCK_DECL void set_checksum(operation& op, const std::optional<body_checksum>& c) {
    if (!c) return;
    if (c->in_trailer && c->algorithm == checksum_algorithm::md5)
        refuse(op, "MD5 cannot be sent in a trailer", "send it in a header, or choose another checksum");
    if (c->in_trailer && c->chunk_size < (std::size_t{8} << 10)) refuse(op, "chunks below 8 KiB");
    const auto raw = from_base64(c->value);
    if (!c->value.empty() && (!raw || raw->size() != checksum_size(c->algorithm)))
        refuse(op, "the given checksum is no " + std::string{to_string(c->algorithm)} + " in base64");
    op.checksum = *c;
}

PENSTOCK_DECL void add_checksum_algorithm(operation& op, const std::optional<checksum_algorithm>& a) {
    if (!a) return;
    if (*a == checksum_algorithm::md5)
        refuse(op, "MD5 is no checksum that the store can make or keep", "choose a CRC, SHA-1 or SHA-256");
    op.headers.add("x-amz-checksum-algorithm", to_string(*a));
}

inline void add_key(operation& op, const std::string& prefix, const customer_key& key) {
    if (key.empty()) return;
    op.headers.add(prefix + "server-side-encryption-customer-algorithm", "AES256");
    op.headers.add(prefix + "server-side-encryption-customer-key", key.secret());
    op.headers.add(prefix + "server-side-encryption-customer-key-MD5", key.md5());
    op.keys.push_back(key);
}

PENSTOCK_DECL void add_customer_key(operation& op, const customer_key& key) { add_key(op, "x-amz-", key); }
PENSTOCK_DECL void add_source_key(operation& op, const customer_key& key) { add_key(op, "x-amz-copy-source-", key); }

/// A JSON object in base64.
inline std::string encryption_context(const std::map<std::string, std::string>& context) {
    std::string json = "{";
    for (const auto& [name, value] : context) {
        if (json.size() > 1) json += ',';
        penstock::detail::append_json_string(json, name);
        json += ':';
        penstock::detail::append_json_string(json, value);
    }
    return to_base64(as_bytes(json + "}"));
}

PENSTOCK_DECL void add_encryption(operation& op, const std::optional<server_side_encryption>& e, const customer_key& key) {
    add_customer_key(op, key);
    if (!e) return;
    using method = server_side_encryption::method;
    if (!key.empty())
        refuse(op, "a customer key and the store's encryption exclude each other", "give one of them");
    if (e->what() == method::s3 && !e->context().empty())
        refuse(op, "an encryption context without KMS", "use server_side_encryption::kms() or dsse()");
    if (e->what() != method::kms && e->bucket_key())
        refuse(op, "a bucket key is for SSE-KMS alone", "use server_side_encryption::kms()");
    constexpr std::string_view names[] = {"AES256", "aws:kms", "aws:kms:dsse"};
    op.headers.add("x-amz-server-side-encryption", names[static_cast<std::size_t>(e->what())]);
    if (!e->key_id().empty()) op.headers.add("x-amz-server-side-encryption-aws-kms-key-id", e->key_id());
    if (!e->context().empty()) op.headers.add("x-amz-server-side-encryption-context", encryption_context(e->context()));
    if (e->bucket_key())
        op.headers.add("x-amz-server-side-encryption-bucket-key-enabled", *e->bucket_key() ? "true" : "false");
}

} // namespace penstock::s3::detail
