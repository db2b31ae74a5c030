// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/detail/block_format.hpp>
#include <penstock/codec/detail/byte_order.hpp>
#include <penstock/codec/detail/staged_encoder.hpp>

#include <array>
#include <memory>
#include <optional>

namespace penstock::detail {

// How Hadoop (its BlockCompressorStream) puts blocks of lz4 and snappy into a file: the plain size of a block
// in four bytes, the highest first, then chunks of it, each behind its stored size in four bytes, until that
// plain size is reached.

template <class Block>
class hadoop_decoder final : public decoder {
  public:
    codec_step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
        codec_step total;
        while (!total.problem && !total.needs) {
            hand_out(out, total);
            if (total.produced == out.size() && sent_ < plain_size_) break;
            const auto rest = in.subspan(total.consumed);
            if (rest.empty()) break;
            if (phase_ == phase::chunk)
                take_chunk(rest, total);
            else
                take_number(rest, total);
        }
        return total;
    }

    codec_step finish(std::span<std::byte>) override {
        codec_step step;
        if (phase_ != phase::block_size || number_size_ != 0) step.problem = Block::cut;
        return step;
    }

  private:
    enum class phase : std::uint8_t { block_size, chunk_size, chunk };

    void take_number(std::span<const std::byte> in, codec_step& total) {
        if (number_size_ < 4) {
            number_[number_size_++] = in.front();
            ++total.consumed;
        }
        if (number_size_ < 4) return;
        const auto n = read_big_endian(number_);
        if (phase_ == phase::block_size) {
            if (n > Block::most || !may_hold(n + Block::bound(n), total)) {
                if (n > Block::most) refuse(total, 4);
                // asked for once more before the next byte is taken
                return;
            }
            block_left_ = n;
            if (n > 0) phase_ = phase::chunk_size;
        } else {
            if (n == 0 || n > Block::bound(block_left_)) return refuse(total, 4);
            chunk_left_ = n;
            stored_.clear();
            phase_ = phase::chunk;
        }
        number_size_ = 0;
    }

    void take_chunk(std::span<const std::byte> in, codec_step& total) {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, in.size()));
        total.consumed += n;
        chunk_left_ -= n;
        if (chunk_left_ > 0 || !stored_.empty()) {
            if (stored_.empty()) make_room(n + static_cast<std::size_t>(chunk_left_));
            stored_.insert(stored_.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(n));
            in = stored_;
        } else {
            in = in.first(n); // whole as it came
        }
        if (chunk_left_ == 0) decode_chunk(in, total);
    }

    /// For so many bytes of a chunk: growing, it would hold more than was asked for.
    void make_room(std::size_t bytes) {
        if (stored_.capacity() >= bytes) return;
        stored_ = {};
        stored_.reserve(bytes);
    }

    void decode_chunk(std::span<const std::byte> chunk, codec_step& total) {
        if (capacity_ < block_left_) {
            capacity_ = static_cast<std::size_t>(block_left_);
            plain_.reset();
            plain_ = std::make_unique_for_overwrite<std::byte[]>(capacity_);
        }
        const auto size =
            Block::decode(chunk, std::span{plain_.get(), static_cast<std::size_t>(block_left_)});
        if (!size || *size == 0) return refuse(total, chunk.size());
        plain_size_ = *size;
        sent_ = 0;
        block_left_ -= plain_size_;
        phase_ = block_left_ > 0 ? phase::chunk_size : phase::block_size;
    }

    void hand_out(std::span<std::byte> out, codec_step& total) noexcept {
        const auto n = std::min(out.size() - total.produced, plain_size_ - sent_);
        if (n != 0) std::memcpy(out.data() + total.produced, plain_.get() + sent_, n);
        total.produced += n;
        sent_ += n;
    }

    static void refuse(codec_step& total, std::size_t behind) noexcept {
        total.problem = Block::corrupt_hadoop;
        total.behind = behind;
    }

    phase phase_ = phase::block_size;
    std::array<std::byte, 4> number_{};
    std::size_t number_size_ = 0;
    std::uint64_t block_left_ = 0; // plain bytes to come of this block
    std::uint64_t chunk_left_ = 0; // stored bytes to come of this chunk
    std::vector<std::byte> stored_;
    std::unique_ptr<std::byte[]> plain_;
    std::size_t capacity_ = 0;
    std::size_t plain_size_ = 0; // of the chunk that is handed out
    std::size_t sent_ = 0;
};

template <class Block>
class hadoop_encoder final : public staged_encoder {
  public:
    /// What Hadoop's own readers have room for, whichever codec.
    static constexpr std::size_t block = std::size_t{128} << 10;

  private:
    std::size_t take(std::span<const std::byte> in, std::vector<std::byte>& staged) override {
        if (plain_.empty() && in.size() >= block) {
            put(in.first(block), staged);
            return block;
        }
        const auto n = std::min(in.size(), block - plain_.size());
        plain_.insert(plain_.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(n));
        if (plain_.size() == block) end(staged);
        return n;
    }
    void end(std::vector<std::byte>& staged) override {
        if (!plain_.empty()) put(plain_, staged);
        plain_.clear();
    }
    static void put(std::span<const std::byte> plain, std::vector<std::byte>& staged) {
        staged.resize(8 + static_cast<std::size_t>(Block::bound(plain.size())));
        const auto size = Block::encode(plain, std::span{staged}.subspan(8));
        for (std::size_t i = 0; i < 4; ++i) {
            staged[i] = static_cast<std::byte>(plain.size() >> (24 - 8 * i));
            staged[4 + i] = static_cast<std::byte>(size >> (24 - 8 * i));
        }
        staged.resize(8 + size);
    }

    std::vector<std::byte> plain_;
};

} // namespace penstock::detail
