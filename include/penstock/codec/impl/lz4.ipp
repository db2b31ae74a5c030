// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/lz4.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#ifdef PENSTOCK_HAS_LZ4
#include <penstock/codec/detail/hadoop_codec.hpp>
#include <penstock/codec/detail/raw_block_decoder.hpp>
#include <penstock/codec/detail/skippable_frame.hpp>

#include <lz4.h>
#include <lz4frame.h>
#endif

namespace penstock {
#ifdef PENSTOCK_HAS_LZ4
namespace detail {

class lz4_frame {
  public:
    static constexpr std::size_t most_header = 8;
    static constexpr unsigned padding = 0;
    static constexpr bool many = true;
    static constexpr const char* not_this = "not lz4: a frame must begin with the bytes 04 22 4d 18";
    static constexpr const char* trailing = "bytes that are not lz4 follow the last lz4 frame";
    static constexpr const char* cut = "the data ends inside an lz4 frame";
    static constexpr const char* corrupt = "invalid lz4 data, or a checksum that does not match";

    frame_start look(std::span<const std::byte> first) noexcept {
        return look_at_both(skippable_, first, look_at_frame(first), skip_);
    }
    std::uint64_t memory() const noexcept { return skip_ ? 0 : 2 * block_ + (std::uint64_t{192} << 10); }

    void begin() {
        if (skip_) return;
        ::LZ4F_dctx* made = nullptr; // anew: the library keeps buffers that were sized by the frame before
        if (::LZ4F_isError(::LZ4F_createDecompressionContext(&made, LZ4F_VERSION))) throw std::bad_alloc{};
        context_.reset(made);
    }

    frame_step run(std::span<const std::byte> in, std::span<std::byte> out, std::uint64_t) noexcept {
        if (skip_) return skippable_.run(in);
        frame_step step;
        step.consumed = in.size();
        step.produced = out.size();
        const auto code =
            ::LZ4F_decompress(context_.get(), out.data(), &step.produced, in.data(), &step.consumed, nullptr);
        if (::LZ4F_isError(code)) {
            step.consumed = step.produced = 0;
            step.problem = corrupt;
        } else {
            step.finished = code == 0;
        }
        return step;
    }

    void release() noexcept { context_.reset(); }

  private:
    struct free_context {
        void operator()(::LZ4F_dctx* c) const noexcept { ::LZ4F_freeDecompressionContext(c); }
    };

    /// Magic, flags, and the descriptor of blocks, whose size is all that is wanted.
    frame_start look_at_frame(std::span<const std::byte> first) noexcept {
        static constexpr std::uint8_t magic[] = {0x04, 0x22, 0x4d, 0x18};
        for (std::size_t i = 0; i < std::min<std::size_t>(first.size(), 4); ++i)
            if (std::to_integer<std::uint8_t>(first[i]) != magic[i]) return frame_start::bad;
        if (first.size() < 6) return frame_start::more;
        const auto code = std::to_integer<unsigned>(first[5]) >> 4 & 7;
        block_ = std::uint64_t{1} << (2 * std::max(code, 4u) + 8);
        return frame_start::good;
    }

    skippable_frame skippable_;
    bool skip_ = false;
    std::uint64_t block_ = 0;
    std::unique_ptr<::LZ4F_dctx, free_context> context_;
};

/// See block_format.hpp.
struct lz4_block {
    static constexpr std::uint64_t most = LZ4_MAX_INPUT_SIZE;
    static constexpr const char* corrupt = "invalid lz4 block, or not of the size that was given for it";
    static constexpr const char* corrupt_hadoop = "invalid lz4 data in Hadoop's framing";
    static constexpr const char* too_long =
        "the lz4 block is longer than any of the size that was given for it";
    static constexpr const char* cut = "the data ends inside an lz4 block of Hadoop's framing";

