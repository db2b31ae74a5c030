// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/zstd.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#ifdef PENSTOCK_HAS_ZSTD
#include <penstock/codec/detail/skippable_frame.hpp>
#include <penstock/codec/detail/zstd_header.hpp>

#include <zstd.h>
#include <zstd_errors.h>
#endif

namespace penstock {
#ifdef PENSTOCK_HAS_ZSTD
namespace detail {

class zstd_frame {
  public:
    static constexpr std::size_t most_header = zstd_header::most;
    static constexpr unsigned padding = 0;
    static constexpr bool many = true;
    static constexpr const char* not_this = "not zstd: a frame must begin with the bytes 28 b5 2f fd";
    static constexpr const char* trailing = "bytes that are not zstd follow the last zstd frame";
    static constexpr const char* cut = "the data ends inside a zstd frame";
    static constexpr const char* corrupt = "invalid zstd data";

    explicit zstd_frame(std::shared_ptr<const std::string> dictionary) : dictionary_{std::move(dictionary)} {}

    frame_start look(std::span<const std::byte> first) noexcept {
        return look_at_both(skippable_, first, header_.read(first), skip_);
    }

    std::uint64_t memory() const noexcept {
        if (skip_) return 0;
        return header_.window + fixed + (dictionary_ ? dictionary_->size() : 0);
    }

    void begin() {
        if (skip_) return;
        if (!context_) {
            context_.reset(::ZSTD_createDCtx());
            if (!context_) throw std::bad_alloc{};
            // what may be held is granted by us; 31 is all that the library knows on 64 bits
            ::ZSTD_DCtx_setParameter(context_.get(), ::ZSTD_d_windowLogMax, sizeof(void*) == 4 ? 30 : 31);
            if (dictionary_ && ::ZSTD_isError(::ZSTD_DCtx_loadDictionary(context_.get(), dictionary_->data(),
                                                                         dictionary_->size())))
                throw std::bad_alloc{};
        } else {
            ::ZSTD_DCtx_reset(context_.get(), ::ZSTD_reset_session_only);
        }
    }

    frame_step run(std::span<const std::byte> in, std::span<std::byte> out, std::uint64_t) noexcept {
        if (skip_) return skippable_.run(in);
        frame_step step;
        if (header_.dictionary != 0 && !dictionary_) {
            step.problem = "the data was compressed with a dictionary, and none is given";
            step.code = errc::invalid_option;
            return step;
        }
        ::ZSTD_inBuffer input{in.data(), in.size(), 0};
        ::ZSTD_outBuffer output{out.data(), out.size(), 0};
        const auto code = ::ZSTD_decompressStream(context_.get(), &output, &input);
        step.consumed = input.pos;
        step.produced = output.pos;
        if (::ZSTD_isError(code))
            describe(::ZSTD_getErrorCode(code), step);
        else
            step.finished = code == 0;
        return step;
    }

    void release() noexcept { context_.reset(); }

  private:
    struct free_context {
        void operator()(::ZSTD_DCtx* c) const noexcept { ::ZSTD_freeDCtx(c); }
    };
    /// Tables, an input block, and what stands between the window and the blocks written into it.
    static constexpr std::uint64_t fixed = std::uint64_t{576} << 10;

    static void describe(::ZSTD_ErrorCode code, frame_step& step) noexcept {
        switch (code) {
        case ::ZSTD_error_checksum_wrong:
            step.problem = "the checksum of a zstd frame does not match";
            return;
        case ::ZSTD_error_dictionary_wrong:
        case ::ZSTD_error_dictionary_corrupted:
            step.problem = "the data was compressed with another dictionary than the one that is given";
            step.code = errc::invalid_option;
            return;
        case ::ZSTD_error_frameParameter_windowTooLarge:
            step.problem = "a zstd frame has a larger window than this machine's libzstd reads";
            step.code = errc::unsupported;
            return;
        default:
            step.problem = corrupt;
        }
    }

    std::shared_ptr<const std::string> dictionary_;
    zstd_header header_;
    skippable_frame skippable_;
    bool skip_ = false; // this frame is one
    std::unique_ptr<::ZSTD_DCtx, free_context> context_;
};

class zstd_encoder final : public encoder {
  public:
    explicit zstd_encoder(const encoder_options& options) : context_{::ZSTD_createCCtx()} {
        if (!context_) throw std::bad_alloc{};
        set(::ZSTD_c_compressionLevel, options.level().value_or(3));
        set(::ZSTD_c_checksumFlag, 1);
        if (options.window_bits()) {
            set(::ZSTD_c_windowLog, *options.window_bits());
            if (*options.window_bits() >= 27) set(::ZSTD_c_enableLongDistanceMatching, 1);
        }
        const auto& dictionary = options.dictionary();
        if (dictionary)
            check(::ZSTD_CCtx_loadDictionary(context_.get(), dictionary->data(), dictionary->size()));
    }

    codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (total.consumed < in.size() && total.produced < out.size())
            run(in.subspan(total.consumed), out.subspan(total.produced), ::ZSTD_e_continue, total);
        return total;
    }
    codec_step finish(std::span<std::byte> out) override {
        codec_step total;
        while (!ended_ && total.produced < out.size())
            ended_ = run({}, out.subspan(total.produced), ::ZSTD_e_end, total) == 0;
        return total;
    }

  private:
    struct free_context {
        void operator()(::ZSTD_CCtx* c) const noexcept { ::ZSTD_freeCCtx(c); }
    };

    static std::size_t check(std::size_t code) {
        if (::ZSTD_isError(code)) {
            if (::ZSTD_getErrorCode(code) == ::ZSTD_error_memory_allocation) throw std::bad_alloc{};
            throw_failure(failure{errc::invalid_option, std::string{"zstd: "} + ::ZSTD_getErrorName(code)});
        }
        return code;
    }
    void set(::ZSTD_cParameter name, int value) {
        check(::ZSTD_CCtx_setParameter(context_.get(), name, value));
    }

    std::size_t run(std::span<const std::byte> in, std::span<std::byte> out, ::ZSTD_EndDirective how,
                    codec_step& total) {
        ::ZSTD_inBuffer input{in.data(), in.size(), 0};
        ::ZSTD_outBuffer output{out.data(), out.size(), 0};
        const auto left = check(::ZSTD_compressStream2(context_.get(), &output, &input, how));
        total.consumed += input.pos;
        total.produced += output.pos;
        return left;
    }

    std::unique_ptr<::ZSTD_CCtx, free_context> context_;
    bool ended_ = false;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_zstd_decoder(const decoder_options& options) {
    return std::make_unique<detail::framed_decoder<detail::zstd_frame>>(options, options.dictionary());
}

PENSTOCK_DECL std::unique_ptr<encoder> make_zstd_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::zstd, options);
    return std::make_unique<detail::zstd_encoder>(options);
}
#else
PENSTOCK_DECL std::unique_ptr<decoder> make_zstd_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::zstd);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_zstd_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::zstd);
}
#endif

} // namespace penstock
