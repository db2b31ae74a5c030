// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads snappy's framing format (framing_format.txt of its sources): chunks of 64 KiB at most, whose
/// checksums are checked, any number of streams; padding and skippable chunks are left out. Memory: 160 KiB.
/// Throws `errc::unsupported` where the build lacks libsnappy, as do all here.
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_decoder(const decoder_options& options = {});

/// Reads one snappy block without a frame, as Parquet and Avro have them inside; it has no checksum, and
/// gives its bytes in `finish`. Memory: twice the size that it says it has.
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_block_decoder(const decoder_options& options = {});

/// Reads what Hadoop's SnappyCodec writes. No checksum. Memory: twice the size of its blocks (mostly 256
/// KiB).
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_hadoop_decoder(const decoder_options& options = {});

/// Writes snappy's framing format. It has no levels. Memory: 256 KiB.
PENSTOCK_DECL std::unique_ptr<encoder> make_snappy_encoder(const encoder_options& options = {});

/// Writes what Hadoop's SnappyCodec reads. It has no levels.
PENSTOCK_DECL std::unique_ptr<encoder> make_snappy_hadoop_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/snappy.ipp>
#endif
