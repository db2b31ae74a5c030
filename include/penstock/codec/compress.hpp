// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compression.hpp>
#include <penstock/core/byte_sink.hpp>

#include <concepts>
#include <memory>

namespace penstock {

/// A sink whose bytes reach `sink` compressed. `commit` ends the compressed data and then commits `sink`;
/// without it `sink` is never committed. After a write that failed or was cancelled, and after `commit`, whatever
/// came of it, further calls throw `errc::closed`. `level` is the codec's own scale (for gzip see gzip.hpp); -1 is its
/// usual level. `compression::none` gives `sink` back.
///
/// Throws `errc::unsupported` for a codec that this version does not have and `errc::invalid_option` for a
/// bad level. Memory: 64 KiB and what the codec says.
PENSTOCK_DECL std::unique_ptr<byte_sink> compress(std::unique_ptr<byte_sink> sink, compression kind,
                                                  int level = -1);

/// The same for a sink by value: `compress(s3.create(url), compression::gzip)`.
template <std::derived_from<byte_sink> Sink>
std::unique_ptr<byte_sink> compress(Sink sink, compression kind, int level = -1) {
    std::unique_ptr<byte_sink> boxed = std::make_unique<Sink>(std::move(sink));
    return compress(std::move(boxed), kind, level);
}

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/compress.ipp>
#endif
