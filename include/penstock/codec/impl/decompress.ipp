// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decompress.hpp>

#include <penstock/codec/gzip.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace penstock {
namespace detail {

inline constexpr std::size_t decode_input = std::size_t{128} << 10;
inline constexpr std::size_t decode_slice = std::size_t{1} << 20;

inline failure codec_failure(errc code, compression kind, const byte_source& source, std::string message) {
    error_detail d;
    d.operation = "decompress " + std::string{to_string(kind)};
    d.object = source.name();
    d.message = std::move(message);
    return failure{code, std::move(d)};
}

inline failure unsupported_codec(compression kind, const byte_source& source) {
    const auto name = std::string{to_string(kind)};
    return codec_failure(errc::unsupported, kind, source, "this version cannot read " + name + " data")
        .with([](error_detail& d) { d.hint = "store it as gzip or uncompressed, or decompress it first"; });
}

/// Null for a codec that is not there.
inline std::unique_ptr<decoder> make_decoder(compression kind) {
    if (kind == compression::gzip) return make_gzip_decoder();
    return nullptr;
}

/// Drives a decoder over a source; finds out first which one.
class decoding_source final : public byte_source {
  public:
    decoding_source(std::unique_ptr<byte_source> below, const decompress_options& options)
        : below_{std::move(below)}, pool_{options.pool() ? options.pool() : buffer_pool::create()},
          kind_{options.kind()} {
        if (!kind_) return;
        if (*kind_ == compression::none)
            mode_ = mode::plain;
        else
            begin_decoding();
    }

    io_result try_read_some(std::span<std::byte> into) override {
        if (failed_) return io_result::failed(failed_);
        if (mode_ == mode::detecting) {
            auto r = detect();
            if (r.status != io_status::bytes) return settle(std::move(r));
        }
        auto r = mode_ == mode::plain ? read_plain(into) : read_decoded(into);
        return settle(std::move(r));
    }

    awaitable<void> ready() override {
        if (since_yield_ >= decode_slice) {
            since_yield_ = 0;
            co_await detail::yield();
        } else {
            co_await below_->ready();
        }
    }

    std::optional<std::uint64_t> remaining() const override {
        if (mode_ != mode::plain) return std::nullopt;
        const auto rest = below_->remaining();
        return rest ? std::optional{*rest + (end_ - begin_)} : std::nullopt;
    }
    std::string name() const override { return below_->name(); }

  private:
    enum class mode : std::uint8_t { detecting, plain, decoding };

    io_result settle(io_result r) {
        if (r.status == io_status::error) failed_ = r.error;
        return r;
    }

    void begin_decoding() {
        decoder_ = make_decoder(*kind_);
        if (!decoder_) throw_failure(unsupported_codec(*kind_, *below_));
        mode_ = mode::decoding;
    }

    /// More input behind what is there. Anything but `bytes` moved nothing.
    io_result fill() {
        if (below_ended_) return io_result::end();
        if (!buffer_) buffer_ = pool_->take(decode_input);
        if (begin_ == end_) {
            taken_ += begin_;
            begin_ = end_ = 0;
        }
        auto r = below_->try_read_some(buffer_.span().subspan(end_));
        if (r.status == io_status::bytes) end_ += r.size;
        if (r.status == io_status::end) below_ended_ = true;
        return r;
    }

    std::span<const std::byte> pending() const noexcept {
        return buffer_.span().subspan(begin_, end_ - begin_);
    }

    /// `bytes` once the mode is known.
    io_result detect() {
        for (;;) {
            const auto found = compression_from_magic(pending(), below_ended_);
            if (found) return settle_kind(*found);
            auto r = fill();
            if (r.status == io_status::would_block || r.status == io_status::error) return r;
        }
    }

    io_result settle_kind(compression found) {
        const bool empty = begin_ == end_ && below_ended_;
        const auto promised = compression_from_name(below_->name());
        kind_ = found;
        if (found == compression::none && !empty) kind_ = promised;
        if (*kind_ == compression::none) {
            mode_ = mode::plain;
            return io_result::bytes(1);
        }
        decoder_ = make_decoder(*kind_);
        if (!decoder_) return io_result::failed(unsupported_codec(*kind_, *below_));
        if (found == compression::none)
            return io_result::failed(
                codec_failure(errc::corrupt_compressed_data, promised, *below_,
                              "the name promises " + std::string{to_string(promised)} +
                                  ", but the data does not begin as such")
                    .with([](error_detail& d) {
                        d.byte_offset = 0;
                        d.hint =
                            "if it is not compressed, read it with compression::none or without decompress";
                    }));
        mode_ = mode::decoding;
        return io_result::bytes(1);
    }

    io_result read_plain(std::span<std::byte> into) {
        if (begin_ == end_) {
            if (below_ended_) return io_result::end();
            buffer_ = {};
            return below_->try_read_some(into);
        }
        const auto n = std::min(into.size(), end_ - begin_);
        std::memcpy(into.data(), pending().data(), n);
        begin_ += n;
        return io_result::bytes(n);
    }

    io_result read_decoded(std::span<std::byte> into) {
        if (since_yield_ >= decode_slice) return io_result::would_block();
        for (;;) {
            const auto step = decoder_->decode(pending(), into);
            begin_ += step.consumed;
            since_yield_ += step.produced;
            if (step.problem) failed_ = corrupt(step.problem);
            if (step.produced != 0) return io_result::bytes(step.produced);
            if (failed_) return io_result::failed(failed_);
            auto r = fill();
            if (r.status == io_status::end) {
                if (const char* problem = decoder_->finish()) return io_result::failed(corrupt(problem));
                buffer_ = {};
                begin_ = end_ = 0;
                return r;
            }
            if (r.status != io_status::bytes) return r;
        }
    }

    failure corrupt(const char* problem) const {
        return codec_failure(errc::corrupt_compressed_data, *kind_, *below_, problem)
            .with([this](error_detail& d) { d.byte_offset = taken_ + begin_; });
    }

    std::unique_ptr<byte_source> below_;
    std::shared_ptr<buffer_pool> pool_;
    std::optional<compression> kind_;
    std::unique_ptr<decoder> decoder_;
    pooled_buffer buffer_;
    std::size_t begin_ = 0, end_ = 0; // of what is pending in the buffer
    std::uint64_t taken_ = 0;         // bytes before the buffer
    std::size_t since_yield_ = 0;
    mode mode_ = mode::detecting;
    bool below_ended_ = false;
    failure failed_;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<byte_source> decompress(std::unique_ptr<byte_source> source,
                                                      decompress_options options) {
    return std::make_unique<detail::decoding_source>(std::move(source), options);
}

} // namespace penstock
