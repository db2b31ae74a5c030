// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/wait_list.hpp>

#include <penstock/core/detail/wait_handler.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>
#include <utility>

namespace penstock {
struct wait_list::state : std::enable_shared_from_this<wait_list::state> {
    std::list<detail::wait_handler> handlers;

    void add(detail::wait_handler handler) {
        auto slot = handler.slot();
        const auto it = handlers.insert(handlers.end(), std::move(handler));
        if (!slot.is_connected()) return;
        // The slot is cleared before the entry leaves the list, so `it` is valid whenever this runs.
        slot.assign([weak = weak_from_this(), it](asio::cancellation_type) {
            auto self = weak.lock();
            if (!self) return;
            self->complete(it, asio::error::operation_aborted);
        });
    }

    void complete(std::list<detail::wait_handler>::iterator it, boost::system::error_code ec) {
        auto handler = std::move(*it);
        handlers.erase(it);
        auto slot = handler.slot();
        if (slot.is_connected()) slot.clear();
        std::move(handler).post(ec);
    }
};

PENSTOCK_DECL wait_list::wait_list() : state_{std::make_shared<state>()} {}

PENSTOCK_DECL wait_list::~wait_list() {
    if (!state_) return;
    while (!state_->handlers.empty()) state_->complete(state_->handlers.begin(), asio::error::operation_aborted);
}

PENSTOCK_DECL awaitable<void> wait_list::wait() {
    const executor ex = co_await asio::this_coro::executor;
    auto initiate = [s = state_, ex](auto handler) { s->add(detail::wait_handler{std::move(handler), ex}); };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(boost::system::error_code)>(
        std::move(initiate), asio::use_awaitable);
}

PENSTOCK_DECL void wait_list::notify_one() {
    if (!state_->handlers.empty()) state_->complete(state_->handlers.begin(), {});
}

PENSTOCK_DECL void wait_list::notify_all() {
    for (auto n = state_->handlers.size(); n > 0; --n) notify_one();
}

PENSTOCK_DECL std::size_t wait_list::waiting() const noexcept { return state_->handlers.size(); }

} // namespace penstock
