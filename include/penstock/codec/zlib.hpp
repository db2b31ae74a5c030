// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads one zlib stream (RFC 1950), as of zlib's `compress`; its Adler-32 is checked. A preset dictionary is
/// `errc::unsupported`. Memory: 192 KiB. By ISA-L where the build has it, else zlib, as gzip.
PENSTOCK_DECL std::unique_ptr<decoder> make_zlib_decoder(const decoder_options& options = {});

/// Reads one stream of raw deflate (RFC 1951), without any header or checksum: damage is found late or not at
/// all. Else as `make_zlib_decoder`.
PENSTOCK_DECL std::unique_ptr<decoder> make_deflate_decoder(const decoder_options& options = {});

/// Writes one zlib stream. Levels and memory as `make_gzip_encoder`.
PENSTOCK_DECL std::unique_ptr<encoder> make_zlib_encoder(const encoder_options& options = {});

/// Writes raw deflate. Levels and memory as `make_gzip_encoder`.
PENSTOCK_DECL std::unique_ptr<encoder> make_deflate_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/zlib.ipp>
#endif
