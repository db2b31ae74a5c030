// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads bzip2 streams: any number, one after the other, as `pbzip2` writes them; the checksums of blocks and
/// streams are checked. Memory: 100 KB and 400 KB for each step of the stream's level, 3.7 MB at most. Throws
/// `errc::unsupported` where the build lacks libbz2.
PENSTOCK_DECL std::unique_ptr<decoder> make_bzip2_decoder(const decoder_options& options = {});

/// Writes one bzip2 stream. Levels 1 to 9 (usual), blocks of so many 100 KB; memory 400 KB and 800 KB a
/// level. Throws `errc::invalid_option` for another level, `errc::unsupported` where the build lacks libbz2.
PENSTOCK_DECL std::unique_ptr<encoder> make_bzip2_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/bzip2.ipp>
#endif
