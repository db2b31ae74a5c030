// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/detail/growing_block.hpp>

#include <penstock/columnar/array.hpp>

#include <algorithm>
#include <cstring>

namespace penstock::detail {

PENSTOCK_DECL void growing_block::grow(std::size_t size) {
    auto larger = pool_->take(std::max(size, block_.size() * 2));
    if (size_) std::memcpy(larger.data(), block_.data(), size_);
    block_ = std::move(larger);
}

PENSTOCK_DECL shared_buffer growing_block::finish() {
    if (size_ == 0) {
        block_ = pooled_buffer{};
        return {};
    }
    const auto padded = std::min((size_ + 63) / 64 * 64, block_.size());
    std::memset(block_.data() + size_, 0, padded - size_);
    const auto size = std::exchange(size_, 0);
    return shared_buffer{std::move(block_), size};
}

PENSTOCK_DECL void bit_builder::append_word(std::uint64_t bits, std::size_t count) {
    // Whole words in memory: the bits behind the end are kept at 0, so that appending is an or.
    const auto words = (size_ + count + 63) / 64;
    const auto before = block_.size();
    if (words * 8 > before) {
        block_.resize(words * 8);
        std::memset(block_.data() + before, 0, words * 8 - before);
    }
    const auto put = [this](std::size_t word, std::uint64_t value) {
        for (std::size_t i = 0; i < 8; ++i)
            block_.data()[word * 8 + i] |= static_cast<std::byte>(value >> (8 * i) & 0xff);
    };
    const auto shift = size_ % 64;
    put(size_ / 64, bits << shift);
    if (shift != 0 && shift + count > 64) put(size_ / 64 + 1, bits >> (64 - shift));
    size_ += count;
}

PENSTOCK_DECL void bit_builder::append_run(bool bit, std::size_t count) {
    const auto word = bit ? ~std::uint64_t{0} : 0;
    for (; count >= 64; count -= 64) append_word(word, 64);
    if (count) append_word(word & ((std::uint64_t{1} << count) - 1), count);
}

PENSTOCK_DECL void bit_builder::truncate(std::size_t size) noexcept {
    const auto bytes = (size + 63) / 64 * 8;
    block_.resize(bytes); // never grows
    for (std::size_t i = size; i < bytes * 8; ++i)
        block_.data()[i / 8] &= static_cast<std::byte>(~(1u << (i % 8)));
    size_ = size;
}

PENSTOCK_DECL shared_buffer bit_builder::finish() {
    block_.resize((size_ + 7) / 8);
    size_ = 0;
    return block_.finish();
}

PENSTOCK_DECL std::size_t bit_builder::zeros_from(std::size_t first) const noexcept {
    std::size_t n = 0;
    for (auto i = first; i < size_; ++i) n += !bit(block_.data(), i);
    return n;
}

} // namespace penstock::detail
