// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <exception>
#include <optional>
#include <type_traits>

namespace penstock {
namespace detail {

/// Asio's `||` waits for the first success: a failure must look like one, or it is only heard of at the deadline.
template <class T>
struct caught {
    caught() = default;
    std::exception_ptr failed;
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
};

template <class T>
awaitable<caught<T>> catch_all(awaitable<T> op) {
    caught<T> out;
    try {
        if constexpr (std::is_void_v<T>)
            co_await std::move(op);
        else
            out.value.emplace(co_await std::move(op));
    } catch (...) {
        out.failed = std::current_exception();
    }
    co_return out;
}

} // namespace detail

/// Awaits `op` for at most `limit`; then cancels it (terminal) and throws `errc::deadline_exceeded`. What a cancelled
/// operation leaves behind is said at that operation. `c` is the clock to measure by, the system's by default.
template <class T>
awaitable<T> with_timeout(awaitable<T> op, duration limit, std::shared_ptr<clock_source> c = make_system_clock()) {
    using namespace asio::experimental::awaitable_operators;
    auto raced = detail::catch_all(std::move(op)) || sleep_for(std::move(c), limit);
    auto winner = co_await std::move(raced);
    if (winner.index() == 1) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
        throw_failure(failure{errc::deadline_exceeded, "not done within " + std::to_string(ms.count()) + " ms"});
    }
    auto done = std::get<0>(std::move(winner));
    if (done.failed) std::rethrow_exception(done.failed);
    if constexpr (!std::is_void_v<T>) co_return std::move(*done.value);
}

} // namespace penstock
