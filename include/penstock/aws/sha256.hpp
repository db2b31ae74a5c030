// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace penstock::aws {

using sha256_digest = std::array<std::uint8_t, 32>;

/// SHA-256 of data that comes in pieces: bodies and chunks. Reusable; not thread-safe.
///
/// Throws `errc::unsupported` where OpenSSL offers no SHA-256.
class sha256_hasher {
  public:
    PENSTOCK_DECL sha256_hasher();
    PENSTOCK_DECL sha256_hasher(sha256_hasher&& other) noexcept;
    PENSTOCK_DECL sha256_hasher& operator=(sha256_hasher&& other) noexcept;
    PENSTOCK_DECL ~sha256_hasher();

    PENSTOCK_DECL void update(std::string_view data);
    void update(std::span<const std::byte> data) {
        update(std::string_view{reinterpret_cast<const char*>(data.data()), data.size()});
    }

    /// The digest of all that came since construction or the last `finish`; then ready for new data.
    PENSTOCK_DECL sha256_digest finish();
    PENSTOCK_DECL std::string finish_hex();

  private:
    void* context_; // EVP_MD_CTX: keeps OpenSSL's headers out of this one
};

PENSTOCK_DECL std::string hex(std::span<const std::uint8_t> bytes);
PENSTOCK_DECL sha256_digest sha256(std::string_view data);
PENSTOCK_DECL std::string sha256_hex(std::string_view data);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sha256.ipp>
#endif
