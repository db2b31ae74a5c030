// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decoder.hpp>
#include <penstock/codec/detail/block_format.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

namespace penstock::detail {

/// One block without any frame, decoded when all of it is there: it may refer to anything before in it.
template <class Block>
class raw_block_decoder final : public decoder {
  public:
    /// `plain_size`: for blocks that do not tell it.
    explicit raw_block_decoder(std::optional<std::uint64_t> plain_size) : plain_size_{plain_size} {}

    codec_step decode(std::span<const std::byte> in, std::span<std::byte>) override {
        codec_step step;
        while (step.consumed < in.size() && !step.problem) {
            if (!plain_size_) {
                stored_.push_back(in[step.consumed++]);
                const auto told = Block::plain_size(stored_);
                if (told.state == block_size::state::known) plain_size_ = told.bytes;
                if (told.state == block_size::state::bad) step.problem = Block::corrupt;
                continue;
            }
            if (*plain_size_ > Block::most) {
                step.problem = Block::corrupt;
                return step;
            }
            const auto most = Block::bound(*plain_size_);
            if (!may_hold(*plain_size_ + most, step)) return step;
            stored_.reserve(static_cast<std::size_t>(most)); // growing, it would hold more than was asked for
            const auto n = std::min<std::uint64_t>(in.size() - step.consumed, most - stored_.size());
            const auto part = in.subspan(step.consumed, static_cast<std::size_t>(n));
            if (part.empty()) {
                step.problem = Block::too_long;
                return step;
            }
            stored_.insert(stored_.end(), part.begin(), part.end());
            step.consumed += part.size();
        }
        return step;
    }

    codec_step finish(std::span<std::byte> out) override {
        codec_step step;
        if (stored_.empty() && !plain_) return step; // no bytes at all: no data
        if (!plain_) {
            if (!plain_size_) {
                step.problem = Block::cut;
                return step;
            }
            if (!may_hold(*plain_size_ + Block::bound(*plain_size_), step)) return step;
            const auto size = static_cast<std::size_t>(*plain_size_);
            plain_ = std::make_unique_for_overwrite<std::byte[]>(std::max<std::size_t>(size, 1));
            if (Block::decode(stored_, std::span{plain_.get(), size}) != size) {
                step.problem = Block::corrupt;
                return step;
            }
            stored_ = {};
        }
        step.produced = std::min(out.size(), static_cast<std::size_t>(*plain_size_) - sent_);
        std::memcpy(out.data(), plain_.get() + sent_, step.produced);
        sent_ += step.produced;
        return step;
    }

  private:
    std::optional<std::uint64_t> plain_size_;
    std::vector<std::byte> stored_;
    std::unique_ptr<std::byte[]> plain_;
    std::size_t sent_ = 0; // of plain_
};

} // namespace penstock::detail
