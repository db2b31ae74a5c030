// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/bzip2.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#ifdef PENSTOCK_HAS_BZIP2
#include <penstock/codec/detail/framed_decoder.hpp>

#include <bzlib.h>
#endif

namespace penstock {
#ifdef PENSTOCK_HAS_BZIP2
namespace detail {

/// The library counts in 32 bits.
inline constexpr std::size_t bzip2_most = std::size_t{1} << 30;

inline void show(::bz_stream& stream, std::span<const std::byte> in, std::span<std::byte> out) noexcept {
    stream.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(in.data()));
    stream.avail_in = static_cast<unsigned>(in.size());
    stream.next_out = reinterpret_cast<char*>(out.data());
    stream.avail_out = static_cast<unsigned>(out.size());
}

class bzip2_frame {
  public:
    static constexpr std::size_t most_header = 4;
    static constexpr unsigned padding = 0;
    static constexpr bool many = true;
    static constexpr const char* not_this = "not bzip2: a stream must begin with BZh and a digit";
    static constexpr const char* trailing = "bytes that are not bzip2 follow the last bzip2 stream";
    static constexpr const char* cut = "the data ends inside a bzip2 stream";
    static constexpr const char* corrupt = "invalid bzip2 data, or a checksum that does not match";

    bzip2_frame() = default;
    bzip2_frame(const bzip2_frame&) = delete;
    bzip2_frame& operator=(const bzip2_frame&) = delete;
    ~bzip2_frame() { release(); }

    frame_start look(std::span<const std::byte> first) noexcept {
        static constexpr char magic[] = {'B', 'Z', 'h'};
        for (std::size_t i = 0; i < std::min<std::size_t>(first.size(), 3); ++i)
            if (std::to_integer<char>(first[i]) != magic[i]) return frame_start::bad;
        if (first.size() < 4) return frame_start::more;
        level_ = std::to_integer<unsigned>(first[3]) - '0';
        return level_ >= 1 && level_ <= 9 ? frame_start::good : frame_start::bad;
    }

    std::uint64_t memory() const noexcept { return 100'000 + 400'000 * std::uint64_t{level_}; }

    void begin() {
        release();
        if (::BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc{};
        open_ = true;
    }

    frame_step run(std::span<const std::byte> in, std::span<std::byte> out, std::uint64_t) {
        in = in.first(std::min(in.size(), bzip2_most));
        out = out.first(std::min(out.size(), bzip2_most));
        show(stream_, in, out);
        const int code = ::BZ2_bzDecompress(&stream_);
        if (code == BZ_MEM_ERROR) throw std::bad_alloc{};
        frame_step step;
        step.consumed = in.size() - stream_.avail_in;
        step.produced = out.size() - stream_.avail_out;
        step.finished = code == BZ_STREAM_END;
        if (code != BZ_OK && code != BZ_STREAM_END) step.problem = corrupt;
        return step;
    }

    void release() noexcept {
        if (std::exchange(open_, false)) ::BZ2_bzDecompressEnd(&stream_);
        stream_ = {};
    }

  private:
    ::bz_stream stream_{};
    bool open_ = false;
    unsigned level_ = 0;
};

class bzip2_encoder final : public encoder {
  public:
    explicit bzip2_encoder(int level) {
        if (::BZ2_bzCompressInit(&stream_, level, 0, 0) != BZ_OK) throw std::bad_alloc{};
    }
    bzip2_encoder(const bzip2_encoder&) = delete;
    bzip2_encoder& operator=(const bzip2_encoder&) = delete;
    ~bzip2_encoder() override { ::BZ2_bzCompressEnd(&stream_); }

    codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (total.consumed < in.size() && total.produced < out.size())
            run(in.subspan(total.consumed), out.subspan(total.produced), BZ_RUN, total);
        return total;
    }
    codec_step finish(std::span<std::byte> out) override {
        codec_step total;
        while (!ended_ && total.produced < out.size()) run({}, out.subspan(total.produced), BZ_FINISH, total);
        return total;
    }

  private:
    void run(std::span<const std::byte> in, std::span<std::byte> out, int action,
             codec_step& total) noexcept {
        in = in.first(std::min(in.size(), bzip2_most));
        out = out.first(std::min(out.size(), bzip2_most));
        show(stream_, in, out);
        ended_ = ::BZ2_bzCompress(&stream_, action) == BZ_STREAM_END;
        total.consumed += in.size() - stream_.avail_in;
        total.produced += out.size() - stream_.avail_out;
    }

    ::bz_stream stream_{};
    bool ended_ = false;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_bzip2_decoder(const decoder_options& options) {
    return std::make_unique<detail::framed_decoder<detail::bzip2_frame>>(options);
}

PENSTOCK_DECL std::unique_ptr<encoder> make_bzip2_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::bzip2, options);
    return std::make_unique<detail::bzip2_encoder>(options.level().value_or(9));
}
#else
PENSTOCK_DECL std::unique_ptr<decoder> make_bzip2_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::bzip2);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_bzip2_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::bzip2);
}
#endif

} // namespace penstock
