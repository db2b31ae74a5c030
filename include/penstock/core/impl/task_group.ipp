// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/task_group.hpp>

#include <penstock/core/wait_list.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>
#include <vector>

namespace penstock::detail {

struct task_group::task {
    asio::cancellation_signal stop;
    bool ended = false;
};

struct task_group::state {
    explicit state(executor ex) : ex{std::move(ex)} {}

    void cancel() noexcept {
        const auto now = tasks; // who is cancelled may end, and start another, at once
        for (const auto& t : now)
            if (!t->ended) t->stop.emit(asio::cancellation_type::terminal);
    }

    executor ex;
    std::vector<std::shared_ptr<task>> tasks;
    std::exception_ptr failed; ///< the first in time
    wait_list all_ended;
};

/// Comes with a task's end; also where its frame is destroyed with its executor, and nobody is told.
struct task_group::at_end {
    at_end(std::shared_ptr<state> s, std::shared_ptr<task> t) : of{std::move(s)}, which{std::move(t)} {}
    at_end(at_end&&) noexcept = default;
    ~at_end() {
        if (which) which->ended = true;
    }

    void operator()(std::exception_ptr e) {
        which->ended = true;
        std::erase(of->tasks, which);
        if (e && !of->failed) {
            of->failed = e;
            of->cancel();
        }
        if (of->tasks.empty()) of->all_ended.notify_all();
    }

    std::shared_ptr<state> of;
    std::shared_ptr<task> which;
};

PENSTOCK_DECL task_group::task_group(executor ex) : state_{std::make_shared<state>(std::move(ex))} {}

PENSTOCK_DECL void task_group::start(awaitable<void> work) {
    auto t = std::make_shared<task>();
    state_->tasks.push_back(t);
    auto slot = t->stop.slot();
    asio::co_spawn(state_->ex, std::move(work), asio::bind_cancellation_slot(slot, at_end{state_, std::move(t)}));
}

PENSTOCK_DECL void task_group::cancel() noexcept { state_->cancel(); }
PENSTOCK_DECL std::size_t task_group::running() const noexcept { return state_->tasks.size(); }

PENSTOCK_DECL awaitable<void> task_group::join() {
    const auto s = state_;
    std::exception_ptr interrupted;
    try {
        while (!s->tasks.empty()) co_await s->all_ended.wait();
    } catch (...) {
        interrupted = std::current_exception();
        s->cancel();
    }
    if (interrupted) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        while (!s->tasks.empty()) co_await s->all_ended.wait();
        std::rethrow_exception(interrupted);
    }
    if (s->failed) std::rethrow_exception(std::exchange(s->failed, nullptr));
}

} // namespace penstock::detail
