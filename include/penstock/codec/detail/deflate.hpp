// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>
#include <penstock/codec/detail/inflate.hpp>

namespace penstock::detail {

/// What stands around deflated data.
enum class deflate_wrapping : std::uint8_t { none, zlib, gzip };

class zlib_deflater final : public encoder {
  public:
    zlib_deflater(deflate_wrapping wrapping, int level) {
        const int window_bits = wrapping == deflate_wrapping::gzip   ? 15 + 16
                                : wrapping == deflate_wrapping::zlib ? 15
                                                                     : -15;
        if (::deflateInit2(&stream_, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc{};
    }
    zlib_deflater(const zlib_deflater&) = delete;
    zlib_deflater& operator=(const zlib_deflater&) = delete;
    ~zlib_deflater() override { ::deflateEnd(&stream_); }

    codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (total.consumed < in.size() && total.produced < out.size())
            run(in.subspan(total.consumed), out.subspan(total.produced), Z_NO_FLUSH, total);
        return total;
    }
    codec_step finish(std::span<std::byte> out) override {
        codec_step total;
        while (!ended_ && total.produced < out.size()) run({}, out.subspan(total.produced), Z_FINISH, total);
        return total;
    }

  private:
    void run(std::span<const std::byte> in, std::span<std::byte> out, int flush, codec_step& total) noexcept {
        lend(stream_, in, out);
        ended_ = ::deflate(&stream_, flush) == Z_STREAM_END;
        total.consumed += in.size() - stream_.avail_in;
        total.produced += out.size() - stream_.avail_out;
    }

    z_stream stream_{};
    bool ended_ = false;
};

#ifdef PENSTOCK_HAS_ISAL
class isal_deflater final : public encoder {
  public:
    explicit isal_deflater(deflate_wrapping wrapping)
        : stream_{std::make_unique_for_overwrite<::isal_zstream>()},
          memory_{std::make_unique_for_overwrite<std::uint8_t[]>(ISAL_DEF_LVL1_DEFAULT)} {
        ::isal_deflate_init(stream_.get());
        stream_->level = 1;
        stream_->level_buf = memory_.get();
        stream_->level_buf_size = ISAL_DEF_LVL1_DEFAULT;
        stream_->gzip_flag = wrapping == deflate_wrapping::gzip   ? IGZIP_GZIP
                             : wrapping == deflate_wrapping::zlib ? IGZIP_ZLIB
                                                                  : IGZIP_DEFLATE;
    }

    codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (total.consumed < in.size() && total.produced < out.size())
            run(in.subspan(total.consumed), out.subspan(total.produced), total);
        return total;
    }
    codec_step finish(std::span<std::byte> out) override {
        codec_step total;
        stream_->end_of_stream = 1;
        while (stream_->internal_state.state != ZSTATE_END && total.produced < out.size())
            run({}, out.subspan(total.produced), total);
        return total;
    }

  private:
    void run(std::span<const std::byte> in, std::span<std::byte> out, codec_step& total) noexcept {
        lend(*stream_, in, out);
        ::isal_deflate(stream_.get());
        total.consumed += in.size() - stream_->avail_in;
        total.produced += out.size() - stream_->avail_out;
    }

    std::unique_ptr<::isal_zstream> stream_;
    std::unique_ptr<std::uint8_t[]> memory_;
};
#endif

/// Level 1 by ISA-L where the build has it, else by zlib.
inline std::unique_ptr<encoder> make_deflater(deflate_wrapping wrapping, int level) {
#ifdef PENSTOCK_HAS_ISAL
    if (level == 1) return std::make_unique<isal_deflater>(wrapping);
#endif
    return std::make_unique<zlib_deflater>(wrapping, level);
}

} // namespace penstock::detail
