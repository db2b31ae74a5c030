// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compression.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>

namespace penstock {
namespace detail {

struct compression_extension {
    std::string_view extension;
    compression kind;
};

inline constexpr compression_extension compression_extensions[] = {
    {".gz", compression::gzip},   {".gzip", compression::gzip},       {".bgz", compression::gzip},
    {".zst", compression::zstd},  {".zstd", compression::zstd},       {".bz2", compression::bzip2},
    {".xz", compression::xz},     {".lz4", compression::lz4},         {".snappy", compression::snappy},
    {".sz", compression::snappy}, {".br", compression::brotli},       {".zz", compression::zlib},
    {".zlib", compression::zlib}, {".deflate", compression::deflate}, {".lzma", compression::lzma},
};

/// The row whose extension `name` ends with. A name that is nothing but an extension (".gz") is a hidden
/// file.
inline const compression_extension* find_extension(std::string_view name) noexcept {
    for (const auto& row : compression_extensions) {
        if (name.size() <= row.extension.size()) continue;
        const auto stem = name.size() - row.extension.size();
        if (name[stem - 1] == '/') continue;
        if (iequals(name.substr(stem), row.extension)) return &row;
    }
    return nullptr;
}

struct magic_pattern {
    compression kind;
    std::uint8_t size;
    std::uint8_t bytes[10];
    std::uint8_t mask[10];
};

inline constexpr magic_pattern magic_patterns[] = {
    {compression::gzip, 2, {0x1f, 0x8b}, {0xff, 0xff}},
    {compression::zstd, 4, {0x28, 0xb5, 0x2f, 0xfd}, {0xff, 0xff, 0xff, 0xff}},
    {compression::zstd, 4, {0x50, 0x2a, 0x4d, 0x18}, {0xf0, 0xff, 0xff, 0xff}}, // a skippable frame
    {compression::lz4, 4, {0x04, 0x22, 0x4d, 0x18}, {0xff, 0xff, 0xff, 0xff}},
    // Deflate behind zlib's header. Level 2 to 5 have 78 5e, which may be text ("x^"): their name must say
    // it.
    {compression::zlib, 2, {0x78, 0x01}, {0xff, 0xff}},
    {compression::zlib, 2, {0x78, 0x9c}, {0xff, 0xff}},
    {compression::zlib, 2, {0x78, 0xda}, {0xff, 0xff}},
    {compression::lzma, 3, {0x5d, 0, 0}, {0xff, 0xff, 0xff}}, // of every preset, and no text
    {compression::xz, 6, {0xfd, '7', 'z', 'X', 'Z', 0}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    // "BZh9" alone may be text: the block or end magic must follow
    {compression::bzip2,
     10,
     {'B', 'Z', 'h', 0x30, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59},
     {0xff, 0xff, 0xff, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {compression::bzip2,
     10,
     {'B', 'Z', 'h', 0x30, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90},
     {0xff, 0xff, 0xff, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {compression::snappy,
     10,
     {0xff, 0x06, 0x00, 0x00, 's', 'N', 'a', 'P', 'p', 'Y'},
     {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
};

} // namespace detail

PENSTOCK_DECL std::string_view to_string(compression c) noexcept {
    switch (c) {
    case compression::none:
        return "none";
    case compression::gzip:
        return "gzip";
    case compression::zstd:
        return "zstd";
    case compression::bzip2:
        return "bzip2";
    case compression::xz:
        return "xz";
    case compression::lz4:
        return "lz4";
    case compression::snappy:
        return "snappy";
    case compression::brotli:
        return "brotli";
    case compression::zlib:
        return "zlib";
    case compression::deflate:
        return "deflate";
    case compression::lzma:
        return "lzma";
    case compression::lz4_block:
        return "lz4_block";
    case compression::lz4_hadoop:
        return "lz4_hadoop";
    case compression::snappy_block:
        return "snappy_block";
    case compression::snappy_hadoop:
        return "snappy_hadoop";
    }
    return "unknown";
}

PENSTOCK_DECL std::optional<compression> parse_compression(std::string_view name) noexcept {
    for (int i = 0; i <= static_cast<int>(compression::snappy_hadoop); ++i)
        if (const auto c = static_cast<compression>(i); detail::iequals(name, to_string(c))) return c;
    for (const auto& row : detail::compression_extensions)
        if (detail::iequals(name, row.extension.substr(1))) return row.kind;
    return std::nullopt;
}

PENSTOCK_DECL compression compression_from_name(std::string_view name) noexcept {
    const auto* row = detail::find_extension(name);
    return row ? row->kind : compression::none;
}

PENSTOCK_DECL std::string_view without_compression_extension(std::string_view name) noexcept {
    const auto* row = detail::find_extension(name);
    return row ? name.substr(0, name.size() - row->extension.size()) : name;
}

PENSTOCK_DECL std::optional<compression> compression_from_magic(std::span<const std::byte> first,
                                                                bool complete) noexcept {
    bool undecided = false;
    for (const auto& magic : detail::magic_patterns) {
        const auto known = std::min<std::size_t>(first.size(), magic.size);
        std::size_t i = 0;
        while (i < known && (std::to_integer<std::uint8_t>(first[i]) & magic.mask[i]) == magic.bytes[i]) ++i;
        if (i == magic.size) return magic.kind;
        undecided = undecided || i == known;
    }
    if (undecided && !complete) return std::nullopt;
    return compression::none;
}

} // namespace penstock
