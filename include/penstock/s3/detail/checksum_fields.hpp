// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_metadata.hpp>
#include <penstock/xml/field_handler.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

/// The checksum elements that several documents share, for tables of `xml::field_handler`.
namespace penstock::s3::detail {

inline constexpr std::size_t checksum_field_count = 6;

/// `own`, with the checksum elements as further children of field number `parent`.
template <std::size_t N>
constexpr std::array<xml::field_handler::field, N + checksum_field_count>
with_checksums(const xml::field_handler::field (&own)[N], std::uint8_t parent) {
    std::array<xml::field_handler::field, N + checksum_field_count> all{};
    for (std::size_t i = 0; i < N; ++i) all[i] = own[i];
    constexpr std::string_view names[checksum_field_count] = {"ChecksumCRC32",     "ChecksumCRC32C",
                                                              "ChecksumCRC64NVME", "ChecksumSHA1",
                                                              "ChecksumSHA256",    "ChecksumType"};
    for (std::size_t i = 0; i < checksum_field_count; ++i) all[N + i] = {parent, names[i]};
    return all;
}

/// Sets the checksum whose element is number `index` of those added by `with_checksums`.
PENSTOCK_DECL void set_checksum(object_checksums& checksums, std::size_t index, std::string_view text);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/checksum_fields.ipp>
#endif
