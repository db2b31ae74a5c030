// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <memory>

namespace penstock {

/// Reads gzip as RFC 1952 has it: any number of members one after the other (their contents joined), every
/// header field skipped and, where it has a checksum, checked, CRC-32 and length of every member checked,
/// zero bytes after a member ignored (tape and block padding); anything else after a member is a problem, for
/// it may be lost data. No bytes at all are no members: empty data.
///
/// Memory: about 160 KiB with ISA-L, 48 KiB with zlib, whatever the data says. Uses ISA-L where the build has
/// it (PENSTOCK_HAS_ISAL), else zlib.
PENSTOCK_DECL std::unique_ptr<decoder> make_gzip_decoder();

/// Writes one gzip member without name or time, so that equal data gives equal bytes. `level` is 1 (fastest)
/// to 9 (smallest), or 0 (stored). Level 1 uses ISA-L where the build has it: ten times faster than zlib's
/// level 6. Throws `errc::invalid_option` for another level. Memory: at most 320 KiB.
PENSTOCK_DECL std::unique_ptr<encoder> make_gzip_encoder(int level = 6);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/gzip.ipp>
#endif
