// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>
#include <penstock/codec/detail/byte_order.hpp>
#include <penstock/codec/detail/gzip_header.hpp>
#include <penstock/codec/detail/inflate.hpp>

#include <optional>

namespace penstock::detail {

/// gzip's frame around an inflater; what it does is told in gzip.hpp.
template <class Inflater>
class gzip_decoder final : public decoder {
  public:
    explicit gzip_decoder(bool ignore_trailing = false) : ignore_trailing_{ignore_trailing} {}

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
                total.consumed += between_bodies(rest, total);
            }
        }
        return total;
    }

    codec_step finish(std::span<std::byte>) override {
        codec_step step;
        if (phase_ == phase::header && !may_be_ignored()) step.problem = "the data ends inside a gzip header";
        if (phase_ == phase::body) step.problem = "the data ends inside a gzip member";
        if (phase_ == phase::trailer) step.problem = "the data ends inside the checksum of a gzip member";
        return step;
    }

  private:
    enum class phase : std::uint8_t { start, header, body, trailer, padding, ignoring };

    std::size_t between_bodies(std::span<const std::byte> in, codec_step& total) noexcept {
        switch (phase_) {
        case phase::start:
            phase_ = phase::header;
            return 0;
        case phase::header: {
            const auto n = header_.feed(in);
            if (header_.problem() && may_be_ignored()) {
                phase_ = phase::ignoring;
                return n;
            }
            total.problem = header_.problem();
            if (header_.done()) {
                header_ = {};
                if (inflater_)
                    inflater_->reset();
                else
                    inflater_.emplace();
                size_ = 0;
                phase_ = phase::body;
            }
            return n;
        }
        case phase::trailer: {
            const auto n = std::min(in.size(), trailer_.size() - trailer_size_);
            take_trailer(in.first(n), total);
            return n;
        }
        case phase::padding: {
            std::size_t n = 0;
            while (n < in.size() && in[n] == std::byte{0}) ++n;
            if (n == in.size()) return n;
            if (in[n] == std::byte{0x1f})
                phase_ = phase::header;
            else if (ignore_trailing_)
                phase_ = phase::ignoring;
            else
                total.problem = "bytes that are not gzip follow the last gzip member";
            return n;
        }
        case phase::ignoring:
            return in.size();
        case phase::body:
            break;
        }
        return 0;
    }

    /// Behind a member, and not the beginning of another.
    bool may_be_ignored() const noexcept { return ignore_trailing_ && inflater_ && header_.no_magic(); }

    /// False when nothing moved.
    bool inflate_some(std::span<const std::byte> in, std::span<std::byte> out, codec_step& total) {
        const auto step = inflater_->run(in, out);
        total.consumed += step.consumed;
        total.produced += step.produced;
        size_ += static_cast<std::uint32_t>(step.produced);
        if (step.corrupt) {
            total.problem = "invalid deflate data";
        } else if (step.finished) {
            phase_ = phase::trailer;
            trailer_size_ = 0;
            take_trailer(std::span{step.unread}.first(step.unread_size), total);
        } else if (step.consumed == 0 && step.produced == 0) {
            // with input and room a decoder that does not move will never do so
            if (!in.empty()) total.problem = "invalid deflate data";
            return false;
        }
        return true;
    }

    void take_trailer(std::span<const std::byte> in, codec_step& total) noexcept {
        std::copy(in.begin(), in.end(), trailer_.begin() + static_cast<std::ptrdiff_t>(trailer_size_));
        trailer_size_ += in.size();
        if (trailer_size_ < trailer_.size()) return;
        if (number(0) != inflater_->crc())
            total.problem = "the checksum of a gzip member does not match";
        else if (number(4) != size_)
            total.problem = "the length of a gzip member does not match";
        phase_ = phase::padding;
    }

    std::uint64_t number(std::size_t at) const noexcept {
        return read_little_endian(std::span{trailer_}.subspan(at, 4));
    }

    bool ignore_trailing_;
    phase phase_ = phase::start;
    gzip_header header_;
    std::optional<Inflater> inflater_;
    std::uint32_t size_ = 0; // of this member, modulo 2^32
    std::size_t trailer_size_ = 0;
    std::array<std::byte, 8> trailer_{};
};

} // namespace penstock::detail
