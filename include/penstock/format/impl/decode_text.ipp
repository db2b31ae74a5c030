// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/decode_text.hpp>

#include <penstock/format/read_options.hpp>
#include <penstock/format/text_decoder.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {
namespace detail {

class decoded_source final : public byte_source {
  public:
    /// `read` was taken from `below`: less than a block.
    decoded_source(std::unique_ptr<byte_source> below, text_encoding encoding, broken_text on_broken,
                   std::shared_ptr<buffer_pool> pool, std::string read = {})
        : below_{std::move(below)}, decoder_{encoding, on_broken, below_->name()}, pool_{std::move(pool)}, read_{std::move(read)} {}

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
        if (!read_.empty()) {
            end_ = read_.copy(reinterpret_cast<char*>(input_.data()), read_.size());
            read_.clear();
            return io_result::bytes(end_);
        }
        auto r = below_->try_read_some(input_.span().first(block).subspan(end_));
        if (r.status == io_status::bytes) end_ += r.size;
        if (r.status == io_status::end) ended_ = true;
        return r;
    }

    std::unique_ptr<byte_source> below_;
    text_decoder decoder_;
    std::shared_ptr<buffer_pool> pool_;
    std::string read_;
    pooled_buffer input_;
    std::size_t begin_ = 0; // of what is not decoded
    std::size_t end_ = 0;
    std::array<std::byte, text_decoder::least_room> small_{};
    std::size_t rest_ = 0;
    std::size_t rest_end_ = 0;
    bool ended_ = false;
    failure failed_;
};

/// UTF-8, unless its first two bytes are a byte-order mark of UTF-16, which begins no UTF-8.
class marked_source final : public byte_source {
  public:
    marked_source(std::unique_ptr<byte_source> below, broken_text on_broken, std::shared_ptr<buffer_pool> pool)
        : source_{std::move(below)}, on_broken_{on_broken}, pool_{std::move(pool)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        if (!known_) {
            auto r = begin(into.first(std::min(into.size(), first_read)));
            if (r) return std::move(*r);
        }
        if (read_.empty()) return source_->try_read_some(into);
        const auto n = read_.copy(reinterpret_cast<char*>(into.data()), into.size());
        read_.erase(0, n);
        return io_result::bytes(n);
    }
    awaitable<void> ready() override { return source_->ready(); }
    std::string name() const override { return source_->name(); }

  private:
    static constexpr std::size_t first_read = 4096; // goes into a decoder's block

    /// Looks at the first bytes, and gives them as they come where nothing is to be decoded. Nothing: `source_` and what was read
    /// in front of it are known.
    std::optional<io_result> begin(std::span<std::byte> into) {
        if (read_.empty()) {
            auto r = source_->try_read_some(into);
            if (r.status != io_status::bytes) return r;
            const std::string_view text{reinterpret_cast<const char*>(into.data()), r.size};
            const bool perhaps = text.starts_with('\xff') || text.starts_with('\xfe');
            known_ = !perhaps && on_broken_ == broken_text::fail;
            if (known_) return r;
            read_ = text;
        }
        while (read_.size() == 1) {
            std::byte next;
            auto r = source_->try_read_some({&next, 1});
            if (r.status == io_status::would_block) return r;
            if (r.status != io_status::bytes) break; // it is told again
            read_ += static_cast<char>(next);
        }
        known_ = true;
        const bool marked = read_.starts_with("\xff\xfe") || read_.starts_with("\xfe\xff");
        if (marked || on_broken_ == broken_text::replace)
            source_ = std::make_unique<decoded_source>(std::move(source_), marked ? text_encoding::utf16 : text_encoding::utf8,
                                                       on_broken_, std::move(pool_), std::exchange(read_, {}));
        return std::nullopt;
    }

    std::unique_ptr<byte_source> source_;
    broken_text on_broken_;
    std::shared_ptr<buffer_pool> pool_;
    std::string read_;
    bool known_ = false;
};

PENSTOCK_DECL std::unique_ptr<byte_source> decoded(std::unique_ptr<byte_source> source, const read_options& options) {
    if (options.encoding == text_encoding::utf8)
        return std::make_unique<marked_source>(std::move(source), options.on_broken_text, options.pool);
    return decode_text(std::move(source), options.encoding, options.on_broken_text, options.pool);
}

} // namespace detail

PENSTOCK_DECL std::unique_ptr<byte_source> decode_text(std::unique_ptr<byte_source> source, text_encoding encoding,
                                                       broken_text on_broken, std::shared_ptr<buffer_pool> pool) {
    return std::make_unique<detail::decoded_source>(std::move(source), encoding, on_broken, std::move(pool));
}

} // namespace penstock
