// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/decode_text.hpp>

#include <penstock/format/read_options.hpp>
#include <penstock/format/text_decoder.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace penstock {
namespace detail {

class decoded_source final : public byte_source {
  public:
    decoded_source(std::unique_ptr<byte_source> below, text_encoding encoding, broken_text on_broken,
                   std::shared_ptr<buffer_pool> pool)
        : below_{std::move(below)}, decoder_{encoding, on_broken, below_->name()}, pool_{std::move(pool)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        for (;;) {
            if (rest_ != rest_end_) return io_result::bytes(give_rest(into));
            if (failed_) return io_result::failed(failed_);
            if (const auto n = decode(into)) return io_result::bytes(n);
            if (failed_ || rest_ != rest_end_) continue;
            if (ended_) return io_result::end();
            auto r = fill();
            if (r.status == io_status::would_block) return r;
            if (r.status == io_status::error) failed_ = std::move(r.error);
        }
    }
    awaitable<void> ready() override { return below_->ready(); }
    std::string name() const override { return below_->name(); }

  private:
    static constexpr std::size_t block = std::size_t{64} << 10;

    /// What is decoded into a room that may be too small for a character waits in `small_`.
    std::size_t decode(std::span<std::byte> into) {
        if (begin_ == end_) return 0;
        const bool roomy = into.size() >= text_decoder::least_room;
        auto step = decoder_.decode(input_.span().subspan(begin_, end_ - begin_), roomy ? into : std::span{small_}, ended_);
        begin_ += step.consumed;
        failed_ = std::move(step.failed);
        if (roomy) return step.produced;
        rest_ = 0;
        rest_end_ = step.produced;
        return 0;
    }

    std::size_t give_rest(std::span<std::byte> into) noexcept {
        const auto n = std::min(into.size(), rest_end_ - rest_);
        std::memcpy(into.data(), small_.data() + rest_, n);
        rest_ += n;
        return n;
    }

    /// What is left over is less than a character.
    io_result fill() {
        if (!input_) {
            try {
                input_ = (pool_ ? pool_ : buffer_pool::create())->take(block);
            } catch (const error& e) {
                return io_result::failed(e.as_failure());
            }
        }
        std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        auto r = below_->try_read_some(input_.span().first(block).subspan(end_));
        if (r.status == io_status::bytes) end_ += r.size;
        if (r.status == io_status::end) ended_ = true;
        return r;
    }

    std::unique_ptr<byte_source> below_;
    text_decoder decoder_;
    std::shared_ptr<buffer_pool> pool_;
    pooled_buffer input_;
    std::size_t begin_ = 0; // of what is not decoded
    std::size_t end_ = 0;
    std::array<std::byte, text_decoder::least_room> small_{};
    std::size_t rest_ = 0;
    std::size_t rest_end_ = 0;
    bool ended_ = false;
    failure failed_;
};

PENSTOCK_DECL std::unique_ptr<byte_source> decoded(std::unique_ptr<byte_source> source, const read_options& options) {
    if (options.encoding == text_encoding::utf8 && options.on_broken_text == broken_text::fail) return source;
    return decode_text(std::move(source), options.encoding, options.on_broken_text, options.pool);
}

} // namespace detail

PENSTOCK_DECL std::unique_ptr<byte_source> decode_text(std::unique_ptr<byte_source> source, text_encoding encoding,
                                                       broken_text on_broken, std::shared_ptr<buffer_pool> pool) {
    return std::make_unique<detail::decoded_source>(std::move(source), encoding, on_broken, std::move(pool));
}

} // namespace penstock
