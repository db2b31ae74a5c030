// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace penstock::detail {

/// A hash of OpenSSL's. Reusable; not thread-safe.
class hash_context {
  public:
    /// None: nothing but to be moved to.
    hash_context() = default;
    /// Throws `errc::unsupported` where OpenSSL does not offer it: MD5 where it runs in FIPS mode.
    PENSTOCK_DECL explicit hash_context(checksum_algorithm hash);
    hash_context(hash_context&& other) noexcept : context_{std::exchange(other.context_, nullptr)} {}
    hash_context& operator=(hash_context&& other) noexcept { return std::swap(context_, other.context_), *this; }
    PENSTOCK_DECL ~hash_context();

    PENSTOCK_DECL void update(std::span<const std::byte> data);
    /// Of all that came since construction or the last `finish`; then ready for new data. `into` has the hash's size.
    PENSTOCK_DECL void finish(std::span<std::uint8_t> into);

  private:
    void* context_ = nullptr; // EVP_MD_CTX: keeps OpenSSL's headers out of this one
};

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/checksum/impl/hash_context.ipp>
#endif
