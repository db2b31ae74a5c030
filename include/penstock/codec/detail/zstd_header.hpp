// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/detail/byte_order.hpp>
#include <penstock/codec/detail/framed_decoder.hpp>

namespace penstock::detail {

/// What the header of a zstd frame says (RFC 8878, 3.1.1 and 3.1.2), as far as it must be known before memory
/// is taken.
struct zstd_header {
    static constexpr std::size_t most = 18;

    std::uint64_t window = 0;     ///< what the decoder must keep
    std::uint32_t dictionary = 0; ///< its number; 0 where none is named

    frame_start read(std::span<const std::byte> b) noexcept {
        static constexpr std::uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};
        for (std::size_t i = 0; i < std::min<std::size_t>(b.size(), 4); ++i)
            if (std::to_integer<std::uint8_t>(b[i]) != magic[i]) return frame_start::bad;
        return b.size() < 5 ? frame_start::more : read_descriptor(b.subspan(4));
    }

  private:
    frame_start read_descriptor(std::span<const std::byte> b) noexcept {
        const auto descriptor = std::to_integer<unsigned>(b[0]);
        const bool single_segment = descriptor >> 5 & 1;
        static constexpr std::size_t dictionary_sizes[] = {0, 1, 2, 4}, content_sizes[] = {0, 2, 4, 8};
        const auto dictionary_size = dictionary_sizes[descriptor & 3];
        auto content_size = content_sizes[descriptor >> 6];
        if (single_segment && content_size == 0) content_size = 1;
        const std::size_t window_size = single_segment ? 0 : 1;
        if (b.size() < 1 + window_size + dictionary_size + content_size) return frame_start::more;
        const auto content_at = 1 + window_size + dictionary_size;
        dictionary =
            static_cast<std::uint32_t>(read_little_endian(b.subspan(1 + window_size, dictionary_size)));
        if (single_segment) {
            window = read_little_endian(b.subspan(content_at, content_size)) + (content_size == 2 ? 256 : 0);
        } else {
            const auto byte = std::to_integer<unsigned>(b[1]);
            const auto base = std::uint64_t{1} << (10 + (byte >> 3));
            window = base + base / 8 * (byte & 7);
        }
        // nothing is larger than a budget can be asked for
        window = std::min(window, std::uint64_t{1} << 48);
        return frame_start::good;
    }
};

} // namespace penstock::detail
