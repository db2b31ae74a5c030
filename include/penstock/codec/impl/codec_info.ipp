// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_info.hpp>

namespace penstock {
namespace detail {

#ifdef PENSTOCK_HAS_ZSTD
inline constexpr bool has_zstd = true;
#else
inline constexpr bool has_zstd = false;
#endif
#ifdef PENSTOCK_HAS_BZIP2
inline constexpr bool has_bzip2 = true;
#else
inline constexpr bool has_bzip2 = false;
#endif
#ifdef PENSTOCK_HAS_LZMA
inline constexpr bool has_lzma = true;
#else
inline constexpr bool has_lzma = false;
#endif
#ifdef PENSTOCK_HAS_LZ4
inline constexpr bool has_lz4 = true;
#else
inline constexpr bool has_lz4 = false;
#endif
#ifdef PENSTOCK_HAS_SNAPPY
inline constexpr bool has_snappy = true;
#else
inline constexpr bool has_snappy = false;
#endif
#ifdef PENSTOCK_HAS_BROTLI
inline constexpr bool has_brotli = true;
#else
inline constexpr bool has_brotli = false;
#endif

inline constexpr codec_levels deflate_levels{0, 9, 6};

inline constexpr codec_info codec_table[] = {
    {compression::gzip, "zlib", "zlib1g-dev", "", true, true, deflate_levels},
    {compression::zstd, "libzstd", "libzstd-dev", "PENSTOCK_ZSTD", has_zstd, true, codec_levels{-50, 22, 3}},
    {compression::bzip2, "libbz2", "libbz2-dev", "PENSTOCK_BZIP2", has_bzip2, true, codec_levels{1, 9, 9}},
    {compression::xz, "liblzma", "liblzma-dev", "PENSTOCK_LZMA", has_lzma, true, codec_levels{0, 9, 6}},
    {compression::lz4, "liblz4", "liblz4-dev", "PENSTOCK_LZ4", has_lz4, true, codec_levels{-50, 12, 0}},
    {compression::snappy, "libsnappy", "libsnappy-dev", "PENSTOCK_SNAPPY", has_snappy, true, std::nullopt},
    {compression::brotli, "libbrotli", "libbrotli-dev", "PENSTOCK_BROTLI", has_brotli, true,
     codec_levels{0, 11, 6}},
    {compression::zlib, "zlib", "zlib1g-dev", "", true, true, deflate_levels},
    {compression::deflate, "zlib", "zlib1g-dev", "", true, true, deflate_levels},
    {compression::lzma, "liblzma", "liblzma-dev", "PENSTOCK_LZMA", has_lzma, true, codec_levels{0, 9, 6}},
    {compression::lz4_block, "liblz4", "liblz4-dev", "PENSTOCK_LZ4", has_lz4, false, std::nullopt},
    {compression::lz4_hadoop, "liblz4", "liblz4-dev", "PENSTOCK_LZ4", has_lz4, true, std::nullopt},
    {compression::snappy_block, "libsnappy", "libsnappy-dev", "PENSTOCK_SNAPPY", has_snappy, false,
     std::nullopt},
    {compression::snappy_hadoop, "libsnappy", "libsnappy-dev", "PENSTOCK_SNAPPY", has_snappy, true,
     std::nullopt},
};

} // namespace detail

PENSTOCK_DECL std::span<const codec_info> codecs() noexcept { return detail::codec_table; }

PENSTOCK_DECL const codec_info& find_codec(compression kind) noexcept {
    return detail::codec_table[static_cast<std::size_t>(kind) - 1];
}

} // namespace penstock
