// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace penstock {

/// How a decoder reads. Setters chain.
class decoder_options {
  public:
    decoder_options() = default;

    /// What follows the end of the data and does not begin as more of it (gzip member, zstd frame, xz stream
    /// …) is ignored, as `gzip` and `bzip2` do with a warning. By default it is a problem, for it may be lost
    /// data.
    decoder_options& ignore_trailing(bool on) { return ignore_trailing_ = on, *this; }
    /// zstd: what the data was compressed with, as `zstd --train` writes it, or any bytes. Shared, not
    /// copied.
    decoder_options& dictionary(std::shared_ptr<const std::string> bytes) {
        return dictionary_ = std::move(bytes), *this;
    }
    /// `compression::lz4_block`: how many bytes the block holds. Such a block does not say so itself.
    decoder_options& plain_size(std::uint64_t bytes) { return plain_size_ = bytes, *this; }

    bool ignore_trailing() const noexcept { return ignore_trailing_; }
    const std::shared_ptr<const std::string>& dictionary() const noexcept { return dictionary_; }
    const std::optional<std::uint64_t>& plain_size() const noexcept { return plain_size_; }

  private:
    bool ignore_trailing_ = false;
    std::shared_ptr<const std::string> dictionary_;
    std::optional<std::uint64_t> plain_size_;
};

/// How an encoder writes. Setters chain.
class encoder_options {
  public:
    encoder_options() = default;

    /// The codec's own scale; see `levels` in codecs.hpp. By default the codec's usual one.
    encoder_options& level(std::optional<int> n) { return level_ = n, *this; }
    /// zstd: a window of 2 to so many bytes (10 to 27; up to 31 where readers raise their limit), as `zstd
    /// --long=N`. By default the level decides. brotli: 10 to 24.
    encoder_options& window_bits(std::optional<int> n) { return window_bits_ = n, *this; }
    /// zstd: compresses with this dictionary, which readers must have, too.
    encoder_options& dictionary(std::shared_ptr<const std::string> bytes) {
        return dictionary_ = std::move(bytes), *this;
    }

    const std::optional<int>& level() const noexcept { return level_; }
    const std::optional<int>& window_bits() const noexcept { return window_bits_; }
    const std::shared_ptr<const std::string>& dictionary() const noexcept { return dictionary_; }

  private:
    std::optional<int> level_;
    std::optional<int> window_bits_;
    std::shared_ptr<const std::string> dictionary_;
};

} // namespace penstock
