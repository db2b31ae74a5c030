// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/s3/detail/part_planner.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace penstock::s3::detail {

/// A part is gathered in blocks of this size, so that a small object takes little memory.
inline constexpr std::size_t part_block = std::size_t{1} << 20;
/// Of the connection that a part is sent on. It comes with the part's first bytes, so that sending never waits for memory.
inline constexpr std::uint64_t sending_memory = http::connection_memory(true);
/// What a part leaves of the budget: its own connection, and what it takes to read another object meanwhile. Who copies
/// waits with a part half full for the reader (a body that is opened asks for twice a connection's memory), or with a block
/// of the reader's for the part.
inline constexpr std::uint64_t beside_a_part = sending_memory + 2 * http::connection_memory(true) + received_block_size;

/// The bytes of one part, gathered in memory that was taken from a budget before.
class part_memory {
  public:
    part_memory() = default;

    /// Room for `more` bytes. To be called while what is there is either full or empty.
    void add(permit held, std::size_t more) {
        if (size_ == 0 && !blocks_.empty() && blocks_.back().size() < part_block) blocks_.pop_back();
        permits_.push_back(std::move(held));
        capacity_ += more;
    }

    std::size_t capacity() const noexcept { return capacity_; }
    std::size_t size() const noexcept { return size_; }
    bool full() const noexcept { return size_ == capacity_; }

    /// Where the next bytes belong; precondition: not full.
    std::span<std::byte> room(buffer_pool& pool) {
        if (size_ == blocks_.size() * part_block) blocks_.push_back(pool.take(std::min(part_block, capacity_ - size_)));
        const auto used = size_ % part_block;
        return blocks_[size_ / part_block].span().subspan(used, std::min(part_block - used, capacity_ - size_));
    }
    void filled(std::size_t n) noexcept {
        size_ += n;
        permits_.back().touch(); // who writes little by little makes nobody wait in vain
    }
    /// The same memory for other bytes.
    void clear() noexcept { size_ = 0; }

    /// What was gathered; valid as long as nothing more is.
    std::vector<std::span<const std::byte>> pieces() const {
        std::vector<std::span<const std::byte>> out;
        for (std::size_t at = 0; at < size_; at += part_block)
            out.push_back(blocks_[at / part_block].span().first(std::min(part_block, size_ - at)));
        return out;
    }

  private:
    std::vector<permit> permits_; // outlive the blocks
    std::vector<pooled_buffer> blocks_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
};

} // namespace penstock::s3::detail
