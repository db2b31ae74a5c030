// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace penstock {

/// How bytes are compressed as a whole (not inside a format, as in Parquet's pages).
enum class compression : std::uint8_t {
    none,
    gzip,
    zstd,
    bzip2,
    xz,
    lz4,    ///< frames
    snappy, ///< the framing format
    brotli,
    zlib,          ///< deflate in zlib's wrapping (RFC 1950)
    deflate,       ///< raw, as RFC 1951 has it
    lzma,          ///< .lzma, the format before .xz
    lz4_block,     ///< one block without a frame
    lz4_hadoop,    ///< blocks as Hadoop's Lz4Codec puts them into files
    snappy_block,  ///< one block without a frame
    snappy_hadoop, ///< blocks as Hadoop's SnappyCodec puts them into files
};

/// "gzip", "zstd" …; "none" for `none`.
PENSTOCK_DECL std::string_view to_string(compression c) noexcept;

/// The codec of that name, in any case, or of an extension without its dot ("gz", "zst"); "none", too.
PENSTOCK_DECL std::optional<compression> parse_compression(std::string_view name) noexcept;

/// What the last extension of a path, key or URL promises, in any case: .gz .gzip .bgz .zst .zstd .bz2 .xz
/// .lz4 .snappy .sz .br .zz .zlib .deflate .lzma. `none` for every other name. What follows a '?' or '#'
/// belongs to the name, as it does in an S3 key.
PENSTOCK_DECL compression compression_from_name(std::string_view name) noexcept;

/// The name without the extension that `compression_from_name` knows: "a.csv.gz" gives "a.csv".
PENSTOCK_DECL std::string_view without_compression_extension(std::string_view name) noexcept;

/// What the first bytes of some data say. No value while `first` is too short to tell and `complete` is
/// false; ten bytes always suffice. Brotli, raw deflate and blocks without a frame have no magic and
/// pass for `none`; a skippable frame, which both zstd and lz4 may begin with, passes for zstd.
PENSTOCK_DECL std::optional<compression> compression_from_magic(std::span<const std::byte> first,
                                                                bool complete) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/compression.ipp>
#endif
