// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>
#include <penstock/checksum/detail/hash_context.hpp>
#include <penstock/core/as_bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace penstock {

/// A checksum of data that comes in pieces. Reusable; not thread-safe. Memory: none but its state.
class checksum_hasher {
  public:
    /// Throws `errc::unsupported` where OpenSSL does not offer the hash (MD5 in FIPS mode).
    PENSTOCK_DECL explicit checksum_hasher(checksum_algorithm a);

    checksum_algorithm algorithm() const noexcept { return algorithm_; }

    PENSTOCK_DECL void update(std::span<const std::byte> bytes);
    void update(std::string_view text) { update(as_bytes(text)); }

    /// The value of all that came since construction or the last `finish`, CRCs big-endian; then ready for new data.
    PENSTOCK_DECL std::string finish_raw();
    /// In base64, as S3's headers have it.
    PENSTOCK_DECL std::string finish();

  private:
    checksum_algorithm algorithm_;
    std::uint64_t crc_ = 0;
    detail::hash_context hash_;
};

/// In base64.
PENSTOCK_DECL std::string checksum_of(checksum_algorithm a, std::span<const std::byte> bytes);
inline std::string checksum_of(checksum_algorithm a, std::string_view text) { return checksum_of(a, as_bytes(text)); }

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/checksum/impl/checksum_hasher.ipp>
#endif
