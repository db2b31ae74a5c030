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

    const std::string& ca_file() const noexcept { return ca_file_; }
    const std::string& ca_directory() const noexcept { return ca_directory_; }
    const std::string& ca_pem() const noexcept { return ca_pem_; }
    bool verify() const noexcept { return verify_; }

  private:
    std::string ca_file_;
    std::string ca_directory_;
    std::string ca_pem_;
    bool verify_ = true;
};

/// A client's TLS settings, ready for use: TLS 1.2 or later. Shared by any number of connections and threads. Reads the
/// files it names, once; throws `errc::invalid_option` where they cannot be used.
PENSTOCK_DECL std::shared_ptr<ssl_ctx_st> make_tls_context(const tls_options& options);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/tls_context.ipp>
#endif
