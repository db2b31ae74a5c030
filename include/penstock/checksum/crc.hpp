// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace penstock {

// CRCs as S3, gzip, Avro and others mean them. `before` is the value of the bytes that came earlier, 0 at the start, so
// that data may come in pieces. By carry-less multiplication where the processor has it, which is asked at run time.

/// ISO 3309, as in gzip, zip and zlib.
PENSTOCK_DECL std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept;
/// Castagnoli, as in iSCSI.
PENSTOCK_DECL std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept;
/// CRC-64/NVME (Rocksoft), S3's own choice for whole objects.
PENSTOCK_DECL std::uint64_t crc64nvme(std::span<const std::byte> bytes, std::uint64_t before = 0) noexcept;

// The CRC of two pieces put together, from their own and the size of the second.

PENSTOCK_DECL std::uint32_t combine_crc32(std::uint32_t first, std::uint32_t second, std::uint64_t second_size) noexcept;
PENSTOCK_DECL std::uint32_t combine_crc32c(std::uint32_t first, std::uint32_t second, std::uint64_t second_size) noexcept;
PENSTOCK_DECL std::uint64_t combine_crc64nvme(std::uint64_t first, std::uint64_t second,
                                              std::uint64_t second_size) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/checksum/impl/crc.ipp>
#endif
