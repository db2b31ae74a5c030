// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::testing::detail {

enum class digest_kind : std::uint8_t { md5, sha1, sha256, crc32, crc32c, crc64nvme };

/// "CRC32C" and the like, as in x-amz-checksum-algorithm, in any case.
PENSTOCK_DECL std::optional<digest_kind> checksum_by_name(std::string_view name) noexcept;
/// Upper case: "CRC32C".
PENSTOCK_DECL std::string_view checksum_name(digest_kind kind) noexcept;
/// Lower case: "x-amz-checksum-crc32c".
PENSTOCK_DECL std::string checksum_header(digest_kind kind);
/// CRCs of parts can be put together to that of the whole; hashes cannot.
PENSTOCK_DECL bool is_crc(digest_kind kind) noexcept;

/// The reference for what clients send: plain and slow on purpose, so that it shares nothing with the
/// library's own fast checksums.
class digest {
  public:
    PENSTOCK_DECL explicit digest(digest_kind kind);
    PENSTOCK_DECL ~digest();
    PENSTOCK_DECL digest(digest&&) noexcept;
    PENSTOCK_DECL digest& operator=(digest&&) noexcept;

    PENSTOCK_DECL void update(std::string_view bytes);
    /// Raw bytes, big-endian for CRCs. Once only.
    PENSTOCK_DECL std::string finish();

  private:
    struct state;
    digest_kind kind_;
    std::uint64_t crc_;
    std::unique_ptr<state> state_;
};

PENSTOCK_DECL std::string digest_of(digest_kind kind, std::string_view bytes);
PENSTOCK_DECL std::string to_hex(std::string_view raw);
PENSTOCK_DECL std::string from_hex(std::string_view hex);
PENSTOCK_DECL std::string to_base64(std::string_view raw);
PENSTOCK_DECL std::optional<std::string> from_base64(std::string_view text);

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/digest.ipp>
#endif
