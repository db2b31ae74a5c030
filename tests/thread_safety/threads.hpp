// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstdio>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

/// Several threads, each with its own io_context, that share a pool of two threads for computing.
namespace threads {

inline std::atomic<int> failures{0};

inline void check(bool ok, const char* what) {
    if (!ok && ++failures < 10) std::printf("thread_safety: %s\n", what);
}

/// Runs a coroutine to its end.
inline void run(boost::asio::io_context& io, penstock::awaitable<void> work) {
    boost::asio::co_spawn(io, std::move(work), [](std::exception_ptr e) { check(!e, "an exception"); });
    io.restart();
    io.run();
}

/// `work(io, pool's executor)` on three threads at once. What outlived its reader on the pool gives back at the end what it holds.
template <class Work>
void on_three(const Work& work) {
    boost::asio::io_context contexts[3]; // outlive the jobs
    boost::asio::thread_pool pool{2};
    std::vector<std::thread> all;
    for (auto& io : contexts) all.emplace_back([&] { work(io, penstock::executor{pool.get_executor()}); });
    for (auto& t : all) t.join();
    pool.join();
    for (auto& io : contexts) {
        io.restart();
        io.poll();
    }
}

} // namespace threads
