// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/memory_room.hpp>

#include <penstock/core/semaphore.hpp>

namespace penstock {

PENSTOCK_DECL memory_room::memory_room(std::shared_ptr<buffer_pool> pool, permit held) noexcept
    : pool_{std::move(pool)}, bytes_{held.units()} {
    pool_->set_aside(std::move(held));
}

PENSTOCK_DECL void memory_room::release() noexcept {
    if (pool_) pool_->give_up(bytes_);
    pool_.reset();
    bytes_ = 0;
}

PENSTOCK_DECL awaitable<memory_room> acquire_room(std::shared_ptr<buffer_pool> pool, std::uint64_t bytes) {
    permit held;
    if (pool->budget()) held = co_await pool->budget()->acquire(bytes);
    memory_room room{std::move(pool), std::move(held)};
    co_return room;
}

} // namespace penstock
