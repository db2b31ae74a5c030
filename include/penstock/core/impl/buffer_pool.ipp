// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>

#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace penstock {
namespace detail {

inline constexpr std::size_t smallest_block = 4096;
inline constexpr std::size_t block_alignment = 64;

/// Not by an aligned `operator new`: glibc looks for more than it was asked for then, and so never finds again what such a block
/// left behind; each new one would take fresh memory, once blocks are so large or so many that the pool does not keep them.
inline std::byte* allocate_block(std::size_t size) {
    auto* const all = static_cast<std::byte*>(::operator new(size + 2 * buffer_padding + block_alignment + sizeof(std::byte*)));
    auto* base = all + sizeof all;
    base += (block_alignment - reinterpret_cast<std::uintptr_t>(base) % block_alignment) % block_alignment;
    std::memcpy(base - sizeof all, &all, sizeof all);
    // Only the paddings: touching the whole block here would fault in pages that may never be used.
    std::memset(base, 0, buffer_padding);
    std::memset(base + buffer_padding + size, 0, buffer_padding);
    return base + buffer_padding;
}

inline void free_block(std::byte* data) noexcept {
    std::byte* all;
    std::memcpy(&all, data - buffer_padding - sizeof all, sizeof all);
    ::operator delete(all);
}

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
    std::shared_ptr<memory_budget> budget;
    permit paid; // of blocks in use
    permit room; // set aside for blocks to come

    std::shared_ptr<buffer_pool> store; // where unused blocks are; null for here

    // of an account
    std::uint64_t kept = 0;             // what is given back is set aside again below this
    std::uint64_t cap = std::numeric_limits<std::uint64_t>::max(); // of blocks in use
    std::uint64_t headroom = 0;         // of the budget, for others
    std::uint64_t refused = 0;          // the last block that was

    /// With the lock held.
    permit more(std::uint64_t missing) {
        // Who holds some already goes before those who wait for their first: it gives back when it is done.
        return headroom ? budget->try_acquire(missing, headroom) : budget->try_acquire_more(missing);
    }
};

PENSTOCK_DECL buffer_pool::buffer_pool(std::size_t max_idle) : state_{std::make_unique<state>()} {
    state_->max_idle = max_idle;
}

PENSTOCK_DECL std::shared_ptr<buffer_pool> buffer_pool::create(std::size_t max_idle) {
    return std::shared_ptr<buffer_pool>{new buffer_pool{max_idle}};
}

PENSTOCK_DECL std::shared_ptr<buffer_pool> buffer_pool::create(std::shared_ptr<memory_budget> budget, std::size_t max_idle) {
    auto pool = create(max_idle);
    pool->state_->budget = std::move(budget);
    return pool;
}

PENSTOCK_DECL std::shared_ptr<buffer_pool> buffer_pool::create(std::shared_ptr<memory_budget> budget, std::shared_ptr<buffer_pool> store) {
    auto pool = create(std::move(budget), 0);
    pool->state_->store = store->state_->store ? store->state_->store : std::move(store);
    return pool;
}

PENSTOCK_DECL const std::shared_ptr<memory_budget>& buffer_pool::budget() const noexcept { return state_->budget; }

PENSTOCK_DECL std::size_t buffer_pool::block_size(std::size_t size) noexcept {
    return detail::smallest_block << detail::block_class(size);
}

/// Throws when the budget cannot give.
PENSTOCK_DECL permit buffer_pool::pay(std::size_t size) {
    if (!state_->budget) return {};
    const std::lock_guard lock{state_->mutex};
    const bool allowed = size <= state_->cap && state_->paid.units() <= state_->cap - size;
    if (const auto missing = size - std::min<std::uint64_t>(size, state_->room.units()); !allowed || missing != 0) {
        permit more;
        if (allowed) more = state_->more(missing);
        state_->refused = size;
        if (!allowed || more.units() != missing)
            throw_failure({errc::budget_exceeded,
                           "a block of " + std::to_string(size) + " bytes does not fit into the memory budget: " +
                               std::to_string(state_->budget->used()) + " of " +
                               std::to_string(state_->budget->limit()) + " bytes are in use",
                           "use smaller batches, do less at a time, or raise the memory budget"});
        state_->room.merge(std::move(more));
    }
    return state_->room.split(size);
}

