// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/pool_account.hpp>

#include <penstock/core/impl/buffer_pool.ipp>
#include <penstock/core/semaphore.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace penstock::detail {

PENSTOCK_DECL pool_account::pool_account(const std::shared_ptr<buffer_pool>& from)
    : pool_{buffer_pool::create(from->budget(), from)} {}

PENSTOCK_DECL pool_account::~pool_account() { keep(0); }

PENSTOCK_DECL void pool_account::keep(std::uint64_t bytes) noexcept {
    permit back; // given back after the lock
    auto& s = *pool_->state_;
    const std::lock_guard lock{s.mutex};
    s.kept = bytes;
    const auto wanted = bytes - std::min(bytes, s.paid.units());
    if (s.room.units() > wanted) back = s.room.split(s.room.units() - wanted);
}

PENSTOCK_DECL void pool_account::allow(std::uint64_t bytes, std::uint64_t headroom) noexcept {
    auto& s = *pool_->state_;
    const std::lock_guard lock{s.mutex};
    s.cap = s.paid.units() + bytes;
    s.headroom = headroom;
}

PENSTOCK_DECL std::uint64_t pool_account::take_refused() noexcept {
    const std::lock_guard lock{pool_->state_->mutex};
    return std::exchange(pool_->state_->refused, 0);
}

PENSTOCK_DECL void pool_account::add(permit more) noexcept {
    auto& s = *pool_->state_;
    const std::lock_guard lock{s.mutex};
    s.room.merge(std::move(more));
    s.cap = std::max(s.cap, s.paid.units() + s.room.units());
}

PENSTOCK_DECL bool pool_account::try_set_aside(std::uint64_t bytes) {
    auto more = pool_->budget()->try_acquire_more(bytes);
    if (more.units() != bytes) return false;
    add(std::move(more));
    return true;
}

PENSTOCK_DECL awaitable<void> pool_account::set_aside(std::uint64_t bytes) {
    auto more = co_await pool_->budget()->acquire_more(bytes);
    add(std::move(more));
}

} // namespace penstock::detail
