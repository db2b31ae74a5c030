// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
enum class checksum_algorithm : std::uint8_t { crc32, crc32c, crc64nvme, sha1, sha256, md5 };

/// How the checksum of an object in parts is made.
enum class checksum_type : std::uint8_t {
    full_object, ///< of all its bytes, as if it were one piece: CRCs alone can
    composite,   ///< of its parts' checksums; the text ends in "-N", N parts
};

/// Upper case, as in x-amz-checksum-algorithm: "CRC64NVME".
PENSTOCK_DECL std::string_view to_string(checksum_algorithm a) noexcept;
/// "FULL_OBJECT" or "COMPOSITE".
PENSTOCK_DECL std::string_view to_string(checksum_type t) noexcept;
/// In any case; also "CRC-32C" and the like. None for other names.
PENSTOCK_DECL std::optional<checksum_algorithm> checksum_algorithm_from(std::string_view name) noexcept;
/// The field that carries the value in base64: "x-amz-checksum-crc32c"; for MD5 "Content-MD5".
PENSTOCK_DECL std::string_view checksum_header(checksum_algorithm a) noexcept;
/// How many bytes a value has.
PENSTOCK_DECL std::size_t checksum_size(checksum_algorithm a) noexcept;
/// The CRC of a whole follows from those of its parts; no hash does.
PENSTOCK_DECL bool is_crc(checksum_algorithm a) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/checksum/impl/checksum_algorithm.ipp>
#endif
