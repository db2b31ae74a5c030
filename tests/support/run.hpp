// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>

namespace test {

/// Runs one coroutine to its end on an io_context of its own and gives its value or rethrows what it threw. Fails
/// (instead of hanging) after `limit`.
template <class T>
T run(boost::asio::io_context& io, penstock::awaitable<T> op,
      std::chrono::seconds limit = std::chrono::seconds{60}) {
    std::exception_ptr failed;
    bool done = false;
    using stored = std::conditional_t<std::is_void_v<T>, int, T>;
    std::optional<stored> value;
    if constexpr (std::is_void_v<T>) {
        boost::asio::co_spawn(io, std::move(op), [&](std::exception_ptr e) {
            failed = e;
            done = true;
            io.stop();
        });
    } else {
        boost::asio::co_spawn(io, std::move(op), [&](std::exception_ptr e, T v) {
            failed = e;
            if (!e) value.emplace(std::move(v));
            done = true;
            io.stop();
        });
    }
    io.restart();
    io.run_for(limit);
    if (!done) throw std::runtime_error{"the coroutine did not end in time"};
    if (failed) std::rethrow_exception(failed);
    if constexpr (!std::is_void_v<T>) return std::move(*value);
}

template <class T>
T run(penstock::awaitable<T> op) {
    boost::asio::io_context io{1};
    return run(io, std::move(op));
}

} // namespace test
