// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/buffer_pool.hpp>

#include <cstdint>
#include <memory>

namespace penstock::detail {

/// One user's share of a pool with a budget: its blocks come from the pool and go back there, but it pays for them itself, so
/// that what was set aside for it is nobody else's. Blocks that outlive it are paid until they are given back.
class pool_account {
  public:
    /// Precondition: `from` has a budget.
    PENSTOCK_DECL explicit pool_account(const std::shared_ptr<buffer_pool>& from);
    pool_account(const pool_account&) = delete;
    pool_account& operator=(const pool_account&) = delete;
    PENSTOCK_DECL ~pool_account();

    const std::shared_ptr<buffer_pool>& pool() const noexcept { return pool_; }

    /// From now on the account holds at least so much, once it has had it: blocks that come back are set aside again. What is
    /// set aside beyond that goes back to the budget.
    PENSTOCK_DECL void keep(std::uint64_t bytes) noexcept;
    /// From now on no more than `bytes` beyond what is in use, and only where `headroom` stays free in the budget and nobody
    /// waits for it.
    PENSTOCK_DECL void allow(std::uint64_t bytes, std::uint64_t headroom) noexcept;

    /// The size of the last block that was refused since the last call; 0 for none.
    PENSTOCK_DECL std::uint64_t take_refused() noexcept;
    /// `bytes` more, which `allow` does not forbid. False where the budget has not as much now.
    PENSTOCK_DECL bool try_set_aside(std::uint64_t bytes);
    /// The same, waits for it (`semaphore::acquire_more`).
    PENSTOCK_DECL awaitable<void> set_aside(std::uint64_t bytes);

  private:
    PENSTOCK_DECL void add(permit more) noexcept;

    std::shared_ptr<buffer_pool> pool_;
};

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/pool_account.ipp>
#endif
