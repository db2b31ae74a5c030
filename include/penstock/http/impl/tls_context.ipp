// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/tls_context.hpp>

#include <penstock/core/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace penstock::http {
namespace detail {

/// The newest entry of OpenSSL's error queue as text; empties the queue.
inline std::string take_openssl_error() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    if (!code) return "unknown error";
    const char* reason = ERR_reason_error_string(code);
    if (reason) return reason;
    char text[160];
    ERR_error_string_n(code, text, sizeof text);
    return text;
}

[[noreturn]] inline void throw_tls_option(std::string what, std::string hint) {
    take_openssl_error();
    throw_failure(failure{errc::invalid_option, std::move(what), std::move(hint)});
}

inline void add_pem_roots(SSL_CTX* context, const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                       &BIO_free};
    std::size_t added = 0;
    while (X509* raw = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        const std::unique_ptr<X509, decltype(&X509_free)> certificate{raw, &X509_free};
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) == 1) ++added;
    }
    ERR_clear_error(); // the end of the text counts as an error
    if (!added) throw_tls_option("no certificate in the CA text", "give one or more certificates in PEM form");
}

/// Instead of OpenSSL's own, which asks at the terminal.
inline int no_password(char*, int, int, void*) { return -1; }

inline void use_pem_certificate(SSL_CTX* context, const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
    using certificate_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
    const auto next = [&] { return certificate_ptr{PEM_read_bio_X509(bio.get(), nullptr, &no_password, nullptr), &X509_free}; };
    const auto own = next();
    if (!own || SSL_CTX_use_certificate(context, own.get()) != 1)
        throw_tls_option("no certificate in the client certificate's text", "give it in PEM form, the client's own first");
    while (auto above = next())
        if (SSL_CTX_add0_chain_cert(context, above.get()) == 1) above.release();
    ERR_clear_error(); // the end of the text counts as an error
}

inline void use_pem_key(SSL_CTX* context, const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr), &EVP_PKEY_free};
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        throw_tls_option("the client certificate's key cannot be used", "give the certificate's own, in PEM form, without a password");
}

inline void add_client_certificate(SSL_CTX* context, const tls_options& o) {
    SSL_CTX_set_default_passwd_cb(context, &no_password);
    if (!o.client_certificate_pem().empty()) {
        use_pem_certificate(context, o.client_certificate_pem());
        use_pem_key(context, o.client_key_pem());
    } else if (!o.client_certificate_file().empty()) {
        if (SSL_CTX_use_certificate_chain_file(context, o.client_certificate_file().c_str()) != 1)
            throw_tls_option("cannot read the client certificate '" + o.client_certificate_file() + "'",
                             "it must be a readable PEM file, the client's own certificate first");
        if (SSL_CTX_use_PrivateKey_file(context, o.client_key_file().c_str(), SSL_FILETYPE_PEM) != 1)
            throw_tls_option("cannot use the client certificate's key '" + o.client_key_file() + "'",
                             "it must be a readable PEM file with the certificate's own key, without a password");
    } else if (!o.client_key_pem().empty() || !o.client_key_file().empty()) {
        throw_tls_option("a client certificate's key without the certificate", "give both");
    }
}

} // namespace detail

PENSTOCK_DECL std::shared_ptr<ssl_ctx_st> make_tls_context(const tls_options& options) {
    if (options.context()) return options.context();
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
    if (!context) throw_failure(failure{errc::tls_failed, detail::take_openssl_error()});
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    detail::add_client_certificate(context.get(), options);
    SSL_CTX_set_verify(context.get(), options.verify() ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (!options.verify()) return context;

    bool own_roots = false;
    if (!options.ca_pem().empty()) {
        detail::add_pem_roots(context.get(), options.ca_pem());
        own_roots = true;
    }
    if (!options.ca_file().empty()) {
        if (SSL_CTX_load_verify_file(context.get(), options.ca_file().c_str()) != 1)
            detail::throw_tls_option("cannot read the CA file '" + options.ca_file() + "'",
                                     "it must be a readable PEM file with at least one certificate");
        own_roots = true;
    }
    if (!options.ca_directory().empty()) {
        if (SSL_CTX_load_verify_dir(context.get(), options.ca_directory().c_str()) != 1)
            detail::throw_tls_option("cannot use the CA directory '" + options.ca_directory() + "'",
                                     "it must hold certificates named by openssl rehash");
        own_roots = true;
    }
    if (!own_roots) SSL_CTX_set_default_verify_paths(context.get());
    return context;
}

} // namespace penstock::http
