// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace penstock::detail {

/// Does `work()` on another executor while the coroutine that awaits waits on its own, where it goes on. What `work`
/// throws comes out here. A cancellation does not end it: it is meant for slices of less than a millisecond. The
/// executor that waits must outlive the work.
template <class Work>
awaitable<void> run_on(executor where, Work work) {
    auto begin = [](auto handler, executor place, Work task) {
        auto home = asio::make_work_guard(handler);
        asio::post(place, [handler = std::move(handler), home = std::move(home), task = std::move(task)]() mutable {
            std::exception_ptr thrown;
            try {
                task();
            } catch (...) {
                thrown = std::current_exception();
            }
            const auto executor = home.get_executor();
            asio::post(executor, [handler = std::move(handler), home = std::move(home), thrown]() mutable {
                home.reset();
                std::move(handler)(thrown);
            });
        });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(
        begin, asio::use_awaitable, std::move(where), std::move(work));
}

} // namespace penstock::detail
