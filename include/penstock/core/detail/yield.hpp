// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace penstock::detail {

/// Lets whatever else is ready on the executor run first.
inline awaitable<void> yield() {
    const auto ex = co_await asio::this_coro::executor;
    co_await asio::post(ex, asio::use_awaitable);
}

/// Throws `operation_aborted` where the coroutine that awaits it has been cancelled, as awaiting anything does: for what
/// must not begin then, where a cancellation may have come together with the end of the last wait.
inline awaitable<void> cancellation_point() { co_return; }

} // namespace penstock::detail
