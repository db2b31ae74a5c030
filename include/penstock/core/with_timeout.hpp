// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace penstock {
namespace detail {

template <class T>
struct outcome_of {
    outcome_of() = default;
    std::exception_ptr failed;
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
};

template <class T>
awaitable<void> store_outcome(awaitable<T> op, outcome_of<T>* out) {
    // A coroutine that is spawned lets only the hardest kind of cancellation through unless it says so.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    try {
        if constexpr (std::is_void_v<T>)
            co_await std::move(op);
        else
            out->value.emplace(co_await std::move(op));
    } catch (...) {
        out->failed = std::current_exception();
    }
}

/// Awaits `op`, which throws nothing, and cancels it when the time is over: whether it had to.
PENSTOCK_DECL awaitable<bool> run_with_limit(awaitable<void> op, duration limit, std::shared_ptr<clock_source> c);
[[noreturn]] PENSTOCK_DECL void throw_deadline_exceeded(duration limit);

} // namespace detail

/// Awaits `op` for at most `limit`; then cancels it (terminal) and throws `errc::deadline_exceeded`, unless it ended well
/// nevertheless. What a cancelled operation leaves behind is said at that operation. `c` is the clock to measure by, the
/// system's by default.
template <class T>
awaitable<T> with_timeout(awaitable<T> op, duration limit, std::shared_ptr<clock_source> c = make_system_clock()) {
    detail::outcome_of<T> out;
    auto stored = detail::store_outcome(std::move(op), &out);
    const bool cut = co_await detail::run_with_limit(std::move(stored), limit, std::move(c));
    if (cut && out.failed) detail::throw_deadline_exceeded(limit);
    if (out.failed) std::rethrow_exception(out.failed);
    if constexpr (!std::is_void_v<T>) co_return std::move(*out.value);
}

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/with_timeout.ipp>
#endif
