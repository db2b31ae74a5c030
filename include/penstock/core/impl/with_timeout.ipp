// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/with_timeout.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace penstock::detail {

PENSTOCK_DECL awaitable<bool> run_with_limit(awaitable<void> op, duration limit, std::shared_ptr<clock_source> c) {
    const executor ex = co_await asio::this_coro::executor;
    asio::cancellation_signal stop;
    bool cut = false;
    auto watch = c->make_timer(ex);
    auto on_expiry = [&] {
        cut = true;
        stop.emit(asio::cancellation_type::terminal);
    };
    watch->start(later(c->now(), limit), on_expiry);
    // `op` gets a cancellation slot of its own, to which the caller's cancellation is handed on.
    auto initiate = [&](auto handler) {
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
            slot.assign([&stop](asio::cancellation_type type) { stop.emit(type); });
        asio::co_spawn(ex, std::move(op), asio::bind_cancellation_slot(stop.slot(), std::move(handler)));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<executor>, void(std::exception_ptr)>(
        initiate, asio::use_awaitable_t<executor>());
    co_return cut;
}

[[noreturn]] PENSTOCK_DECL void throw_deadline_exceeded(duration limit) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
    throw_failure(failure{errc::deadline_exceeded, "not done within " + std::to_string(ms.count()) + " ms"});
}

} // namespace penstock::detail
