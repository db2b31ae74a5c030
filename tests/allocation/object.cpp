// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "counting.hpp"

#include <penstock/s3/client.hpp>
#include <penstock/testing/s3_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <thread>

namespace {

using namespace penstock;
using allocation::allocations;
using allocation::outcome;

/// The watchdog's timer starts once a second, and a burst ends in a turn of the io_context: either may displace memory
/// that Asio keeps for the next wait. On a busy machine there are more of both in so many reads.
constexpr std::uint64_t now_and_then = 30;

constexpr std::size_t size = std::size_t{24} << 20;

awaitable<outcome> read_object(std::string endpoint) {
    s3::client_options options;
    options.endpoint_url(endpoint).region("us-east-1").credentials("ak", "secret-key");
    s3::client s3{co_await asio::this_coro::executor, options};
    auto object = co_await s3.open("s3://lake/large.bin");
    outcome out;
    static std::byte block[8192];
    std::uint64_t before = 0;
    for (;;) {
        if (out.reads == allocation::warm_up) before = allocations;
        const auto r = object.try_read_some(block);
        if (r.status == io_status::would_block) {
            ++out.waits;
            co_await object.ready();
            continue;
        }
        if (r.status == io_status::error) throw_failure(r.error);
        if (r.status == io_status::end) break;
        ++out.reads;
        out.bytes += r.size;
        // the end gives the connection back to its pool, which is no read
        if (out.bytes < size) out.allocated = allocations - before;
    }
    co_return out;
}

awaitable<outcome> read_object_by_awaiting(std::string endpoint) {
    s3::client_options options;
    options.endpoint_url(endpoint).region("us-east-1").credentials("ak", "secret-key");
    s3::client s3{co_await asio::this_coro::executor, options};
    auto object = co_await s3.open("s3://lake/large.bin");
    outcome out;
    static std::byte block[8192];
    std::uint64_t before = 0;
    for (;;) {
        if (out.reads == allocation::warm_up) before = allocations;
        const auto n = co_await read_some(object, block);
        if (n == 0) break;
        ++out.reads;
        out.bytes += n;
        if (out.bytes < size) out.allocated = allocations - before;
    }
    co_return out;
}

/// Serves one object from a thread of its own while it lives.
class server_thread {
  public:
    server_thread() {
        testing::s3_server_options options;
        options.credentials("ak", "secret-key").region("us-east-1");
        server_.emplace(io_.get_executor(), std::move(options));
        server_->put("lake", "large.bin", std::string(size, 'x'));
        server_->listen();
        thread_ = std::thread{[this] { io_.run_for(std::chrono::seconds{60}); }};
    }
    ~server_thread() {
        io_.stop();
        thread_.join();
    }
    const std::string& endpoint() const { return server_->endpoint(); }

  private:
    asio::io_context io_{1};
    std::optional<testing::s3_server> server_;
    std::thread thread_;
};

outcome run(awaitable<outcome> op) {
    asio::io_context io{1};
    outcome out;
    std::exception_ptr failed;
    asio::co_spawn(io, std::move(op), [&](std::exception_ptr e, outcome o) {
        failed = e;
        out = o;
    });
    io.run_for(std::chrono::seconds{60});
    if (failed) std::rethrow_exception(failed);
    return out;
}

} // namespace

bool allocation::object_reads() {
    const server_thread server;
    const auto tried = run(read_object(server.endpoint()));
    const auto awaited = run(read_object_by_awaiting(server.endpoint()));
    const bool first = report("object_reader, try_read_some", tried, tried.bytes == size, now_and_then);
    const bool second = report("object_reader, read_some", awaited, awaited.bytes == size, now_and_then);
    return first && second;
}