PENSTOCK_DECL buffer_pool::state& buffer_pool::store() noexcept { return state_->store ? *state_->store->state_ : *state_; }

PENSTOCK_DECL buffer_pool::~buffer_pool() {
    for (auto& list : state_->free)
        for (auto* block : list) detail::free_block(block);
}

PENSTOCK_DECL std::byte* buffer_pool::find_block(std::size_t index) {
    {
        auto& from = store();
        const std::lock_guard lock{from.mutex};
        auto& list = from.free[index];
        if (!list.empty()) {
            auto* const data = list.back();
            list.pop_back();
            from.idle -= detail::smallest_block << index;
            return data;
        }
        list.reserve(list.capacity() ? list.capacity() : 4); // so that giving back rarely allocates
    }
    return detail::allocate_block(detail::smallest_block << index);
}

/// What others hold.
PENSTOCK_DECL void buffer_pool::count(std::size_t more, std::size_t less) noexcept {
    state_->in_use += more - less;
    if (state_->store) state_->store->state_->in_use += more - less;
}

PENSTOCK_DECL pooled_buffer buffer_pool::take(std::size_t size) {
    const auto index = detail::block_class(size);
    if (index >= state_->free.size()) throw std::bad_alloc{};
    pooled_buffer out;
    out.size_ = detail::smallest_block << index;
    auto price = pay(out.size_);
    out.data_ = find_block(index);
    out.pool_ = shared_from_this();
    count(out.size_, 0);
    if (state_->budget) {
        const std::lock_guard lock{state_->mutex};
        state_->paid.merge(std::move(price));
    }
    return out;
}

PENSTOCK_DECL void pooled_buffer::shrink(std::size_t size, std::size_t begin, std::size_t used) {
    const auto index = detail::block_class(size);
    auto* const data = pool_->find_block(index);
    std::memcpy(data, data_ + begin, used);
    const auto larger = std::exchange(size_, detail::smallest_block << index);
    pool_->count(size_, larger);
    auto* const old = std::exchange(data_, data);
    if (!pool_->keep(old, larger)) detail::free_block(old);
    if (pool_->state_->budget) pool_->take_back(larger - size_);
}

PENSTOCK_DECL std::size_t buffer_pool::in_use() const noexcept { return state_->in_use; }

PENSTOCK_DECL std::size_t buffer_pool::idle() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->idle;
}

/// False when it is to go back to the system.
PENSTOCK_DECL bool buffer_pool::keep(std::byte* data, std::size_t size) noexcept {
    try {
        auto& to = store();
        const std::lock_guard lock{to.mutex};
        if (to.idle + size > to.max_idle) return false;
        to.free[detail::block_class(size)].push_back(data);
        to.idle += size;
        return true;
    } catch (...) { // no memory for the list
        return false;
    }
}

PENSTOCK_DECL void buffer_pool::give_back(std::byte* data, std::size_t size) noexcept {
    count(0, size);
    if (!keep(data, size)) detail::free_block(data);
    if (state_->budget) take_back(size);
}

PENSTOCK_DECL void buffer_pool::take_back(std::size_t size) noexcept {
    permit price; // given back after the lock
    const std::lock_guard lock{state_->mutex};
    price = state_->paid.split(size);
    const auto held = state_->paid.units() + state_->room.units();
    if (held < state_->kept) state_->room.merge(price.split(state_->kept - held));
}

PENSTOCK_DECL pooled_buffer::~pooled_buffer() {
    if (data_) pool_->give_back(data_, size_);
}

} // namespace penstock
