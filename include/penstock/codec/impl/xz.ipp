// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/xz.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#ifdef PENSTOCK_HAS_LZMA
#include <penstock/codec/detail/framed_decoder.hpp>

#include <lzma.h>
#endif

namespace penstock {
#ifdef PENSTOCK_HAS_LZMA
namespace detail {

inline void show(::lzma_stream& stream, std::span<const std::byte> in, std::span<std::byte> out) noexcept {
    stream.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream.avail_in = in.size();
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream.avail_out = out.size();
}

/// One stream of liblzma's, which tells its memory when it has read its headers.
class lzma_frame_base {
  public:
    lzma_frame_base() = default;
    lzma_frame_base(const lzma_frame_base&) = delete;
    lzma_frame_base& operator=(const lzma_frame_base&) = delete;
    ~lzma_frame_base() { ::lzma_end(&stream_); }

    /// To begin with.
    std::uint64_t memory() const noexcept { return std::uint64_t{64} << 10; }

    void release() noexcept {
        ::lzma_end(&stream_);
        stream_ = LZMA_STREAM_INIT;
    }

  protected:
    void started(::lzma_ret code) {
        if (code != LZMA_OK) throw std::bad_alloc{};
    }

    frame_step run(std::span<const std::byte> in, std::span<std::byte> out, std::uint64_t granted,
                   const char* corrupt) {
        ::lzma_memlimit_set(&stream_, std::max<std::uint64_t>(granted, 1));
        show(stream_, in, out);
        const auto code = ::lzma_code(&stream_, LZMA_RUN);
        frame_step step;
        step.consumed = in.size() - stream_.avail_in;
        step.produced = out.size() - stream_.avail_out;
        switch (code) {
        case LZMA_OK:
        case LZMA_BUF_ERROR: // nothing moved: the caller sees that
            break;
        case LZMA_STREAM_END:
            step.finished = true;
            break;
        case LZMA_MEMLIMIT_ERROR:
            step.needs = ::lzma_memusage(&stream_);
            break;
        case LZMA_MEM_ERROR:
            throw std::bad_alloc{};
        case LZMA_UNSUPPORTED_CHECK: // by a stream that asks to be told
            step.problem = "the data has a check that liblzma cannot verify";
            step.code = errc::unsupported;
            break;
        case LZMA_OPTIONS_ERROR:
            step.problem = "the data uses filters or options that liblzma does not know";
            step.code = errc::unsupported;
            break;
        default:
            step.problem = corrupt;
        }
        return step;
    }

    ::lzma_stream stream_ = LZMA_STREAM_INIT;
};

class xz_frame : public lzma_frame_base {
  public:
    static constexpr std::size_t most_header = 6;
    static constexpr unsigned padding = 4;
    static constexpr bool many = true;
    static constexpr const char* not_this = "not xz: a stream must begin with fd 37 7a 58 5a 00";
    static constexpr const char* trailing = "bytes that are not xz follow the last xz stream";
    static constexpr const char* cut = "the data ends inside an xz stream";
    static constexpr const char* corrupt = "invalid xz data, or a check that does not match";
    static constexpr const char* bad_padding = "the zero bytes behind an xz stream are no multiple of four";

    frame_start look(std::span<const std::byte> first) const noexcept {
        static constexpr std::uint8_t magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
        for (std::size_t i = 0; i < first.size(); ++i)
            if (std::to_integer<std::uint8_t>(first[i]) != magic[i]) return frame_start::bad;
        return first.size() == sizeof magic ? frame_start::good : frame_start::more;
    }
    void begin() { started(::lzma_stream_decoder(&stream_, memory(), LZMA_TELL_UNSUPPORTED_CHECK)); }
    frame_step run(std::span<const std::byte> in, std::span<std::byte> out, std::uint64_t granted) {
        return lzma_frame_base::run(in, out, granted, corrupt);
    }
};

class lzma_frame : public lzma_frame_base {
  public:
    static constexpr std::size_t most_header = 1;
    static constexpr unsigned padding = 0;
    static constexpr bool many = false;
    static constexpr const char* not_this = "not .lzma: its first byte is at most 224";
    static constexpr const char* trailing = "bytes follow the end of the .lzma data";
    static constexpr const char* cut = "the .lzma data is cut off";
    static constexpr const char* corrupt = "invalid .lzma data";

    frame_start look(std::span<const std::byte> first) const noexcept {
        return first[0] < std::byte{225} ? frame_start::good : frame_start::bad;
    }
    void begin() { started(::lzma_alone_decoder(&stream_, memory())); }
    frame_step run(std::span<const std::byte> in, std::span<std::byte> out, std::uint64_t granted) {
        return lzma_frame_base::run(in, out, granted, corrupt);
    }
};

class lzma_encoder final : public encoder {
  public:
    lzma_encoder(int level, bool alone) {
        const auto preset = static_cast<std::uint32_t>(level);
        ::lzma_ret code = LZMA_OK;
        if (alone) {
            ::lzma_options_lzma options;
            ::lzma_lzma_preset(&options, preset);
            code = ::lzma_alone_encoder(&stream_, &options);
        } else {
            code = ::lzma_easy_encoder(&stream_, preset, LZMA_CHECK_CRC64);
        }
        if (code != LZMA_OK) throw std::bad_alloc{};
    }
    lzma_encoder(const lzma_encoder&) = delete;
    lzma_encoder& operator=(const lzma_encoder&) = delete;
    ~lzma_encoder() override { ::lzma_end(&stream_); }

    codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (total.consumed < in.size() && total.produced < out.size())
            run(in.subspan(total.consumed), out.subspan(total.produced), LZMA_RUN, total);
        return total;
    }
    codec_step finish(std::span<std::byte> out) override {
        codec_step total;
        while (!ended_ && total.produced < out.size())
            run({}, out.subspan(total.produced), LZMA_FINISH, total);
        return total;
    }

  private:
    void run(std::span<const std::byte> in, std::span<std::byte> out, ::lzma_action action,
             codec_step& total) {
        show(stream_, in, out);
        const auto code = ::lzma_code(&stream_, action);
        if (code == LZMA_MEM_ERROR) throw std::bad_alloc{};
        ended_ = code == LZMA_STREAM_END;
        total.consumed += in.size() - stream_.avail_in;
        total.produced += out.size() - stream_.avail_out;
    }

    ::lzma_stream stream_ = LZMA_STREAM_INIT;
    bool ended_ = false;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_xz_decoder(const decoder_options& options) {
    return std::make_unique<detail::framed_decoder<detail::xz_frame>>(options);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_lzma_decoder(const decoder_options& options) {
    return std::make_unique<detail::framed_decoder<detail::lzma_frame>>(options);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_xz_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::xz, options);
    return std::make_unique<detail::lzma_encoder>(options.level().value_or(6), false);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_lzma_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::lzma, options);
    return std::make_unique<detail::lzma_encoder>(options.level().value_or(6), true);
}
#else
PENSTOCK_DECL std::unique_ptr<decoder> make_xz_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::xz);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_lzma_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::lzma);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_xz_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::xz);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_lzma_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::lzma);
}
#endif

} // namespace penstock
