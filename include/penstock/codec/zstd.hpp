// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads zstd frames as RFC 8878 has them: any number, one after the other, with skippable frames left out,
/// windows of any size that memory is granted for, checksums checked where the frame has one. A frame that
/// was compressed with a dictionary needs the same one in the options; its absence is `errc::invalid_option`.
///
/// Memory: the frame's window (or its whole content, where that is smaller) and 576 KiB, and the size of the
/// dictionary. Throws `errc::unsupported` where the build lacks libzstd.
PENSTOCK_DECL std::unique_ptr<decoder> make_zstd_decoder(const decoder_options& options = {});

/// Writes one zstd frame with a checksum, on the caller's thread. Levels -50 (fastest) to 22 (smallest), 3
/// usually. Throws `errc::invalid_option` for another level or window, `errc::unsupported` where the build
/// lacks libzstd.
PENSTOCK_DECL std::unique_ptr<encoder> make_zstd_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/zstd.ipp>
#endif
