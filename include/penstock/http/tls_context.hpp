// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <memory>
#include <string>

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace penstock::http {

/// Whom to trust. By default the system's roots, and verification on: chain, host name or address, and dates.
class tls_options {
  public:
    tls_options() = default;

    /// A PEM file with the roots to trust instead of the system's.
    tls_options& ca_file(std::string path) { return ca_file_ = std::move(path), *this; }
    /// A folder of hashed roots (openssl rehash) instead of the system's.
    tls_options& ca_directory(std::string path) { return ca_directory_ = std::move(path), *this; }
    /// Roots as PEM text in memory, instead of the system's.
    tls_options& ca_pem(std::string text) { return ca_pem_ = std::move(text), *this; }
    /// Off: any certificate passes, and anybody between here and there can read and change everything.
    tls_options& verify(bool on) { return verify_ = on, *this; }

    /// Who we are, to a server that asks (mTLS): PEM files of the certificate, with what stands between it and its root, and
    /// of its key, which may be the same file. A key with a password is refused: nobody is there to type it.
    tls_options& client_certificate_file(std::string certificate, std::string key) {
        client_certificate_file_ = std::move(certificate);
        client_key_file_ = std::move(key);
        return *this;
    }
    /// The same as PEM text in memory.
    tls_options& client_certificate_pem(std::string certificate, std::string key) {
        client_certificate_pem_ = std::move(certificate);
        client_key_pem_ = std::move(key);
        return *this;
    }
    /// Everything as this SSL_CTX has it, which the caller made (TLS_client_method): trust, verification, certificates, keys
    /// in hardware. Nothing else here counts then; only host names are still compared where it verifies. It must not be
    /// changed any more. Asio's: `{asio_context, asio_context->native_handle()}`.
    tls_options& context(std::shared_ptr<ssl_ctx_st> v) { return context_ = std::move(v), *this; }

    const std::string& client_certificate_file() const noexcept { return client_certificate_file_; }
    const std::string& client_key_file() const noexcept { return client_key_file_; }
    const std::string& client_certificate_pem() const noexcept { return client_certificate_pem_; }
    const std::string& client_key_pem() const noexcept { return client_key_pem_; }
    const std::shared_ptr<ssl_ctx_st>& context() const noexcept { return context_; }
    const std::string& ca_file() const noexcept { return ca_file_; }
    const std::string& ca_directory() const noexcept { return ca_directory_; }
    const std::string& ca_pem() const noexcept { return ca_pem_; }
    bool verify() const noexcept { return verify_; }

  private:
    std::string ca_file_;
    std::string ca_directory_;
    std::string ca_pem_;
    bool verify_ = true;
    std::string client_certificate_file_, client_key_file_;
    std::string client_certificate_pem_, client_key_pem_;
    std::shared_ptr<ssl_ctx_st> context_;
};

/// A client's TLS settings, ready for use: TLS 1.2 or later. Shared by any number of connections and threads. Reads the
/// files it names, once; throws `errc::invalid_option` where they cannot be used.
PENSTOCK_DECL std::shared_ptr<ssl_ctx_st> make_tls_context(const tls_options& options);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/tls_context.ipp>
#endif
