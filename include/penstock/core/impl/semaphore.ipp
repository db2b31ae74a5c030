// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/semaphore.hpp>

#include <penstock/core/detail/wait_handler.hpp>
#include <penstock/core/error.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <list>
#include <mutex>

namespace penstock {

struct semaphore::state : std::enable_shared_from_this<semaphore::state> {
    struct waiter {
        std::uint64_t units;
        detail::wait_handler handler;
        bool* granted; // in the waiting coroutine's frame, which lives as long as the handler
    };

    std::uint64_t limit = 0;
    mutable std::mutex mutex;
    std::uint64_t used = 0;
    std::uint64_t peak = 0;
    std::list<waiter> waiters;

    bool fits(std::uint64_t units) const noexcept { return units <= limit - used; }

    void take(std::uint64_t units) noexcept {
        used += units;
        peak = std::max(peak, used);
    }

    /// Hands units to the waiters in front. Called with the lock held; the handlers are posted, not run.
    void grant() {
        while (!waiters.empty() && fits(waiters.front().units)) {
            auto w = std::move(waiters.front());
            waiters.pop_front();
            take(w.units);
            *w.granted = true;
            std::move(w.handler).post({});
        }
    }

    void add(detail::wait_handler handler, std::uint64_t units, bool* granted) {
        auto slot = handler.slot();
        if (slot.is_connected()) {
            // Runs on the waiter's own executor, so the frame that `granted` points into names the waiter safely.
            slot.assign([weak = weak_from_this(), granted](asio::cancellation_type) {
                if (auto self = weak.lock()) self->abandon(granted);
            });
        }
        const std::lock_guard lock{mutex};
        waiters.push_back({units, std::move(handler), granted});
        grant(); // units may have come back since the caller looked
    }

    void abandon(bool* granted) {
        const std::lock_guard lock{mutex};
        const auto it = std::find_if(waiters.begin(), waiters.end(),
                                     [granted](const waiter& w) { return w.granted == granted; });
        if (it == waiters.end()) return; // granted already: the completion is on its way
        auto handler = std::move(it->handler);
        waiters.erase(it);
        std::move(handler).post(asio::error::operation_aborted);
        grant(); // the one behind may fit where this one did not
    }
};

PENSTOCK_DECL semaphore::semaphore(std::uint64_t limit) : state_{std::make_shared<state>()} { state_->limit = limit; }

PENSTOCK_DECL std::shared_ptr<semaphore> semaphore::create(std::uint64_t limit) {
    return std::shared_ptr<semaphore>{new semaphore{limit}};
}

PENSTOCK_DECL semaphore::~semaphore() = default;

PENSTOCK_DECL permit semaphore::try_acquire(std::uint64_t units) {
    permit p;
    const std::lock_guard lock{state_->mutex};
    if (!state_->waiters.empty() || !state_->fits(units)) return p;
    state_->take(units);
    p.owner_ = shared_from_this();
    p.units_ = units;
    return p;
}

PENSTOCK_DECL awaitable<permit> semaphore::acquire(std::uint64_t units) {
    if (units > limit()) {
        throw_failure(failure{errc::budget_exceeded,
                              "needs " + std::to_string(units) + " bytes, the whole budget is " +
                                  std::to_string(limit()),
                              "raise the memory budget"});
    }
    auto self = shared_from_this();
    auto p = try_acquire(units);
    if (p.owner_ || units == 0) co_return p;

    bool granted = false;
    // Holds the units from the moment they are granted, whatever ends this frame.
    struct guard {
        std::shared_ptr<semaphore> owner;
        std::uint64_t units;
        bool& granted;
        guard(std::shared_ptr<semaphore> o, std::uint64_t u, bool& g) : owner{std::move(o)}, units{u}, granted{g} {}
        ~guard() {
            if (granted) owner->give_back(units);
        }
    } held{self, units, granted};

    const executor ex = co_await asio::this_coro::executor;
    auto initiate = [s = state_, ex, units, &granted](auto handler) {
        s->add(detail::wait_handler{std::move(handler), ex}, units, &granted);
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(boost::system::error_code)>(
        std::move(initiate), asio::use_awaitable);
    p.owner_ = std::move(self);
    p.units_ = units;
    granted = false; // the permit holds them now
    co_return p;
}

PENSTOCK_DECL void semaphore::give_back(std::uint64_t units) noexcept {
    const std::lock_guard lock{state_->mutex};
    state_->used -= units;
    state_->grant();
}

PENSTOCK_DECL std::uint64_t semaphore::limit() const noexcept { return state_->limit; }
PENSTOCK_DECL std::uint64_t semaphore::used() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->used;
}
PENSTOCK_DECL std::uint64_t semaphore::peak() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->peak;
}
PENSTOCK_DECL std::size_t semaphore::waiting() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->waiters.size();
}

PENSTOCK_DECL void permit::release() noexcept {
    if (owner_ && units_) owner_->give_back(units_);
    owner_.reset();
    units_ = 0;
}

PENSTOCK_DECL void permit::shrink(std::uint64_t units) noexcept {
    if (!owner_ || units >= units_) return;
    owner_->give_back(units_ - units);
    units_ = units;
}

} // namespace penstock
