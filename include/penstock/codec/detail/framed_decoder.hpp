// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace penstock::detail {

/// What one call to a frame came to.
struct frame_step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool finished = false; ///< the frame has ended; nothing behind it was consumed
    const char* problem = nullptr;
    errc code = errc::corrupt_compressed_data;
    std::uint64_t needs = 0; ///< as in codec_step
};

/// What the first bytes of a frame say.
enum class frame_start : std::uint8_t { more, good, bad };

/// Frames one after the other, their contents joined: how zstd, bzip2, xz and others are put into a file. A
/// `Frame` has
///
/// * `most_header`: how many bytes `look` may ask for;
/// * `look(first)`: whether this begins a frame; `more` only for fewer than that many bytes;
/// * `memory()`: what it will hold, known by then, as `codec_step::needs` counts;
/// * `begin()`: makes itself ready, and `run(in, out, granted)`, which is given every byte of the frame,
/// those that were
///   looked at too;
/// * `release()`: gives back its memory, between two frames;
/// * texts: `not_this`, `trailing`, `cut`, `corrupt`; `padding`: the unit of zero bytes that may follow a
/// frame, 0 for
///   none; where it is more than 1, `bad_padding`;
/// * `many`: whether a second frame may follow.
template <class Frame>
class framed_decoder final : public decoder {
  public:
    template <class... Args>
    explicit framed_decoder(const decoder_options& options, Args&&... args)
        : frame_{std::forward<Args>(args)...}, ignore_trailing_{options.ignore_trailing()} {}

    codec_step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (!total.problem && !total.needs) {
            const auto rest = in.subspan(total.consumed);
            const auto room = out.subspan(total.produced);
            if (phase_ == phase::ignoring) {
                total.consumed = in.size();
                break;
            }
            if (phase_ == phase::body) {
                if (room.empty() || !run_some(rest, room, total)) break;
            } else if (phase_ == phase::ready) {
                if (!begin(total)) break;
            } else {
                if (rest.empty()) break;
                between(rest, total);
            }
        }
        return total;
    }

    codec_step finish(std::span<std::byte>) override {
        codec_step step;
        if (phase_ == phase::between) {
            if constexpr (Frame::padding > 1)
                if (padding_ % Frame::padding != 0) step.problem = Frame::bad_padding;
            if (header_size_ > 0 && !(ignore_trailing_ && frames_ > 0)) step.problem = Frame::cut;
        } else if (phase_ != phase::ignoring) {
            step.problem = Frame::cut;
        }
        return step;
    }

  private:
    enum class phase : std::uint8_t { between, ready, body, ignoring };

    void between(std::span<const std::byte> in, codec_step& total) {
        if constexpr (Frame::padding > 0) {
            if (frames_ > 0 && header_size_ == 0) {
                const auto end =
                    std::find_if(in.begin(), in.end(), [](std::byte b) { return b != std::byte{0}; });
                const auto zeros = static_cast<std::size_t>(end - in.begin());
                padding_ += zeros;
                total.consumed += zeros;
                in = in.subspan(zeros);
                if (in.empty()) return;
                if (padding_ % Frame::padding != 0) return refuse(total);
                padding_ = 0;
            }
        }
        if (!Frame::many && frames_ > 0) return refuse(total);
        // one byte at a time: what was looked at is as short as it can be
        header_[header_size_++] = in.front();
        ++total.consumed;
        switch (frame_.look(std::span{header_}.first(header_size_))) {
        case frame_start::more:
            return;
        case frame_start::good:
            phase_ = phase::ready;
            return;
        case frame_start::bad:
            total.behind = header_size_;
            return refuse(total);
        }
    }

    void refuse(codec_step& total) {
        if (frames_ > 0 && ignore_trailing_) {
            phase_ = phase::ignoring;
            total.behind = 0;
        } else {
            total.problem = frames_ > 0 ? Frame::trailing : Frame::not_this;
        }
    }

    bool begin(codec_step& total) {
        if (frames_ > 0 && frame_.memory() > held_) {
            frame_.release(); // so that who waits for more holds nothing
            held_ = 0;
        }
        if (!may_hold(frame_.memory(), total)) return false;
        held_ = std::max(held_, frame_.memory());
        frame_.begin();
        replayed_ = 0;
        phase_ = phase::body;
        return true;
    }

    /// False when nothing moved.
    bool run_some(std::span<const std::byte> in, std::span<std::byte> out, codec_step& total) {
        const bool replaying = replayed_ < header_size_;
        if (replaying) in = std::span{header_}.subspan(replayed_, header_size_ - replayed_);
        const auto step = frame_.run(in, out, this->granted());
        if (replaying)
            replayed_ += step.consumed;
        else
            total.consumed += step.consumed;
        total.produced += step.produced;
        total.problem = step.problem;
        total.code = step.code;
        total.needs = step.needs;
        if (step.needs) return false;
        if (step.finished) {
            ++frames_;
            header_size_ = 0;
            padding_ = 0;
            phase_ = phase::between;
            return true;
        }
        if (step.consumed != 0 || step.produced != 0 || step.problem) return true;
        // with input and room a decoder that does not move will never do so
        if (!in.empty()) total.problem = Frame::corrupt;
        return false;
    }

    Frame frame_;
    bool ignore_trailing_;
    phase phase_ = phase::between;
    std::uint64_t frames_ = 0;  // that have ended
    std::uint64_t padding_ = 0; // zero bytes since the last
    std::uint64_t held_ = 0;    // what the frame was begun with
    std::array<std::byte, Frame::most_header> header_{};
    std::size_t header_size_ = 0;
    std::size_t replayed_ = 0; // of the header, into the frame
};

} // namespace penstock::detail
