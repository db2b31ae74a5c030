// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What compile_time.sh compiles: a user's file. With YARDSTICK only what any user of Asio's coroutines pays; with CSV_ROWS or
// ROWS_BY_URL one that reads rows.
#if defined(YARDSTICK)
#elif defined(CSV_ROWS)
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#elif defined(ROWS_BY_URL)
#include <penstock/dataset/open_batches.hpp>
#else
#include <penstock/s3/client.hpp>
#endif

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <cstdio>
#include <memory>

boost::asio::awaitable<void> count() {
    [[maybe_unused]] const auto executor = co_await boost::asio::this_coro::executor;
    std::size_t total = 0;
#ifdef YARDSTICK
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
#elif defined(CSV_ROWS)
    penstock::csv::batch_reader rows{std::make_unique<penstock::memory_source>("a,b\n1,2\n")};
    while (auto batch = co_await rows.next()) total += batch->num_rows();
#elif defined(ROWS_BY_URL)
    const auto rows = co_await penstock::open_batches(nullptr, "today.csv");
    while (auto batch = co_await rows->next()) total += batch->num_rows();
#else
    penstock::s3::client s3{executor};
    auto object = co_await s3.open("s3://lake/today.csv");
    static std::byte block[65536];
    for (;;) {
        const auto n = co_await penstock::read_some(object, block);
        if (n == 0) break;
        total += n;
    }
#endif
    std::printf("%zu\n", total);
}

int main() {
    boost::asio::io_context io{1};
    boost::asio::co_spawn(io, count(), boost::asio::detached);
    io.run();
}