    static std::uint64_t bound(std::uint64_t plain) noexcept { return plain + plain / 255 + 16; }
    static block_size plain_size(std::span<const std::byte>) noexcept { return {block_size::state::bad, 0}; }
    static std::optional<std::size_t> decode(std::span<const std::byte> stored,
                                             std::span<std::byte> out) noexcept {
        const int n = ::LZ4_decompress_safe(reinterpret_cast<const char*>(stored.data()),
                                            reinterpret_cast<char*>(out.data()),
                                            static_cast<int>(stored.size()), static_cast<int>(out.size()));
        return n < 0 ? std::nullopt : std::optional{static_cast<std::size_t>(n)};
    }
    static std::size_t encode(std::span<const std::byte> plain, std::span<std::byte> out) noexcept {
        return static_cast<std::size_t>(::LZ4_compress_default(
            reinterpret_cast<const char*>(plain.data()), reinterpret_cast<char*>(out.data()),
            static_cast<int>(plain.size()), static_cast<int>(out.size())));
    }
};

class lz4_encoder final : public staged_encoder {
  public:
    explicit lz4_encoder(int level) {
        ::LZ4F_cctx* made = nullptr;
        if (::LZ4F_isError(::LZ4F_createCompressionContext(&made, LZ4F_VERSION))) throw std::bad_alloc{};
        context_.reset(made);
        preferences_.compressionLevel = level;
        preferences_.frameInfo.blockSizeID = ::LZ4F_max256KB;
        preferences_.frameInfo.contentChecksumFlag = ::LZ4F_contentChecksumEnabled;
    }

  private:
    static constexpr std::size_t slice = std::size_t{64} << 10;
    struct free_context {
        void operator()(::LZ4F_cctx* c) const noexcept { ::LZ4F_freeCompressionContext(c); }
    };

    std::size_t take(std::span<const std::byte> in, std::vector<std::byte>& staged) override {
        const auto n = std::min(in.size(), slice);
        begin(staged);
        append(staged, ::LZ4F_compressBound(n, &preferences_), [&](std::span<std::byte> room) {
            return ::LZ4F_compressUpdate(context_.get(), room.data(), room.size(), in.data(), n, nullptr);
        });
        return n;
    }
    void end(std::vector<std::byte>& staged) override {
        begin(staged);
        append(staged, ::LZ4F_compressBound(0, &preferences_), [&](std::span<std::byte> room) {
            return ::LZ4F_compressEnd(context_.get(), room.data(), room.size(), nullptr);
        });
    }
    void begin(std::vector<std::byte>& staged) {
        if (std::exchange(begun_, true)) return;
        append(staged, LZ4F_HEADER_SIZE_MAX, [&](std::span<std::byte> room) {
            return ::LZ4F_compressBegin(context_.get(), room.data(), room.size(), &preferences_);
        });
    }
    template <class F>
    static void append(std::vector<std::byte>& staged, std::size_t most, F f) {
        const auto before = staged.size();
        staged.resize(before + most);
        const auto n = f(std::span{staged}.subspan(before));
        if (::LZ4F_isError(n)) throw std::bad_alloc{}; // all else is right
        staged.resize(before + n);
    }

    ::LZ4F_preferences_t preferences_{};
    std::unique_ptr<::LZ4F_cctx, free_context> context_;
    bool begun_ = false;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_decoder(const decoder_options& options) {
    return std::make_unique<detail::framed_decoder<detail::lz4_frame>>(options);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_block_decoder(const decoder_options& options) {
    if (!options.plain_size())
        throw_failure(failure{errc::invalid_option, "an lz4 block does not say how many bytes it holds",
                              "give decoder_options::plain_size"});
    return std::make_unique<detail::raw_block_decoder<detail::lz4_block>>(options.plain_size());
}
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_hadoop_decoder(const decoder_options&) {
    return std::make_unique<detail::hadoop_decoder<detail::lz4_block>>();
}
PENSTOCK_DECL std::unique_ptr<encoder> make_lz4_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::lz4, options);
    return std::make_unique<detail::lz4_encoder>(options.level().value_or(0));
}
PENSTOCK_DECL std::unique_ptr<encoder> make_lz4_hadoop_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::lz4_hadoop, options);
    return std::make_unique<detail::hadoop_encoder<detail::lz4_block>>();
}
#else
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::lz4);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_block_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::lz4_block);
}
PENSTOCK_DECL std::unique_ptr<decoder> make_lz4_hadoop_decoder(const decoder_options&) {
    detail::throw_missing_codec(compression::lz4_hadoop);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_lz4_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::lz4);
}
PENSTOCK_DECL std::unique_ptr<encoder> make_lz4_hadoop_encoder(const encoder_options&) {
    detail::throw_missing_codec(compression::lz4_hadoop);
}
#endif

} // namespace penstock
