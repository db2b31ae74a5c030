// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>

#include <exception>

namespace penstock {

/// Awaits `op` and gives its value or its failure instead of throwing.
///
///     auto head = co_await as_result(s3.head("s3://lake/a.csv"));
///     if (!head && head.error().code() == condition::not_found) …
///
/// Exceptions that are no `system_error` (`std::bad_alloc`, what the caller's own code throws) pass through. Once the
/// calling coroutine itself is cancelled, Asio throws at its next `co_await`, this one included.
template <class T>
awaitable<result<T>> as_result(awaitable<T> op) {
    std::exception_ptr caught;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(op);
            co_return result<T>{};
        } else {
            co_return result<T>{co_await std::move(op)};
        }
    } catch (...) {
        caught = std::current_exception();
    }
    co_return result<T>{to_failure(caught)};
}

} // namespace penstock
