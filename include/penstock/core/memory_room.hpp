// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/buffer_pool.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace penstock {

/// Memory of a budget that was set aside for blocks of a pool. What was not taken goes back when this is destroyed.
class memory_room {
  public:
    memory_room() = default;
    memory_room(memory_room&& o) noexcept : pool_{std::move(o.pool_)}, bytes_{std::exchange(o.bytes_, 0)} {}
    memory_room& operator=(memory_room&& o) noexcept {
        release();
        pool_ = std::move(o.pool_);
        bytes_ = std::exchange(o.bytes_, 0);
        return *this;
    }
    ~memory_room() { release(); }

    /// Gives back now what was not taken.
    PENSTOCK_DECL void release() noexcept;

  private:
    friend awaitable<memory_room> acquire_room(std::shared_ptr<buffer_pool> pool, std::uint64_t bytes);
    PENSTOCK_DECL memory_room(std::shared_ptr<buffer_pool> pool, permit held) noexcept;
    std::shared_ptr<buffer_pool> pool_;
    std::uint64_t bytes_ = 0;
};

/// Waits until the pool's budget has room for `bytes` more in blocks (sum of `buffer_pool::block_size`), and sets them aside:
/// until the room is released, the pool's blocks come out of it first, whoever takes them. A reader awaits it before a batch,
/// whose builders then are not refused what they were expected to need. (While a builder grows, its old block and the new one
/// are in use.) Where more turns out to be needed, and the budget has none, `take` throws `errc::budget_exceeded`: what was
/// built before can be kept, `array_builder::truncate` to the last whole row.
///
/// At once where the pool has no budget. Errors: `errc::budget_exceeded` when the whole budget is less. On cancellation (any
/// type) nothing is held.
PENSTOCK_DECL awaitable<memory_room> acquire_room(std::shared_ptr<buffer_pool> pool, std::uint64_t bytes);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/memory_room.ipp>
#endif
