// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace penstock {

/// Awaits `op` for at most `limit`; then cancels it (terminal) and throws `errc::deadline_exceeded`. What a cancelled
/// operation leaves behind is said at that operation. `c` is the clock to measure by, the system's by default.
template <class T>
awaitable<T> with_timeout(awaitable<T> op, duration limit, std::shared_ptr<clock_source> c = make_system_clock()) {
    using namespace asio::experimental::awaitable_operators;
    auto raced = std::move(op) || sleep_for(std::move(c), limit);
    auto winner = co_await std::move(raced);
    if (winner.index() == 1) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
        throw_failure(failure{errc::deadline_exceeded, "not done within " + std::to_string(ms.count()) + " ms"});
    }
    if constexpr (!std::is_void_v<T>) co_return std::get<0>(std::move(winner));
}

} // namespace penstock
