// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codecs.hpp>

#include <penstock/codec/brotli.hpp>
#include <penstock/codec/bzip2.hpp>
#include <penstock/codec/detail/codec_failures.hpp>
#include <penstock/codec/gzip.hpp>
#include <penstock/codec/lz4.hpp>
#include <penstock/codec/snappy.hpp>
#include <penstock/codec/xz.hpp>
#include <penstock/codec/zlib.hpp>
#include <penstock/codec/zstd.hpp>

#ifdef PENSTOCK_HAS_LZMA
#include <lzma.h>
#endif

namespace penstock {
namespace detail {

[[noreturn]] inline void throw_no_codec() {
    throw_failure(failure{errc::invalid_option, "compression::none has no codec", "leave the codec out"});
}

/// Measured with libzstd 1.5 at each level, the level's own window included; tests hold the library to it.
inline std::uint64_t zstd_encoder_memory(const encoder_options& options) {
    constexpr std::uint64_t mib = std::uint64_t{1} << 20;
    struct row {
        int level;
        std::uint64_t mib;
    };
    static constexpr row rows[] = {{2, 3},   {5, 6},   {8, 12},  {10, 32},  {12, 56},  {14, 56}, {15, 72},
                                   {17, 60}, {18, 64}, {19, 96}, {20, 200}, {21, 400}, {22, 800}};
    const auto* at = rows;
    while (at->level < options.level().value_or(3)) ++at;
    auto bytes = at->mib * mib;
    if (options.window_bits()) {
        const auto window = std::uint64_t{1} << *options.window_bits();
        bytes += window + window / 8 + mib;
    }
    // a dictionary is copied, and indexed with tables of its own
    if (options.dictionary()) bytes += 8 * options.dictionary()->size() + at->mib * mib / 2;
    return bytes;
}

/// Measured with libbrotli 1.0; tests hold the library to it.
inline std::uint64_t brotli_encoder_memory(const encoder_options& options) {
    constexpr std::uint64_t mib = std::uint64_t{1} << 20;
    const auto window = std::uint64_t{1} << options.window_bits().value_or(22);
    const int level = options.level().value_or(6);
    if (level <= 3) return 2 * window + 2 * mib;
    if (level == 4) return 4 * window + 14 * mib;
    if (level <= 8) return 2 * window + 32 * mib;
    if (level == 9) return 2 * window + 48 * mib;
    return 12 * window + 40 * mib;
}

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_decoder(compression kind, const decoder_options& options) {
    switch (kind) {
    case compression::none:
        break;
    case compression::gzip:
        return make_gzip_decoder(options);
    case compression::zstd:
        return make_zstd_decoder(options);
    case compression::bzip2:
        return make_bzip2_decoder(options);
    case compression::xz:
        return make_xz_decoder(options);
    case compression::lz4:
        return make_lz4_decoder(options);
    case compression::snappy:
        return make_snappy_decoder(options);
    case compression::brotli:
        return make_brotli_decoder(options);
    case compression::zlib:
        return make_zlib_decoder(options);
    case compression::deflate:
        return make_deflate_decoder(options);
    case compression::lzma:
        return make_lzma_decoder(options);
    case compression::lz4_block:
        return make_lz4_block_decoder(options);
    case compression::lz4_hadoop:
        return make_lz4_hadoop_decoder(options);
    case compression::snappy_block:
        return make_snappy_block_decoder(options);
    case compression::snappy_hadoop:
        return make_snappy_hadoop_decoder(options);
    }
    detail::throw_no_codec();
}

PENSTOCK_DECL std::unique_ptr<encoder> make_encoder(compression kind, const encoder_options& options) {
    switch (kind) {
    case compression::none:
        break;
    case compression::gzip:
        return make_gzip_encoder(options);
    case compression::zstd:
        return make_zstd_encoder(options);
    case compression::bzip2:
        return make_bzip2_encoder(options);
    case compression::xz:
        return make_xz_encoder(options);
    case compression::lz4:
        return make_lz4_encoder(options);
    case compression::snappy:
        return make_snappy_encoder(options);
    case compression::brotli:
        return make_brotli_encoder(options);
    case compression::zlib:
        return make_zlib_encoder(options);
    case compression::deflate:
        return make_deflate_encoder(options);
    case compression::lzma:
        return make_lzma_encoder(options);
    case compression::lz4_block:
    case compression::snappy_block:
        detail::check_encoder_options(kind, options);
        break;
    case compression::lz4_hadoop:
        return make_lz4_hadoop_encoder(options);
    case compression::snappy_hadoop:
        return make_snappy_hadoop_encoder(options);
    }
    detail::throw_no_codec();
}

PENSTOCK_DECL std::uint64_t encoder_memory(compression kind, const encoder_options& options) {
    constexpr std::uint64_t kib = 1024, mib = 1024 * kib;
    if (kind == compression::none) detail::throw_no_codec();
    detail::check_encoder_options(kind, options);
    const auto& codec = find_codec(kind);
    if (!codec.available) detail::throw_missing_codec(kind);
    const int level = options.level().value_or(codec.levels ? codec.levels->usual : 0);
    switch (kind) {
    case compression::zstd:
        return detail::zstd_encoder_memory(options);
    case compression::bzip2:
        return 400'000 + 900'000 * static_cast<std::uint64_t>(level);
    case compression::xz:
    case compression::lzma:
#ifdef PENSTOCK_HAS_LZMA
        return ::lzma_easy_encoder_memusage(static_cast<std::uint32_t>(level)) + 64 * kib;
#else
        break;
#endif
    case compression::lz4:
        return mib;
    case compression::brotli:
        return detail::brotli_encoder_memory(options);
    default:
        break;
    }
    return 512 * kib;
}

} // namespace penstock
