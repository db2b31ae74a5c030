// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads one brotli stream (RFC 7932). Brotli has no magic and no checksum: any bytes may begin as such, and
/// damage is found late or not at all. Memory: one and a half times its window (of 16 MiB at most) and 4 MiB.
/// Large-window streams are refused. Throws `errc::unsupported` where the build lacks libbrotli.
PENSTOCK_DECL std::unique_ptr<decoder> make_brotli_decoder(const decoder_options& options = {});

/// Writes one brotli stream. Levels 0 to 11 (smallest), 6 usually; windows of 2 to 10 … 24 bits, 22 usually.
/// Throws `errc::invalid_option` for another level or window, `errc::unsupported` where the build lacks
/// libbrotli.
PENSTOCK_DECL std::unique_ptr<encoder> make_brotli_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/brotli.ipp>
#endif
