// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads .xz: any number of streams, zero bytes in fours between and behind them; integrity checks are
/// checked. Memory: what the data's filters need (a dictionary, mostly), which is asked for when it is known,
/// and 64 KiB. Throws `errc::unsupported` where the build lacks liblzma.
PENSTOCK_DECL std::unique_ptr<decoder> make_xz_decoder(const decoder_options& options = {});

/// Reads .lzma, the format before .xz: one stream, without any checksum, so that most damage is found late or
/// not at all. Memory and errors as `make_xz_decoder`.
PENSTOCK_DECL std::unique_ptr<decoder> make_lzma_decoder(const decoder_options& options = {});

/// Writes one .xz stream with CRC-64. Levels 0 to 9, 6 usually; memory 3 MiB to 674 MiB, 94 MiB at level 6.
/// Throws `errc::invalid_option` for another level, `errc::unsupported` where the build lacks liblzma.
PENSTOCK_DECL std::unique_ptr<encoder> make_xz_encoder(const encoder_options& options = {});

/// Writes .lzma, without any checksum; else as `make_xz_encoder`.
PENSTOCK_DECL std::unique_ptr<encoder> make_lzma_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/xz.ipp>
#endif
