// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/brotli.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#ifdef PENSTOCK_HAS_BROTLI
#include <penstock/codec/detail/framed_decoder.hpp>

#include <brotli/decode.h>
#include <brotli/encode.h>
#endif

namespace penstock {
#ifdef PENSTOCK_HAS_BROTLI
namespace detail {

class brotli_frame {
  public:
    static constexpr std::size_t most_header = 1;
    static constexpr unsigned padding = 0;
    static constexpr bool many = false;
    static constexpr const char* not_this = "not brotli, or brotli with a large window, which is not read";
    static constexpr const char* trailing = "bytes follow the end of the brotli data";
    static constexpr const char* cut = "the brotli data is cut off";
    static constexpr const char* corrupt = "invalid brotli data";

    /// The first bits are WBITS (RFC 7932, 9.1).
    frame_start look(std::span<const std::byte> first) noexcept {
        const auto bits = std::to_integer<unsigned>(first[0]);
        const auto short_code = bits >> 1 & 7, long_code = bits >> 4 & 7;
        if ((bits & 1) == 0)
            window_bits_ = 16;
        else if (short_code != 0)
            window_bits_ = 17 + short_code;
        else if (long_code == 1)
            return frame_start::bad;
        else
            window_bits_ = long_code == 0 ? 17 : 8 + long_code;
        return frame_start::good;
    }

    /// The window is grown once by copying, and the tables of prefix codes take up to 4 MiB.
    std::uint64_t memory() const noexcept {
        return (std::uint64_t{3} << (window_bits_ - 1)) + (std::uint64_t{4} << 20);
    }

    void begin() {
        state_.reset(::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
        if (!state_) throw std::bad_alloc{};
    }

    frame_step run(std::span<const std::byte> in, std::span<std::byte> out, std::uint64_t) {
        std::size_t in_left = in.size(), out_left = out.size();
        auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        auto* next_out = reinterpret_cast<std::uint8_t*>(out.data());
        const auto code =
            ::BrotliDecoderDecompressStream(state_.get(), &in_left, &next_in, &out_left, &next_out, nullptr);
        frame_step step;
        step.consumed = in.size() - in_left;
        step.produced = out.size() - out_left;
        step.finished = code == ::BROTLI_DECODER_RESULT_SUCCESS;
        if (code == ::BROTLI_DECODER_RESULT_ERROR) {
            const auto error = ::BrotliDecoderGetErrorCode(state_.get());
            if (error <= ::BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                error >= ::BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
                throw std::bad_alloc{};
            step.problem = corrupt;
        }
        return step;
    }

    void release() noexcept { state_.reset(); }

  private:
    struct free_state {
        void operator()(::BrotliDecoderState* s) const noexcept { ::BrotliDecoderDestroyInstance(s); }
    };
    unsigned window_bits_ = 0;
    std::unique_ptr<::BrotliDecoderState, free_state> state_;
};

class brotli_encoder final : public encoder {
  public:
    explicit brotli_encoder(const encoder_options& options)
        : state_{::BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)} {
        if (!state_) throw std::bad_alloc{};
        ::BrotliEncoderSetParameter(state_.get(), ::BROTLI_PARAM_QUALITY,
                                    static_cast<std::uint32_t>(options.level().value_or(6)));
        ::BrotliEncoderSetParameter(state_.get(), ::BROTLI_PARAM_LGWIN,
                                    static_cast<std::uint32_t>(options.window_bits().value_or(22)));
    }

    codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (total.consumed < in.size() && total.produced < out.size())
            run(in.subspan(total.consumed), out.subspan(total.produced), ::BROTLI_OPERATION_PROCESS, total);
        return total;
    }
    codec_step finish(std::span<std::byte> out) override {
        codec_step total;
        while (!::BrotliEncoderIsFinished(state_.get()) && total.produced < out.size())
            run({}, out.subspan(total.produced), ::BROTLI_OPERATION_FINISH, total);
        return total;
    }

  private:
    struct free_state {
        void operator()(::BrotliEncoderState* s) const noexcept { ::BrotliEncoderDestroyInstance(s); }
    };

    void run(std::span<const std::byte> in, std::span<std::byte> out, ::BrotliEncoderOperation what,
             codec_step& total) {
        std::size_t in_left = in.size(), out_left = out.size();
        auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        auto* next_out = reinterpret_cast<std::uint8_t*>(out.data());
        if (!::BrotliEncoderCompressStream(state_.get(), what, &in_left, &next_in, &out_left, &next_out,
                                           nullptr))
            throw std::bad_alloc{};
        total.consumed += in.size() - in_left;
        total.produced += out.size() - out_left;
    }

    std::unique_ptr<::BrotliEncoderState, free_state> state_;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_brotli_decoder(const decoder_options& options) {
    return std::make_unique<detail::framed_decoder<detail::brotli_frame>>(options);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_brotli_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::brotli, options);
    return std::make_unique<detail::brotli_encoder>(options);
}
#else
PENSTOCK_DECL std::unique_ptr<decoder> make_brotli_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::brotli);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_brotli_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::brotli);
}
#endif

} // namespace penstock
