// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/detail/hash_context.hpp>

#include <penstock/core/error.hpp>

#include <openssl/evp.h>

namespace penstock::detail {

[[noreturn]] inline void throw_no_hash(checksum_algorithm hash) {
    throw_failure(failure{errc::unsupported, "OpenSSL offers no " + std::string{to_string(hash)},
                          hash == checksum_algorithm::md5 ? "OpenSSL in FIPS mode has no MD5: choose another checksum"
                                                          : "check that an OpenSSL provider has it (openssl.cnf)"});
}

[[noreturn]] inline void throw_hash_failed() { throw_failure(failure{errc::unsupported, "OpenSSL failed to hash"}); }

PENSTOCK_DECL hash_context::hash_context(checksum_algorithm hash) {
    const auto* method = hash == checksum_algorithm::md5    ? EVP_md5()
                         : hash == checksum_algorithm::sha1 ? EVP_sha1()
                                                            : EVP_sha256();
    auto* context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex2(context, method, nullptr) != 1) {
        EVP_MD_CTX_free(context);
        throw_no_hash(hash);
    }
    context_ = context;
}

PENSTOCK_DECL hash_context::~hash_context() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

PENSTOCK_DECL void hash_context::update(std::span<const std::byte> data) {
    if (EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data.data(), data.size()) != 1) throw_hash_failed();
}

PENSTOCK_DECL void hash_context::finish(std::span<std::uint8_t> into) {
    auto* context = static_cast<EVP_MD_CTX*>(context_);
    if (EVP_DigestFinal_ex(context, into.data(), nullptr) != 1 || EVP_DigestInit_ex2(context, nullptr, nullptr) != 1)
        throw_hash_failed();
}

} // namespace penstock::detail
