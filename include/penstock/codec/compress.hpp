// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/compression.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/semaphore.hpp>

#include <concepts>
#include <memory>

namespace penstock {

/// How `compress` writes. Setters chain.
class compress_options {
  public:
    compress_options() = default;
    /// Only the level.
    compress_options(int level) { encoder_.level(level); }

    /// The codec's own scale (`codec_info::levels`); by default its usual one.
    compress_options& level(std::optional<int> n) { return encoder_.level(n), *this; }
    /// See `encoder_options::window_bits`.
    compress_options& window_bits(std::optional<int> n) { return encoder_.window_bits(n), *this; }
    /// See `encoder_options::dictionary`.
    compress_options& dictionary(std::shared_ptr<const std::string> bytes) {
        return encoder_.dictionary(std::move(bytes)), *this;
    }
    /// What memory is taken from: a client's `budget()`. The first write waits for it. By default from none.
    compress_options& budget(std::shared_ptr<memory_budget> b) { return budget_ = std::move(b), *this; }

    const encoder_options& for_encoder() const noexcept { return encoder_; }
    const std::shared_ptr<memory_budget>& budget() const noexcept { return budget_; }

  private:
    encoder_options encoder_;
    std::shared_ptr<memory_budget> budget_;
};

/// A sink whose bytes reach `sink` compressed. `commit` ends the compressed data and then commits `sink`;
/// without it `sink` is never committed. After a write that failed or was cancelled, and after `commit`,
/// whatever came of it, further calls throw `errc::closed`. `compression::none` gives `sink` back.
///
/// Throws `errc::unsupported` for a codec whose library this build lacks, naming it, or that is no stream,
/// and `errc::invalid_option` for a level or window that there is not. The first write throws
/// `errc::budget_exceeded` where the whole budget is too small for the encoder and what `sink` takes of the same at
/// first (a part of an object); see `byte_sink::acquire_beside`. Memory: 64 KiB and `encoder_memory`, from the
/// first write to the commit. While it writes much at once it lets other work on the executor run after each
/// 128 KiB; 32 KiB of gzip, zlib and deflate above level 1, which take about a millisecond at the usual level; 8 KiB of
/// bzip2, xz, lzma, of levels above 9, and of brotli above 4.
PENSTOCK_DECL std::unique_ptr<byte_sink> compress(std::unique_ptr<byte_sink> sink, compression kind,
                                                  compress_options options = {});

/// The same for a sink by value: `compress(s3.create(url), compression::gzip)`.
template <std::derived_from<byte_sink> Sink>
std::unique_ptr<byte_sink> compress(Sink sink, compression kind, compress_options options = {}) {
    std::unique_ptr<byte_sink> boxed = std::make_unique<Sink>(std::move(sink));
    return compress(std::move(boxed), kind, std::move(options));
}

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/compress.ipp>
#endif
