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

} // namespace detail

PENSTOCK_DECL std::shared_ptr<ssl_ctx_st> make_tls_context(const tls_options& options) {
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
    if (!context) throw_failure(failure{errc::tls_failed, detail::take_openssl_error()});
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
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
