// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The promise of the transport: once a body flows, reading it takes nothing from the heap, waits included.
#include "counting.hpp"

#include <penstock/core/byte_source.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/http/tcp_stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <thread>

namespace {

using namespace penstock;
using asio::ip::tcp;
using allocation::allocations;
using allocation::outcome;
using allocation::warm_up;

constexpr std::size_t piece = 4096;
constexpr std::uint64_t pieces = 3000;

std::string response_head() {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(piece * pieces) + "\r\n\r\n";
}

/// A response in memory, one piece at a time; every other try finds nothing yet.
class memory_response final : public http::stream {
  public:
    explicit memory_response(std::string head) : head_{std::move(head)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        ready_ = !ready_;
        if (ready_) return io_result::would_block();
        if (sent_ < head_.size()) {
            std::memcpy(into.data(), head_.data(), head_.size());
            sent_ = head_.size();
            return io_result::bytes(sent_);
        }
        const auto n = std::min(into.size(), piece);
        std::memset(into.data(), 'x', n);
        return io_result::bytes(n);
    }
    io_result try_write_some(std::span<const std::byte> from) override { return io_result::bytes(from.size()); }
    awaitable<void> wait(http::wait_for) override {
        const auto ex = co_await asio::this_coro::executor;
        co_await asio::post(ex, asio::deferred);
    }
    void close() noexcept override {}
    bool usable() noexcept override { return true; }

  private:
    std::string head_;
    std::size_t sent_ = 0;
    bool ready_ = false;
};

/// The body of a connection as users see it.
class body_source final : public byte_source {
  public:
    explicit body_source(http::connection& c, outcome& out) : c_{c}, out_{out} {}
    io_result try_read_some(std::span<std::byte> into) override { return c_.try_read_body(into); }
    awaitable<void> ready() override {
        ++out_.waits;
        return c_.body_ready();
    }

  private:
    http::connection& c_;
    outcome& out_;
};

awaitable<void> request(http::connection& c) {
    http::outgoing o;
    o.method = "GET";
    o.head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    auto done = co_await c.exchange(o);
    if (!done) throw_failure(done.error());
}

/// After enough reads, and waits: their frames, too, are taken once. (On a busy machine the first wait comes late.)
bool warmed_up(const outcome& o) { return o.reads >= warm_up && o.waits >= 10; }

/// The lean form: try, and await only where nothing is there.
awaitable<outcome> read_by_trying(http::connection& c) {
    co_await request(c);
    outcome out;
    static std::byte block[piece];
    std::uint64_t before = 0;
    for (;;) {
        if (before == 0 && warmed_up(out)) before = allocations;
        auto r = c.try_read_body(block);
        if (r.status == io_status::would_block) {
            ++out.waits;
            co_await c.body_ready();
            continue;
        }
        if (r.status == io_status::error) throw_failure(r.error);
        if (r.status == io_status::end) break;
        ++out.reads;
        out.bytes += r.size;
    }
    out.allocated = allocations - before;
    co_return out;
}

/// The convenient form.
awaitable<outcome> read_by_awaiting(http::connection& c) {
    co_await request(c);
    outcome out;
    body_source source{c, out};
    static std::byte block[piece];
    std::uint64_t before = 0;
    for (;;) {
        if (before == 0 && warmed_up(out)) before = allocations;
        const auto n = co_await read_some(source, block);
        if (n == 0) break;
        ++out.reads;
        out.bytes += n;
    }
    out.allocated = allocations - before;
    co_return out;
}

using reader = awaitable<outcome> (*)(http::connection&);

outcome run(asio::io_context& io, http::connection& c, reader how) {
    outcome out;
    std::exception_ptr failed;
    asio::co_spawn(io, how(c), [&](std::exception_ptr e, outcome o) {
        failed = e;
        out = o;
    });
    io.run_for(std::chrono::seconds{60});
    if (failed) std::rethrow_exception(failed);
    return out;
}

outcome over_memory(reader how) {
    asio::io_context io{1};
    http::connection c{io.get_executor(), http::origin{"localhost", 80, false},
                       std::make_unique<memory_response>(response_head()), http::transport_options{},
                       make_system_clock(), buffer_pool::create()};
    return run(io, c, how);
}

/// Sends the response in pieces, with pauses that make the client wait.
void serve(tcp::acceptor& listening) {
    auto s = listening.accept();
    s.set_option(tcp::no_delay{true});
    char got[1024];
    s.read_some(asio::buffer(got));
    const auto head = response_head();
    asio::write(s, asio::buffer(head));
    const std::string block(piece, 'x');
    boost::system::error_code ec;
    for (std::uint64_t i = 0; i < pieces && !ec; ++i) {
        if (i % 8 == 0) std::this_thread::sleep_for(std::chrono::microseconds{50});
        asio::write(s, asio::buffer(block), ec);
    }
}

outcome over_tcp(reader how) {
    asio::io_context io{1};
    tcp::acceptor listening{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
    std::thread server{[&] { serve(listening); }};
    tcp::socket s{io};
    s.connect(listening.local_endpoint());
    s.native_non_blocking(true);
    http::connection c{io.get_executor(), http::origin{"127.0.0.1", 80, false},
                       http::make_tcp_stream(io.get_executor(), s.release()), http::transport_options{},
                       make_system_clock(), buffer_pool::create()};
    auto out = run(io, c, how);
    c.close();
    server.join();
    return out;
}

bool enough(const outcome& o) { return o.bytes == piece * pieces && o.waits > 50; }

} // namespace

bool allocation::connection_reads() {
    bool ok = true;
    const auto check = [&ok](const char* name, const outcome& o, std::uint64_t allowed) {
        ok = report(name, o, enough(o), allowed) && ok;
    };
    check("memory, try_read_body", over_memory(&read_by_trying), 0);
    check("memory, read_some", over_memory(&read_by_awaiting), 0);
    // The kernel's timing decides which ways are first gone after the warm-up.
    constexpr std::uint64_t now_and_then = 3;
    check("TCP, try_read_body", over_tcp(&read_by_trying), now_and_then);
    check("TCP, read_some", over_tcp(&read_by_awaiting), now_and_then);
    return ok;
}
