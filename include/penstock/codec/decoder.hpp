// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <span>

namespace penstock {

/// What one call to a `decoder` or an `encoder` came to.
struct codec_step {
    std::size_t consumed = 0; ///< bytes taken from the front of the input
    std::size_t produced = 0; ///< bytes put at the front of the output; valid even where there is a problem
    const char* problem = nullptr; ///< what is wrong with the data, a static text; null while all is well
};

/// Turns compressed bytes into plain ones: pure, no I/O. `decompress` drives it over a `byte_source`; each
/// codec has one.
class decoder {
  public:
    virtual ~decoder() = default;

    /// Goes on until `in` is used up, `out` (not empty) is full, or there is a problem; after a problem the
    /// decoder can only be destroyed. Output may stay inside while `out` is full: call again, with an empty
    /// `in` too, until nothing is produced.
    virtual codec_step decode(std::span<const std::byte> in, std::span<std::byte> out) = 0;

    /// Called when there is no more input and no more output: null if the data is whole, else what is
    /// missing.
    virtual const char* finish() const noexcept = 0;
};

/// The other way. Pure, too; `compress` drives it over a `byte_sink`.
class encoder {
  public:
    virtual ~encoder() = default;

    /// Takes from `in` until it is used up or `out` (not empty) is full.
    virtual codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) = 0;

    /// Ends the data. Call until `produced` is less than `out.size()`; nothing may be encoded afterwards.
    virtual codec_step finish(std::span<std::byte> out) = 0;
};

} // namespace penstock
