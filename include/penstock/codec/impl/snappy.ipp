// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/snappy.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#ifdef PENSTOCK_HAS_SNAPPY
#include <penstock/checksum/crc.hpp>
#include <penstock/codec/detail/hadoop_codec.hpp>
#include <penstock/codec/detail/raw_block_decoder.hpp>

#include <snappy-c.h>
#endif

namespace penstock {
#ifdef PENSTOCK_HAS_SNAPPY
namespace detail {

/// See block_format.hpp.
struct snappy_block {
    static constexpr std::uint64_t most = 0xffffffff;
    static constexpr const char* corrupt = "invalid snappy block";
    static constexpr const char* corrupt_hadoop = "invalid snappy data in Hadoop's framing";
    static constexpr const char* too_long =
        "the snappy block is longer than any that holds as much as it says";
    static constexpr const char* cut = "the data ends inside a snappy block";

    static std::uint64_t bound(std::uint64_t plain) noexcept { return 32 + plain + plain / 6; }
    /// The varint in front.
    static block_size plain_size(std::span<const std::byte> stored) noexcept {
        std::uint64_t n = 0;
        for (std::size_t i = 0; i < stored.size(); ++i) {
            n |= (std::to_integer<std::uint64_t>(stored[i]) & 0x7f) << (7 * i);
            if (std::to_integer<unsigned>(stored[i]) < 0x80)
                return {n <= most ? block_size::state::known : block_size::state::bad, n};
            if (i == 4) return {block_size::state::bad, 0};
        }
        return {};
    }
    static std::optional<std::size_t> decode(std::span<const std::byte> stored,
                                             std::span<std::byte> out) noexcept {
        auto size = out.size();
        const auto* chars = reinterpret_cast<const char*>(stored.data());
        const auto told = plain_size(stored.first(std::min<std::size_t>(stored.size(), 5)));
        if (told.state != block_size::state::known || told.bytes > size) return std::nullopt;
        if (::snappy_uncompress(chars, stored.size(), reinterpret_cast<char*>(out.data()), &size) !=
            ::SNAPPY_OK)
            return std::nullopt;
        return size;
    }
    static std::size_t encode(std::span<const std::byte> plain, std::span<std::byte> out) noexcept {
        auto size = out.size();
        ::snappy_compress(reinterpret_cast<const char*>(plain.data()), plain.size(),
                          reinterpret_cast<char*>(out.data()), &size);
        return size;
    }
};

/// The framing format's figures.
inline constexpr std::size_t snappy_chunk = 65536;
inline constexpr std::uint8_t snappy_identifier[] = {0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};
enum : std::uint8_t {
    snappy_compressed = 0,
    snappy_plain = 1,
    snappy_first_skippable = 0x80,
    snappy_stream = 0xff
};

inline std::uint32_t snappy_checksum(std::span<const std::byte> plain) noexcept {
    const auto crc = crc32c(plain);
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

class snappy_decoder final : public decoder {
  public:
    explicit snappy_decoder(bool ignore_trailing) : ignore_trailing_{ignore_trailing} {}

    codec_step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        if (!may_hold(std::uint64_t{160} << 10, total)) return total;
        while (!total.problem) {
            hand_out(out, total);
            if (total.produced == out.size() && sent_ < plain_.size()) break;
            const auto rest = in.subspan(total.consumed);
            if (rest.empty()) break;
            switch (phase_) {
            case phase::header:
                take_header(rest, total);
                break;
            case phase::chunk:
                take_chunk(rest, total);
                break;
            case phase::skip:
                skip(rest, total);
                break;
            case phase::ignoring:
                total.consumed = in.size();
                break;
            }
        }
        return total;
    }

    codec_step finish(std::span<std::byte>) override {
        codec_step step;
        if (phase_ == phase::chunk || phase_ == phase::skip ||
            (phase_ == phase::header && header_size_ != 0 && !(seen_ && ignore_trailing_)))
            step.problem = "the data ends inside a snappy chunk";
        return step;
    }

  private:
    enum class phase : std::uint8_t { header, chunk, skip, ignoring };

    void take_header(std::span<const std::byte> in, codec_step& total) {
        header_[header_size_++] = in.front();
        ++total.consumed;
        if (header_size_ < 4) return;
        const auto type = std::to_integer<std::uint8_t>(header_[0]);
        left_ = static_cast<std::size_t>(read_little_endian(std::span{header_}.subspan(1)));
        stored_.clear();
        phase_ = phase::chunk;
        if (type == snappy_stream ? left_ != 6 : !seen_)
            return refuse(total, 4, seen_ ? "a snappy stream identifier has a wrong size" : not_snappy);
        if (type == snappy_compressed || type == snappy_plain) {
            const auto most = type == snappy_plain ? snappy_chunk : snappy_block::bound(snappy_chunk);
            if (left_ < 4 || left_ - 4 > most) refuse(total, 4, "a snappy chunk has an impossible size");
        } else if (type != snappy_stream) {
            if (type < snappy_first_skippable)
                return refuse(total, 4, "bytes that are not snappy, or a snappy chunk of an unknown kind");
            phase_ = left_ > 0 ? phase::skip : phase::header;
            if (left_ == 0) header_size_ = 0;
        }
    }

    void refuse(codec_step& total, std::size_t behind, const char* problem) {
        if (seen_ && ignore_trailing_ && behind == 4) {
            phase_ = phase::ignoring;
            return;
        }
        total.problem = problem;
        total.behind = behind;
    }

    void skip(std::span<const std::byte> in, codec_step& total) {
        const auto n = std::min(left_, in.size());
        total.consumed += n;
        left_ -= n;
        if (left_ == 0) end_chunk();
    }

    void take_chunk(std::span<const std::byte> in, codec_step& total) {
        const auto n = std::min(left_, in.size());
        total.consumed += n;
        left_ -= n;
        if (left_ > 0 || !stored_.empty()) {
            stored_.insert(stored_.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(n));
            in = stored_;
        } else {
            in = in.first(n); // whole as it came
        }
        if (left_ > 0) return;
        const auto type = std::to_integer<std::uint8_t>(header_[0]);
        if (type == snappy_stream)
            identify(in, total);
        else
            decode_chunk(type, in, total);
        end_chunk();
    }

    void end_chunk() noexcept {
        phase_ = phase::header;
        header_size_ = 0;
    }

    void identify(std::span<const std::byte> body, codec_step& total) {
        for (std::size_t i = 0; i < body.size(); ++i)
            if (std::to_integer<std::uint8_t>(body[i]) != snappy_identifier[4 + i]) {
                total.problem = not_snappy;
                total.behind = 4 + body.size();
                return;
            }
        seen_ = true;
    }

    void decode_chunk(std::uint8_t type, std::span<const std::byte> body, codec_step& total) {
        const auto wanted = static_cast<std::uint32_t>(read_little_endian(body.first(4)));
        const auto data = body.subspan(4);
        sent_ = 0;
        if (type == snappy_plain) {
            plain_.assign(data.begin(), data.end());
        } else {
            const auto told = snappy_block::plain_size(data.first(std::min<std::size_t>(data.size(), 5)));
            const bool fits = told.state == block_size::state::known && told.bytes <= snappy_chunk;
            plain_.resize(fits ? static_cast<std::size_t>(told.bytes) : 0);
            if (!fits || snappy_block::decode(data, plain_) != plain_.size()) {
                plain_.clear();
                total.problem = "invalid snappy data";
                total.behind = data.size();
                return;
            }
        }
        if (snappy_checksum(plain_) == wanted) return;
        plain_.clear();
        total.problem = "the checksum of a snappy chunk does not match";
        total.behind = body.size();
    }

    void hand_out(std::span<std::byte> out, codec_step& total) noexcept {
        const auto n = std::min(out.size() - total.produced, plain_.size() - sent_);
        if (n != 0) std::memcpy(out.data() + total.produced, plain_.data() + sent_, n);
        total.produced += n;
        sent_ += n;
    }

    static constexpr const char* not_snappy = "not snappy: a stream must begin with ff 06 00 00 and sNaPpY";

    bool ignore_trailing_;
    bool seen_ = false; // the stream's identifier
    phase phase_ = phase::header;
    std::array<std::byte, 4> header_{};
    std::size_t header_size_ = 0;
    std::size_t left_ = 0; // of the chunk
    std::vector<std::byte> stored_, plain_;
    std::size_t sent_ = 0;
};

class snappy_encoder final : public staged_encoder {
    std::size_t take(std::span<const std::byte> in, std::vector<std::byte>& staged) override {
        if (plain_.empty() && in.size() >= snappy_chunk) {
            put(in.first(snappy_chunk), staged);
            return snappy_chunk;
        }
        const auto n = std::min(in.size(), snappy_chunk - plain_.size());
        plain_.insert(plain_.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(n));
        if (plain_.size() == snappy_chunk) {
            put(plain_, staged);
            plain_.clear();
        }
        return n;
    }
    void end(std::vector<std::byte>& staged) override {
        identify(staged);
        if (!plain_.empty()) put(plain_, staged);
        plain_.clear();
    }
    void identify(std::vector<std::byte>& staged) {
        if (std::exchange(identified_, true)) return;
        for (const auto b : snappy_identifier) staged.push_back(static_cast<std::byte>(b));
    }
    void put(std::span<const std::byte> plain, std::vector<std::byte>& staged) {
        identify(staged);
        const auto at = staged.size();
        staged.resize(at + 8 + static_cast<std::size_t>(snappy_block::bound(plain.size())));
        auto size = snappy_block::encode(plain, std::span{staged}.subspan(at + 8));
        const bool worth = size < plain.size() - plain.size() / 8;
        if (!worth) {
            size = plain.size();
            std::memcpy(staged.data() + at + 8, plain.data(), size);
        }
        staged.resize(at + 8 + size);
        staged[at] = static_cast<std::byte>(worth ? snappy_compressed : snappy_plain);
        const auto checksum = snappy_checksum(plain);
        for (std::size_t i = 0; i < 3; ++i)
            staged[at + 1 + i] = static_cast<std::byte>((size + 4) >> (8 * i));
        for (std::size_t i = 0; i < 4; ++i) staged[at + 4 + i] = static_cast<std::byte>(checksum >> (8 * i));
    }

    std::vector<std::byte> plain_;
    bool identified_ = false;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_decoder(const decoder_options& options) {
    return std::make_unique<detail::snappy_decoder>(options.ignore_trailing());
}
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_block_decoder(const decoder_options&) {
    return std::make_unique<detail::raw_block_decoder<detail::snappy_block>>(std::nullopt);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_hadoop_decoder(const decoder_options&) {
    return std::make_unique<detail::hadoop_decoder<detail::snappy_block>>();
}
PENSTOCK_DECL std::unique_ptr<encoder> make_snappy_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::snappy, options);
    return std::make_unique<detail::snappy_encoder>();
}
PENSTOCK_DECL std::unique_ptr<encoder> make_snappy_hadoop_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::snappy_hadoop, options);
    return std::make_unique<detail::hadoop_encoder<detail::snappy_block>>();
}
#else
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::snappy);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_block_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::snappy_block);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_snappy_hadoop_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::snappy_hadoop);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_snappy_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::snappy);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_snappy_hadoop_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::snappy_hadoop);
}
#endif

} // namespace penstock
