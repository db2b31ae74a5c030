// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/encryption.hpp>

#include <penstock/checksum/base64.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/detail/json_string.hpp>
#include <penstock/core/error.hpp>
#include <penstock/s3/detail/request_builder.hpp>

#include <openssl/crypto.h>

namespace penstock::s3 {

struct customer_key::text {
    text(std::string s, std::string m) : secret{std::move(s)}, md5{std::move(m)} {}
    ~text() { OPENSSL_cleanse(secret.data(), secret.size()); }

    std::string secret;
    std::string md5;
};

PENSTOCK_DECL customer_key::customer_key(std::span<const std::byte> bytes) {
    constexpr std::size_t aes_256 = 32;
    if (bytes.size() != aes_256)
        throw_failure(failure{errc::invalid_option, "a customer key of " + std::to_string(bytes.size()) + " bytes",
                              "AES-256 takes 32 bytes"});
    key_ = std::make_shared<const text>(to_base64(bytes), checksum_of(checksum_algorithm::md5, bytes));
}

PENSTOCK_DECL customer_key customer_key::from_base64(std::string_view text) {
    auto raw = penstock::from_base64(text);
    if (!raw) throw_failure(failure{errc::invalid_option, "a customer key that is no base64"});
    customer_key key{as_bytes(*raw)};
    OPENSSL_cleanse(raw->data(), raw->size());
    return key;
}

PENSTOCK_DECL const std::string& customer_key::secret() const noexcept { return key_->secret; }
PENSTOCK_DECL const std::string& customer_key::md5() const noexcept { return key_->md5; }

namespace detail {

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

} // namespace detail
} // namespace penstock::s3
