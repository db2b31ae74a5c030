// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::s3 {

/// How the store is to encrypt what is written, with keys of its own or of AWS KMS. Reading needs nothing: what a caller
/// may read comes decrypted.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html
class server_side_encryption {
  public:
    enum class method : std::uint8_t { s3, kms, dsse };

    /// SSE-S3: AES-256 with the store's keys.
    static server_side_encryption s3() { return {method::s3, {}}; }
    /// SSE-KMS. `key_id`: a key's id, ARN or alias; by default the account's own key for S3.
    static server_side_encryption kms(std::string key_id = {}) { return {method::kms, std::move(key_id)}; }
    /// Twice, by KMS keys (DSSE-KMS).
    static server_side_encryption dsse(std::string key_id = {}) { return {method::dsse, std::move(key_id)}; }

    /// Names and values that KMS logs, and policies may ask for. Not secret. KMS methods only.
    server_side_encryption& context(std::map<std::string, std::string> c) { return context_ = std::move(c), *this; }
    /// One KMS request a while for the bucket, in place of one an object. Only of `kms`.
    server_side_encryption& bucket_key(bool on) { return bucket_key_ = on, *this; }

    method what() const noexcept { return method_; }
    const std::string& key_id() const noexcept { return key_id_; }
    const std::map<std::string, std::string>& context() const noexcept { return context_; }
    std::optional<bool> bucket_key() const noexcept { return bucket_key_; }

  private:
    server_side_encryption(method m, std::string key_id) : method_{m}, key_id_{std::move(key_id)} {}

    method method_;
    std::string key_id_;
    std::map<std::string, std::string> context_;
    std::optional<bool> bucket_key_;
};

/// A key of the caller's own (SSE-C): the store uses it and forgets it, and every request for the object must bring it.
/// Sent over TLS only, unless `client_options::customer_keys_without_tls`. Copies share the key, which is wiped with the last
/// of them; no error or trace shows it.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
class customer_key {
  public:
    customer_key() = default;
    /// 32 bytes for AES-256; other sizes are `errc::invalid_option`.
    PENSTOCK_DECL explicit customer_key(std::span<const std::byte> bytes);
    /// The same in base64, as other tools take it.
    PENSTOCK_DECL static customer_key from_base64(std::string_view text);

    bool empty() const noexcept { return !key_; }
    /// In base64. Secret.
    PENSTOCK_DECL const std::string& secret() const noexcept;
    /// The key's MD5 in base64, by which stores know it. Not secret.
    PENSTOCK_DECL const std::string& md5() const noexcept;

  private:
    struct text;
    std::shared_ptr<const text> key_;
};

/// The base of the options of what touches an object's bytes or facts.
template <class Options>
class customer_key_options {
  public:
    customer_key_options() = default;

    /// The key that the object is encrypted with, where it is one of the caller's.
    Options& customer_key(s3::customer_key k) { return customer_key_ = std::move(k), static_cast<Options&>(*this); }
    const s3::customer_key& customer_key() const noexcept { return customer_key_; }

  private:
    s3::customer_key customer_key_;
};

/// The base of the options of what makes an object. A key of the caller's own excludes the store's encryption.
template <class Options>
class encryption_options : public customer_key_options<Options> {
  public:
    encryption_options() = default;

    /// By default the bucket's own setting decides.
    Options& encryption(std::optional<server_side_encryption> e) {
        return encryption_ = std::move(e), static_cast<Options&>(*this);
    }
    const std::optional<server_side_encryption>& encryption() const noexcept { return encryption_; }

  private:
    std::optional<server_side_encryption> encryption_;
};

/// The base of the options of copies.
template <class Options>
class source_key_options {
  public:
    source_key_options() = default;

    /// The key that the source is encrypted with, where it is one of the caller's.
    Options& source_customer_key(s3::customer_key k) { return source_key_ = std::move(k), static_cast<Options&>(*this); }
    const s3::customer_key& source_customer_key() const noexcept { return source_key_; }

  private:
    s3::customer_key source_key_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/encryption.ipp>
#endif
