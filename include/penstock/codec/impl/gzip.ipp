// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/gzip.hpp>

#include <penstock/codec/detail/gzip_decoder.hpp>
#include <penstock/core/error.hpp>

#include <string>

namespace penstock {
namespace detail {

class zlib_gzip_encoder final : public encoder {
  public:
    explicit zlib_gzip_encoder(int level) {
        if (::deflateInit2(&stream_, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc{};
    }
    ~zlib_gzip_encoder() override { ::deflateEnd(&stream_); }

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
        in = in.first(std::min(in.size(), inflate_most));
        out = out.first(std::min(out.size(), inflate_most));
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        ended_ = ::deflate(&stream_, flush) == Z_STREAM_END;
        total.consumed += in.size() - stream_.avail_in;
        total.produced += out.size() - stream_.avail_out;
    }

    z_stream stream_{};
    bool ended_ = false;
};

#ifdef PENSTOCK_HAS_ISAL
class isal_gzip_encoder final : public encoder {
  public:
    isal_gzip_encoder()
        : stream_{std::make_unique_for_overwrite<::isal_zstream>()},
          memory_{std::make_unique_for_overwrite<std::uint8_t[]>(ISAL_DEF_LVL1_DEFAULT)} {
        ::isal_deflate_init(stream_.get());
        stream_->level = 1;
        stream_->level_buf = memory_.get();
        stream_->level_buf_size = ISAL_DEF_LVL1_DEFAULT;
        stream_->gzip_flag = IGZIP_GZIP;
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
        in = in.first(std::min(in.size(), inflate_most));
        out = out.first(std::min(out.size(), inflate_most));
        stream_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(in.data()));
        stream_->avail_in = static_cast<std::uint32_t>(in.size());
        stream_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
        stream_->avail_out = static_cast<std::uint32_t>(out.size());
        ::isal_deflate(stream_.get());
        total.consumed += in.size() - stream_->avail_in;
        total.produced += out.size() - stream_->avail_out;
    }

    std::unique_ptr<::isal_zstream> stream_;
    std::unique_ptr<std::uint8_t[]> memory_;
};
#endif

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_gzip_decoder() {
#ifdef PENSTOCK_HAS_ISAL
    return std::make_unique<detail::gzip_decoder<detail::isal_inflater>>();
#else
    return std::make_unique<detail::gzip_decoder<detail::zlib_inflater>>();
#endif
}

PENSTOCK_DECL std::unique_ptr<encoder> make_gzip_encoder(int level) {
    if (level < 0 || level > 9)
        throw_failure(failure{errc::invalid_option, "gzip has no compression level " + std::to_string(level),
                              "use 1 (fastest) to 9 (smallest), or 0 to store"});
#ifdef PENSTOCK_HAS_ISAL
    if (level == 1) return std::make_unique<detail::isal_gzip_encoder>();
#endif
    return std::make_unique<detail::zlib_gzip_encoder>(level);
}

} // namespace penstock
