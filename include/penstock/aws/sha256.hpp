// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/detail/hash_context.hpp>
#include <penstock/config.hpp>
#include <penstock/core/as_bytes.hpp>

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
    sha256_hasher() : context_{checksum_algorithm::sha256} {}

    void update(std::string_view data) { context_.update(as_bytes(data)); }
    void update(std::span<const std::byte> data) { context_.update(data); }

    /// The digest of all that came since construction or the last `finish`; then ready for new data.
    sha256_digest finish() {
        sha256_digest out;
        context_.finish(out);
        return out;
    }
    PENSTOCK_DECL std::string finish_hex();

  private:
    penstock::detail::hash_context context_;
};

PENSTOCK_DECL std::string hex(std::span<const std::uint8_t> bytes);
PENSTOCK_DECL sha256_digest sha256(std::string_view data);
PENSTOCK_DECL std::string sha256_hex(std::string_view data);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sha256.ipp>
#endif
