// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/asio.hpp>

#include <cstddef>
#include <memory>

namespace penstock::detail {

/// Coroutines that run side by side for one owner, on the owner's executor. The first that fails cancels the others. Who
/// drops the group without `join` calls `cancel` before.
class task_group {
  public:
    PENSTOCK_DECL explicit task_group(executor ex);
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    /// Runs `task`, at once until it waits for the first time. It may outlive the group: what it uses it must own.
    PENSTOCK_DECL void start(awaitable<void> task);
    /// Those that run end within a turn of the executor's loop.
    PENSTOCK_DECL void cancel() noexcept;
    PENSTOCK_DECL std::size_t running() const noexcept;

    /// Waits until every task has ended, and throws the first failure of all. Cancellation (any type) is handed on to the
    /// tasks, which are waited for all the same; then it throws `operation_aborted`. Who was cancelled before cannot even
    /// begin to await it: await `cancellation_point` before the first `start`.
    PENSTOCK_DECL awaitable<void> join();

  private:
    struct task;
    struct state;
    struct at_end;
    std::shared_ptr<state> state_;
};

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/task_group.ipp>
#endif
