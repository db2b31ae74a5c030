// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>
#include <penstock/codec/detail/byte_order.hpp>
#include <penstock/codec/detail/inflate.hpp>

#include <optional>

namespace penstock::detail {

/// One deflate stream, between zlib's header and checksum or, where not `Wrapped`, alone.
template <class Inflater, bool Wrapped>
class zlib_decoder final : public decoder {
  public:
    explicit zlib_decoder(bool ignore_trailing) : ignore_trailing_{ignore_trailing} {}

    codec_step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        if (!may_hold(inflate_memory, total)) return total;
        while (!total.problem) {
            const auto rest = in.subspan(total.consumed);
            const auto room = out.subspan(total.produced);
            if (phase_ == phase::body) {
                if (room.empty() || !inflate_some(rest, room, total)) break;
            } else {
                if (rest.empty()) break;
                outside(rest, total);
            }
        }
        return total;
    }

    codec_step finish(std::span<std::byte>) override {
        codec_step step;
        if (phase_ != phase::end && (begun_ || frame_size_ > 0)) step.problem = cut;
        return step;
    }

  private:
    enum class phase : std::uint8_t { start, body, checksum, end };
    static constexpr const char* cut = Wrapped ? "the zlib data is cut off" : "the deflated data is cut off";

    void outside(std::span<const std::byte> in, codec_step& total) {
        if (phase_ == phase::start) {
            begun_ = true;
            if (Wrapped && frame_size_ < 2) {
                frame_[frame_size_++] = in.front();
                ++total.consumed;
                if (frame_size_ < 2) return;
                check_header(total);
                if (total.problem) return;
            }
            inflater_.emplace();
            phase_ = phase::body;
        } else if (phase_ == phase::checksum) {
            const auto n = std::min(in.size(), frame_.size() - frame_size_);
            total.consumed += n;
            take_checksum(in.first(n), total);
        } else if (ignore_trailing_) {
            total.consumed += in.size();
        } else {
            total.problem = Wrapped ? "bytes follow the end of the zlib data"
                                    : "bytes follow the end of the deflated data";
        }
    }

    void check_header(codec_step& total) const noexcept {
        const auto n = read_big_endian(std::span{frame_}.first(2));
        total.behind = 2;
        if (n % 31 != 0 || (n >> 8 & 15) != 8 || n >> 12 > 7) {
            total.problem = "not zlib: its first two bytes are no zlib header";
        } else if (n & 0x20) {
            total.problem = "the zlib data was compressed with a preset dictionary, which is not supported";
            total.code = errc::unsupported;
        } else {
            total.behind = 0;
        }
    }

    /// False when nothing moved.
    bool inflate_some(std::span<const std::byte> in, std::span<std::byte> out, codec_step& total) {
        const auto step = inflater_->run(in, out);
        total.consumed += step.consumed;
        total.produced += step.produced;
        if constexpr (Wrapped)
            adler_ = ::adler32(adler_, reinterpret_cast<const Bytef*>(out.data()),
                               static_cast<uInt>(step.produced));
        if (step.corrupt) {
            total.problem = "invalid deflate data";
        } else if (step.finished) {
            ended(std::span{step.unread}.first(step.unread_size), total);
        } else if (step.consumed == 0 && step.produced == 0) {
            // with input and room a decoder that does not move will never do so
            if (!in.empty()) total.problem = "invalid deflate data";
            return false;
        }
        return true;
    }

    /// With bytes behind the stream's end that the library had taken already.
    void ended(std::span<const std::byte> behind, codec_step& total) noexcept {
        phase_ = phase::end;
        frame_size_ = 0;
        if constexpr (Wrapped) {
            phase_ = phase::checksum;
            const auto n = std::min(behind.size(), frame_.size());
            take_checksum(behind.first(n), total);
            behind = behind.subspan(n);
        }
        if (behind.empty() || ignore_trailing_ || total.problem) return;
        total.problem =
            Wrapped ? "bytes follow the end of the zlib data" : "bytes follow the end of the deflated data";
        total.behind = behind.size();
    }

    void take_checksum(std::span<const std::byte> in, codec_step& total) noexcept {
        std::copy(in.begin(), in.end(), frame_.begin() + static_cast<std::ptrdiff_t>(frame_size_));
        frame_size_ += in.size();
        if (frame_size_ < frame_.size()) return;
        phase_ = phase::end;
        if (read_big_endian(frame_) != adler_) total.problem = "the checksum of the zlib data does not match";
    }

    bool ignore_trailing_;
    bool begun_ = false;
    phase phase_ = phase::start;
    std::array<std::byte, 4> frame_{}; // the header, then the checksum
    std::size_t frame_size_ = 0;
    uLong adler_ = 1;
    std::optional<Inflater> inflater_;
};

} // namespace penstock::detail
