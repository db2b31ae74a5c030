// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/test_certificates.hpp>

#include <penstock/core/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace penstock::testing {
namespace detail {

struct certificate_free {
    void operator()(BIO* p) const noexcept { BIO_free(p); }
    void operator()(X509* p) const noexcept { X509_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(X509_EXTENSION* p) const noexcept { X509_EXTENSION_free(p); }
};
template <class T>
using certificate_ptr = std::unique_ptr<T, certificate_free>;

inline void require_openssl(bool ok) {
    if (ok) return;
    char text[256] = "";
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    throw_failure(failure{errc::unsupported, std::string{"OpenSSL cannot make a certificate: "} + text});
}

template <class Write>
std::string pem_text(Write write) {
    const certificate_ptr<BIO> out{BIO_new(BIO_s_mem())};
    require_openssl(out && write(out.get()) == 1);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

inline void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const certificate_ptr<X509_EXTENSION> extension{
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
    require_openssl(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// `authority` is null for a certificate that signs itself.
inline certificate make_certificate(const std::string& common_name, const std::string& alternative_names,
                                    std::chrono::seconds from, std::chrono::seconds length,
                                    const certificate* authority) {
    const certificate_ptr<EVP_PKEY> key{EVP_EC_gen("P-256")};
    const certificate_ptr<X509> made{X509_new()};
    require_openssl(key && made);
    unsigned char serial[8];
    require_openssl(RAND_bytes(serial, sizeof serial) == 1);
    serial[0] &= 0x7f;
    std::uint64_t number = 0;
    for (const auto byte : serial) number = number << 8 | byte;

    bool ok = X509_set_version(made.get(), X509_VERSION_3) == 1 &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), number | 1) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(made.get()), static_cast<long>(from.count())) &&
              X509_gmtime_adj(X509_getm_notAfter(made.get()), static_cast<long>((from + length).count())) &&
              X509_set_pubkey(made.get(), key.get()) == 1;
    auto* name = X509_get_subject_name(made.get());
    ok = ok && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                          reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                                          0) == 1;
    require_openssl(ok);

    certificate_ptr<X509> issuer;
    certificate_ptr<EVP_PKEY> issuer_key;
    if (authority) {
        const certificate_ptr<BIO> c{BIO_new_mem_buf(authority->certificate_pem.data(),
                                                     static_cast<int>(authority->certificate_pem.size()))};
        const certificate_ptr<BIO> k{
            BIO_new_mem_buf(authority->key_pem.data(), static_cast<int>(authority->key_pem.size()))};
        issuer.reset(PEM_read_bio_X509(c.get(), nullptr, nullptr, nullptr));
        issuer_key.reset(PEM_read_bio_PrivateKey(k.get(), nullptr, nullptr, nullptr));
        require_openssl(issuer && issuer_key);
    }
    X509* signer = issuer ? issuer.get() : made.get();
    require_openssl(X509_set_issuer_name(made.get(), X509_get_subject_name(signer)) == 1);
    add_extension(made.get(), signer, NID_basic_constraints,
                  authority ? "critical,CA:FALSE" : "critical,CA:TRUE");
    add_extension(made.get(), signer, NID_key_usage,
                  authority ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
    add_extension(made.get(), signer, NID_subject_key_identifier, "hash");
    if (authority) {
        add_extension(made.get(), signer, NID_authority_key_identifier, "keyid");
        add_extension(made.get(), signer, NID_ext_key_usage, "serverAuth,clientAuth");
        add_extension(made.get(), signer, NID_subject_alt_name, alternative_names);
    }
    require_openssl(X509_sign(made.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) > 0);

    certificate out;
    out.certificate_pem = pem_text([&](BIO* b) { return PEM_write_bio_X509(b, made.get()); });
    out.key_pem = pem_text([&](BIO* b) {
        return PEM_write_bio_PrivateKey(b, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return out;
}

} // namespace detail

PENSTOCK_DECL test_authority::test_authority()
    : own_{detail::make_certificate("Penstock test authority", {}, std::chrono::hours{-24 * 365},
                                    std::chrono::hours{24 * 730}, nullptr)} {}

PENSTOCK_DECL certificate test_authority::issue(std::vector<std::string> names, std::chrono::seconds from,
                                                std::chrono::seconds length) const {
    std::string list;
    for (const auto& n : names) {
        const bool address =
            n.find(':') != std::string::npos || n.find_first_not_of("0123456789.") == std::string::npos;
        list += (list.empty() ? "" : ",") + std::string{address ? "IP:" : "DNS:"} + n;
    }
    return detail::make_certificate(names.empty() ? "nobody" : names.front(), list, from, length, &own_);
}

PENSTOCK_DECL certificate test_authority::server() const {
    return issue({"localhost", "s3.localhost", "*.s3.localhost", "127.0.0.1", "::1"});
}
PENSTOCK_DECL certificate test_authority::expired() const {
    return issue({"localhost", "s3.localhost", "*.s3.localhost", "127.0.0.1", "::1"}, std::chrono::hours{-48},
                 std::chrono::hours{24});
}
PENSTOCK_DECL certificate test_authority::wrong_host() const { return issue({"other.example"}); }

} // namespace penstock::testing
