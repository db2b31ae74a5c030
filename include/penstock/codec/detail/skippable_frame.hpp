// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/detail/byte_order.hpp>
#include <penstock/codec/detail/framed_decoder.hpp>

namespace penstock::detail {

/// Frames of anybody's own data, which zstd and lz4 have in common: 5? 2a 4d 18, a size, so many bytes.
class skippable_frame {
  public:
    frame_start look(std::span<const std::byte> first) noexcept {
        static constexpr std::uint8_t magic[] = {0x50, 0x2a, 0x4d, 0x18};
        for (std::size_t i = 0; i < std::min<std::size_t>(first.size(), 4); ++i) {
            const auto byte = std::to_integer<std::uint8_t>(first[i]);
            if ((i == 0 ? byte & 0xf0 : byte) != magic[i]) return frame_start::bad;
        }
        if (first.size() < 8) return frame_start::more;
        left_ = 8 + read_little_endian(first.subspan(4, 4));
        return frame_start::good;
    }

    frame_step run(std::span<const std::byte> in) noexcept {
        frame_step step;
        step.consumed = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
        left_ -= step.consumed;
        step.finished = left_ == 0;
        return step;
    }

  private:
    std::uint64_t left_ = 0; // the header's bytes, too
};

/// One look at what may be either kind of frame; `other` says what the first bytes are to the codec's own
/// kind.
inline frame_start look_at_both(skippable_frame& skippable, std::span<const std::byte> first,
                                frame_start other, bool& skip) noexcept {
    if (other != frame_start::bad) {
        skip = false;
        return other;
    }
    skip = true;
    return skippable.look(first);
}

} // namespace penstock::detail
