// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>
#include <penstock/codec/detail/gzip_header.hpp>
#include <penstock/codec/detail/inflate.hpp>

namespace penstock::detail {

/// gzip's frame around an inflater; what it does is told in gzip.hpp.
template <class Inflater>
class gzip_decoder final : public decoder {
  public:
    codec_step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
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

    const char* finish() const noexcept override {
        switch (phase_) {
        case phase::start:
        case phase::padding:
            return nullptr;
        case phase::header:
            return "the data ends inside a gzip header";
        case phase::body:
            return "the data ends inside a gzip member";
        case phase::trailer:
            return "the data ends inside the checksum of a gzip member";
        }
        return nullptr;
    }

  private:
    enum class phase : std::uint8_t { start, header, body, trailer, padding };

    std::size_t between_bodies(std::span<const std::byte> in, codec_step& total) noexcept {
        switch (phase_) {
        case phase::start:
            phase_ = phase::header;
            return 0;
        case phase::header: {
            const auto n = header_.feed(in);
            total.problem = header_.problem();
            if (header_.done()) {
                header_ = {};
                inflater_.reset();
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
            else
                total.problem = "bytes that are not gzip follow the last gzip member";
            return n;
        }
        case phase::body:
            break;
        }
        return 0;
    }

    /// False when nothing moved.
    bool inflate_some(std::span<const std::byte> in, std::span<std::byte> out, codec_step& total) {
        const auto step = inflater_.run(in, out);
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
        if (number(0) != inflater_.crc())
            total.problem = "the checksum of a gzip member does not match";
        else if (number(4) != size_)
            total.problem = "the length of a gzip member does not match";
        phase_ = phase::padding;
    }

    std::uint32_t number(std::size_t at) const noexcept {
        std::uint32_t n = 0;
        for (std::size_t i = 4; i-- > 0;) n = n << 8 | std::to_integer<std::uint32_t>(trailer_[at + i]);
        return n;
    }

    phase phase_ = phase::start;
    gzip_header header_;
    Inflater inflater_;
    std::uint32_t size_ = 0; // of this member, modulo 2^32
    std::size_t trailer_size_ = 0;
    std::array<std::byte, 8> trailer_{};
};

} // namespace penstock::detail
