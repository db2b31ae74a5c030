// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/byte_source.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

namespace penstock::detail {

/// Stored bytes on their way from a source to a decoder. Until memory is granted they pass through a few
/// bytes of its own: enough to find out what they are and what they will need.
class compressed_input {
  public:
    static constexpr std::size_t block = std::size_t{128} << 10;

    explicit compressed_input(std::unique_ptr<byte_source> below) : below_{std::move(below)} {}

    byte_source& below() const noexcept { return *below_; }
    bool ended() const noexcept { return ended_; }
    std::span<const std::byte> pending() const noexcept { return {data() + begin_, end_ - begin_}; }
    void consume(std::size_t n) noexcept { begin_ += n; }

    /// Goes over to a block of at least `block` bytes.
    void use(pooled_buffer b) {
        const auto rest = pending();
        if (!rest.empty()) std::memcpy(b.data(), rest.data(), rest.size());
        buffer_ = std::move(b);
        begin_ = 0;
        end_ = rest.size();
    }
    bool has_block() const noexcept { return static_cast<bool>(buffer_); }

    /// More input behind what is there, as far as there is room. Anything but `bytes` moved nothing.
    io_result fill() {
        if (ended_) return io_result::end();
        if (begin_ == end_) begin_ = end_ = 0;
        if (begin_ > 0 && end_ == capacity()) {
            std::memmove(data(), data() + begin_, end_ - begin_);
            end_ -= std::exchange(begin_, 0);
        }
        auto r = below_->try_read_some({data() + end_, capacity() - end_});
        if (r.status == io_status::bytes) end_ += r.size;
        if (r.status == io_status::end) ended_ = true;
        return r;
    }

    /// Swaps the block that is filled for another one, whose content is done with; answers how many bytes it
    /// holds. Nothing of it may have been consumed.
    std::size_t move_to(pooled_buffer& other) noexcept {
        buffer_.swap(other);
        return std::exchange(end_, 0);
    }

    /// Gives the block back. Nothing may be pending.
    void release() noexcept {
        buffer_ = {};
        begin_ = end_ = 0;
    }

  private:
    std::byte* data() noexcept { return buffer_ ? buffer_.data() : first_.data(); }
    const std::byte* data() const noexcept { return buffer_ ? buffer_.data() : first_.data(); }
    std::size_t capacity() const noexcept { return buffer_ ? buffer_.size() : first_.size(); }

    std::unique_ptr<byte_source> below_;
    pooled_buffer buffer_;
    std::array<std::byte, 512> first_{};
    std::size_t begin_ = 0, end_ = 0; // of what is pending
    bool ended_ = false;
};

} // namespace penstock::detail
