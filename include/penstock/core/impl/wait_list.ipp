// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/wait_list.hpp>

#include <penstock/core/detail/share.hpp>
#include <penstock/core/detail/suspension.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace penstock {

struct wait_list::state {
    struct waiter : detail::suspension {
        using suspension::suspension;
        bool notified = false;
    };

    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        while (!waiters.empty()) {
            auto& w = waiters.front();
            w.unlink();
            w.resume();
        }
    }

    void notify_one() {
        while (!waiters.empty()) {
            auto& w = static_cast<waiter&>(waiters.front());
            w.unlink();
            w.notified = w.resume();
            if (w.notified) return; // else it was cancelled in this moment: the next one shall have the notification
        }
    }

    detail::suspension_queue waiters;
};

PENSTOCK_DECL wait_list::wait_list() : state_{detail::share<state>()} {}

PENSTOCK_DECL wait_list::~wait_list() = default;

PENSTOCK_DECL awaitable<void> wait_list::wait() {
    const executor ex = co_await asio::this_coro::executor;
    state::waiter self{ex};
    state_->waiters.push_back(self);
    auto waiting = self.wait(asio::as_tuple(asio::deferred));
    (void)co_await std::move(waiting);
    if (!self.notified) throw boost::system::system_error{asio::error::operation_aborted};
}

PENSTOCK_DECL void wait_list::notify_one() { state_->notify_one(); }

PENSTOCK_DECL void wait_list::notify_all() {
    for (auto n = waiting(); n > 0 && !state_->waiters.empty(); --n) state_->notify_one();
}

PENSTOCK_DECL std::size_t wait_list::waiting() const noexcept { return state_->waiters.size(); }

} // namespace penstock
