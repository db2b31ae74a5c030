// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

namespace penstock {
namespace detail {

inline constexpr std::size_t smallest_block = 4096;
inline constexpr std::align_val_t block_alignment{64};

inline std::byte* allocate_block(std::size_t size) {
    auto* base = static_cast<std::byte*>(::operator new(size + 2 * buffer_padding, block_alignment));
    // Only the paddings: touching the whole block here would fault in pages that may never be used.
    std::memset(base, 0, buffer_padding);
    std::memset(base + buffer_padding + size, 0, buffer_padding);
    return base + buffer_padding;
}

inline void free_block(std::byte* data) noexcept { ::operator delete(data - buffer_padding, block_alignment); }

inline std::size_t block_class(std::size_t size) noexcept {
    const auto blocks = (std::max(size, std::size_t{1}) + smallest_block - 1) / smallest_block;
    return static_cast<std::size_t>(std::bit_width(blocks - 1));
}

} // namespace detail

struct buffer_pool::state {
    std::size_t max_idle;
    mutable std::mutex mutex;
    std::size_t idle = 0;
    std::atomic<std::size_t> in_use = 0;
    std::array<std::vector<std::byte*>, 52> free; // by class: smallest_block << index
};

PENSTOCK_DECL buffer_pool::buffer_pool(std::size_t max_idle) : state_{std::make_unique<state>()} {
    state_->max_idle = max_idle;
}

PENSTOCK_DECL std::shared_ptr<buffer_pool> buffer_pool::create(std::size_t max_idle) {
    return std::shared_ptr<buffer_pool>{new buffer_pool{max_idle}};
}

PENSTOCK_DECL buffer_pool::~buffer_pool() {
    for (auto& list : state_->free)
        for (auto* block : list) detail::free_block(block);
}

PENSTOCK_DECL pooled_buffer buffer_pool::take(std::size_t size) {
    const auto index = detail::block_class(size);
    if (index >= state_->free.size()) throw std::bad_alloc{};
    pooled_buffer out;
    out.size_ = detail::smallest_block << index;
    {
        const std::lock_guard lock{state_->mutex};
        auto& list = state_->free[index];
        if (!list.empty()) {
            out.data_ = list.back();
            list.pop_back();
            state_->idle -= out.size_;
        } else {
            list.reserve(list.capacity() ? list.capacity() : 4); // so that giving back rarely allocates
        }
    }
    if (!out.data_) out.data_ = detail::allocate_block(out.size_);
    out.pool_ = shared_from_this();
    state_->in_use += out.size_;
    return out;
}

PENSTOCK_DECL std::size_t buffer_pool::in_use() const noexcept { return state_->in_use; }

PENSTOCK_DECL std::size_t buffer_pool::idle() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->idle;
}

PENSTOCK_DECL void buffer_pool::give_back(std::byte* data, std::size_t size) noexcept {
    state_->in_use -= size;
    try {
        const std::lock_guard lock{state_->mutex};
        if (state_->idle + size <= state_->max_idle) {
            state_->free[detail::block_class(size)].push_back(data);
            state_->idle += size;
            return;
        }
    } catch (...) { // no memory for the list: the block goes back to the system
    }
    detail::free_block(data);
}

PENSTOCK_DECL pooled_buffer::~pooled_buffer() {
    if (data_) pool_->give_back(data_, size_);
}

} // namespace penstock
