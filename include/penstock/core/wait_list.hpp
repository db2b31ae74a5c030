// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/asio.hpp>

#include <cstddef>
#include <memory>

namespace penstock {

/// Coroutines waiting for something that happens on their own executor. The primitive under timers, simulated streams,
/// pools and queues. Not thread-safe; `semaphore` is. A wait costs no memory but its coroutine's frame, and goes with its
/// execution context.
class wait_list {
  public:
    PENSTOCK_DECL wait_list();
    wait_list(wait_list&&) noexcept = default;
    wait_list& operator=(wait_list&&) noexcept = default;
    /// Whoever still waits is resumed with `operation_aborted`; so are those on a list that is assigned to.
    PENSTOCK_DECL ~wait_list();

    /// Completes at the next notification, in order of arrival. On cancellation (any type) throws `system_error` with
    /// `operation_aborted`.
    PENSTOCK_DECL awaitable<void> wait();

    PENSTOCK_DECL void notify_one();
    PENSTOCK_DECL void notify_all();
    PENSTOCK_DECL std::size_t waiting() const noexcept;

    struct state;

  private:
    std::shared_ptr<state> state_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/wait_list.ipp>
#endif
