// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads gzip as RFC 1952 has it: any number of members one after the other (their contents joined), every
/// header field skipped and, where it has a checksum, checked, CRC-32 and length of every member checked,
/// zero bytes after a member ignored (tape and block padding); anything else after a member is a problem,
/// unless `options` ignore it. No bytes at all are no members: empty data.
///
/// Memory: 192 KiB, whatever the data says. Uses ISA-L where the build has
/// it (PENSTOCK_HAS_ISAL), else zlib.
PENSTOCK_DECL std::unique_ptr<decoder> make_gzip_decoder(const decoder_options& options = {});

/// Writes one gzip member without name or time, so that equal data gives equal bytes. Levels 1 (fastest)
/// to 9 (smallest), or 0 (stored); 6 usually. Level 1 uses ISA-L where the build has it: ten times faster
/// than zlib's level 6. Throws `errc::invalid_option` for another level. Memory: at most 320 KiB.
PENSTOCK_DECL std::unique_ptr<encoder> make_gzip_encoder(const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/gzip.ipp>
#endif
