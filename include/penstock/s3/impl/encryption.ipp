// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/encryption.hpp>

#include <penstock/checksum/base64.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/error.hpp>

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

} // namespace penstock::s3
