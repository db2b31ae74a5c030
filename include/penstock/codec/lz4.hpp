// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads lz4 frames: any number, one after the other, with skippable frames left out; checksums of headers,
/// blocks and contents are checked where the frame has them. Memory: twice the frame's block size (4 MiB at
/// most) and 192 KiB. Throws `errc::unsupported` where the build lacks liblz4, as do all here.
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_decoder(const decoder_options& options = {});

/// Reads one lz4 block without a frame; `decoder_options::plain_size` must say how many bytes it holds (else
/// `errc::invalid_option`). It has no checksum, and gives its bytes in `finish`. Memory: twice its plain
/// size.
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_block_decoder(const decoder_options& options);

/// Reads what Hadoop's Lz4Codec writes. No checksum. Memory: twice the size of its blocks (mostly 256 KiB).
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_hadoop_decoder(const decoder_options& options = {});

/// Writes one lz4 frame with blocks of 256 KiB and a checksum of its content. Levels -50 (fastest) to 12
/// (smallest), 0 usually; memory at most 1 MiB. Throws `errc::invalid_option` for another level.
PENSTOCK_DECL std::unique_ptr<encoder> make_lz4_encoder(const encoder_options& options = {});

/// Writes what Hadoop's Lz4Codec reads. It has no levels.
PENSTOCK_DECL std::unique_ptr<encoder> make_lz4_hadoop_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/lz4.ipp>
#endif
