// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace penstock::testing {

/// A certificate with its key, as PEM text.
struct certificate {
    certificate() = default;
    std::string certificate_pem;
    std::string key_pem;
};

/// A certificate authority of its own, made in memory at construction (EC P-256 keys, a few milliseconds):
/// what a test or a demo needs to speak TLS. Its key is worth nothing outside this process.
class test_authority {
  public:
    /// Throws `errc::unsupported` where OpenSSL cannot make keys.
    PENSTOCK_DECL test_authority();

    /// For a client's `tls_options::ca_pem`.
    const std::string& ca_pem() const noexcept { return own_.certificate_pem; }

    /// For localhost, *.s3.localhost, s3.localhost, 127.0.0.1 and ::1.
    PENSTOCK_DECL certificate server() const;
    /// For these names (or literal addresses), valid from `from` for `length`, both measured from now.
    PENSTOCK_DECL certificate issue(std::vector<std::string> names,
                                    std::chrono::seconds from = std::chrono::hours{-24},
                                    std::chrono::seconds length = std::chrono::hours{24 * 30}) const;
    /// As `server`, but its time is over.
    PENSTOCK_DECL certificate expired() const;
    /// Valid, but for "other.example" only.
    PENSTOCK_DECL certificate wrong_host() const;

  private:
    certificate own_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/test_certificates.ipp>
#endif
