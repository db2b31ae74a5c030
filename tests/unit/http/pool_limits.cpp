// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/connection_pool.hpp>
#include <penstock/http/detail/speed_window.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pool_limits_test {

using namespace penstock;
using namespace std::chrono_literals;
using http::connection_lease;
using http::origin;

/// What a server says to each request, and the rest of it so much later.
struct answers {
    std::string first = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    std::string later;
    duration delay{};
};

inline awaitable<void> serve(std::shared_ptr<http::stream> s, answers what, std::shared_ptr<clock_source> clock) {
    for (;;) {
        std::byte block[4096];
        const auto r = s->try_read_some(block);
        if (r.status == io_status::would_block) {
            co_await s->wait(http::wait_for::read);
            continue;
        }
        if (r.status != io_status::bytes) co_return;
        for (std::string text : {what.first, what.later}) {
            auto rest = as_bytes(text);
            while (!rest.empty()) {
                const auto w = s->try_write_some(rest);
                if (w.status == io_status::bytes)
                    rest = rest.subspan(w.size);
                else if (w.status == io_status::would_block)
                    co_await s->wait(http::wait_for::write);
                else
                    co_return;
            }
            if (what.delay > duration::zero()) co_await sleep_for(clock, what.delay);
        }
    }
}

class server final : public http::connector {
  public:
    explicit server(std::shared_ptr<clock_source> clock) : clock_{std::move(clock)} {}
    awaitable<http::stream_ptr> connect(origin) override {
        if (refuse) throw_failure(failure{errc::connect_failed, "refused"});
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex);
        asio::co_spawn(ex, serve(std::shared_ptr<http::stream>{std::move(pair.server)}, says, clock_), asio::detached);
        ++connections;
        co_return http::stream_ptr{std::move(pair.client)};
    }
    answers says;
    int connections = 0;
    bool refuse = false;

  private:
    std::shared_ptr<clock_source> clock_;
};

const origin here{"here", 80, false};
const origin there{"there", 80, false};

struct world {
    explicit world(http::transport_options limits = {}) : pool{http::connection_pool::create(io.get_executor(), how, limits, clock, buffer_pool::create())} {}
    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }
    void settle() {
        io.restart();
        io.poll();
    }
    void pass(duration d) {
        clock->advance(d);
        settle();
    }
    connection_lease connect(const origin& to = here) { return run(pool->connect(to)); }
    /// Sends a request, takes the head and so much of the body.
    static awaitable<void> ask(http::connection* c, std::size_t bytes) {
        http::outgoing o;
        o.method = "GET";
        o.head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        const auto done = co_await c->exchange(o);
        if (!done) throw_failure(done.error());
        std::vector<std::byte> block(bytes);
        std::size_t got = 0;
        while (got < bytes) {
            const auto r = c->try_read_body(std::span{block}.subspan(got));
            if (r.status == io_status::would_block)
                co_await c->body_ready();
            else if (r.status == io_status::bytes)
                got += r.size;
            else if (r.status == io_status::error)
                throw_failure(r.error);
            else
                co_return;
        }
    }
    /// A connection that has served and is idle.
    void shelve(const origin& to = here) {
        auto lease = connect(to);
        run(ask(&*lease, 3));
        lease.give_back();
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::shared_ptr<server> how = std::make_shared<server>(clock);
    std::shared_ptr<http::connection_pool> pool;
};

// ---- early close

inline std::string body_of(std::size_t n) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(n) + "\r\n\r\n" + std::string(n, 'x');
}

TEST_CASE("a small rest that is here already is dropped at once, and the connection serves again") {
    for (const std::size_t rest : {std::size_t{1}, std::size_t{1000}, std::size_t{30'000}}) {
        CAPTURE(rest);
        world w;
        w.how->says.first = body_of(1000 + rest);
        auto lease = w.connect();
        w.run(world::ask(&*lease, 1000));
        w.settle();
        lease.give_back();
        CHECK(w.pool->statistics().idle == 1);
        CHECK(w.pool->statistics().drained == 1);
        auto again = w.pool->try_acquire(here);
        REQUIRE(again);
        w.run(world::ask(&*again, 1000)); // the answer is its own, not the other's rest
        CHECK(again->head().status == 200);
        CHECK(w.how->connections == 1);
    }
}

TEST_CASE("a small rest that is still on its way is waited for in the background") {
    world w;
    w.how->says = {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(100, 'x'), std::string(900, 'y'), 500ms};
    auto lease = w.connect();
    w.run(world::ask(&*lease, 100));
    lease.give_back();
    CHECK_FALSE(lease);
    w.settle();
    CHECK(w.pool->statistics().idle == 0);
    CHECK(w.pool->statistics().open == 1);
    w.pass(500ms);
    CHECK(w.pool->statistics().idle == 1);
    CHECK(w.pool->statistics().drained == 1);
}

TEST_CASE("where the rest does not come in time, the connection is closed") {
    world w;
    w.how->says = {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(100, 'x'), std::string(900, 'y'), 1100ms};
    auto lease = w.connect();
    w.run(world::ask(&*lease, 100));
    lease.give_back();
    w.settle();
    w.pass(999ms);
    CHECK(w.pool->statistics().open == 1);
    w.pass(1ms);
    CHECK(w.pool->statistics().open == 0);
    CHECK(w.pool->statistics().drained == 0);
    w.pass(5s);
    CHECK(w.clock->running_timers() == 0);
}

TEST_CASE("a rest is not read where it is large, endless, or nobody's") {
    struct row {
        const char* why;
        std::string answer;
        std::size_t read;
    };
    const row rows[] = {
        {"large", body_of(65'537 + 10), 10},
        {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n", 5},
        {"until the end", "HTTP/1.1 200 OK\r\n\r\nhello", 2},
        {"closing", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", 2},
        {"too long", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, world", 2},
    };
    for (const auto& r : rows) {
        CAPTURE(r.why);
        world w;
        w.how->says.first = r.answer;
        auto lease = w.connect();
        w.run(world::ask(&*lease, r.read));
        w.settle();
        lease.give_back();
        w.settle();
        CHECK(w.pool->statistics().open == 0);
    }
    world off{http::transport_options{}.drain_limit(0)};
    auto lease = off.connect();
    off.run(world::ask(&*lease, 1));
    lease.give_back();
    CHECK(off.pool->statistics().open == 0);
}

TEST_CASE("whose wait for a body was cancelled has its connection closed, not drained") {
    world w;
    w.how->says = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "0123456789", 500ms};
    auto lease = w.connect();
    asio::cancellation_signal stop;
    asio::co_spawn(w.io, world::ask(&*lease, 10), asio::bind_cancellation_slot(stop.slot(), asio::detached));
    w.settle();
    stop.emit(asio::cancellation_type::terminal);
    w.settle();
    lease.give_back();
    CHECK(w.pool->statistics().open == 0);
}

TEST_CASE("a rest goes with its io_context, and with its pool") {
    auto w = std::make_unique<world>();
    w->how->says = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "0123456789", 500ms};
    auto lease = w->connect();
    w->run(world::ask(&*lease, 0));
    lease.give_back();
    w->settle();
    SUBCASE("io_context") {}
    SUBCASE("pool") {
        w->pool.reset();
        w->pass(500ms);
        w->pass(5s);
        CHECK(w->clock->running_timers() == 0);
    }
    w.reset();
}

// ---- lifetime and idle connections

TEST_CASE("a connection that is too old serves no further request") {
    world w{http::transport_options{}.max_lifetime(1min).idle_timeout(1h)};
    auto lease = w.connect();
    w.run(world::ask(&*lease, 3));
    w.clock->advance(59s);
    lease.give_back();
    CHECK(w.pool->idle() == 1);
    w.clock->advance(1s);
    CHECK_FALSE(w.pool->try_acquire(here)); // too old while idle
    lease = w.connect();
    w.run(world::ask(&*lease, 3));
    w.clock->advance(1min);
    lease.give_back(); // too old while in use
    CHECK(w.pool->idle() == 0);
    CHECK(w.pool->statistics().open == 0);
}

TEST_CASE("idle connections are bounded over all origins, the oldest goes") {
    world w{http::transport_options{}.max_idle(2)};
    w.shelve(here);
    w.pass(1s);
    w.shelve(there);
    w.pass(1s);
    w.shelve(origin{"third", 80, false});
    CHECK(w.pool->idle() == 2);
    CHECK_FALSE(w.pool->try_acquire(here));
    CHECK(w.pool->try_acquire(there));
}

// ---- connections to one origin

/// Calls of `connect` side by side.
struct queue {
    explicit queue(world& w) : w{w} {}
    void join(const origin& to = here) {
        const auto i = got.size();
        got.emplace_back();
        failed.emplace_back();
        stop.push_back(std::make_unique<asio::cancellation_signal>());
        asio::co_spawn(w.io, w.pool->connect(to), asio::bind_cancellation_slot(stop.back()->slot(), [this, i](std::exception_ptr e, connection_lease l) {
            if (e)
                failed[i] = to_failure(e);
            else
                got[i] = std::move(l);
        }));
        w.settle();
    }
    world& w;
    std::vector<connection_lease> got;
    std::vector<failure> failed;
    std::vector<std::unique_ptr<asio::cancellation_signal>> stop;
};

TEST_CASE("beyond the bound one waits, first come first served, for an idle connection or a closed one") {
    world w{http::transport_options{}.max_connections_per_origin(2)};
    queue q{w};
    for (int i = 0; i < 5; ++i) q.join();
    CHECK(q.got[1]);
    CHECK_FALSE(q.got[2]);
    CHECK(w.pool->statistics().waiting == 3);
    q.join(there); // another line
    CHECK(q.got[5]);

    w.run(world::ask(&*q.got[0], 3));
    q.got[0].give_back();
    CHECK_FALSE(w.pool->try_acquire(here)); // nobody overtakes
    w.settle();
    REQUIRE(q.got[2]);
    CHECK(q.got[2]->earlier_requests() == 0); // counted from the next exchange
    CHECK(w.how->connections == 3);           // the same one, again
    CHECK_FALSE(q.got[3]);

    q.got[1]->close();
    q.got[1].give_back();
    w.settle();
    CHECK(q.got[3]);
    CHECK(w.how->connections == 4);
    CHECK_FALSE(q.got[4]);
    const auto s = w.pool->statistics();
    CHECK(s.open == 3);
    CHECK(s.waits == 3);
    CHECK(s.waiting == 1);
}

TEST_CASE("waiting has an end") {
    world w{http::transport_options{}.max_connections_per_origin(1).connection_wait_timeout(10s)};
    queue q{w};
    q.join();
    q.join();
    w.pass(9999ms);
    CHECK_FALSE(q.failed[1]);
    w.pass(1ms);
    CHECK(q.failed[1].code() == errc::too_many_connections);
    CHECK(q.failed[1].code() == condition::limit);
    CHECK(q.failed[1].message().find("all 1 connections stayed in use for 10000 ms") != std::string::npos);
    CHECK(w.pool->statistics().wait_timeouts == 1);
    CHECK(w.pool->statistics().waiting == 0);
    CHECK(w.clock->running_timers() == 0);
}

TEST_CASE("who is cancelled in the line leaves it; even in the moment of being served, the next one is") {
    world w{http::transport_options{}.max_connections_per_origin(1)};
    queue q{w};
    for (int i = 0; i < 3; ++i) q.join();
    q.got[0]->close();
    q.got[0].give_back(); // tells the first in the line, who is cancelled before it hears of it
    q.stop[1]->emit(asio::cancellation_type::terminal);
    w.settle();
    CHECK((q.got[1] || q.failed[1].code() == condition::cancelled));
    if (q.got[1]) q.got[1].give_back();
    w.settle();
    CHECK(q.got[2]);
    CHECK(w.pool->statistics().waiting == 0);
    CHECK(w.pool->statistics().open == 1);
}

TEST_CASE("a connection that cannot be made counts no more") {
    world w{http::transport_options{}.max_connections_per_origin(1)};
    w.how->refuse = true;
    queue q{w};
    q.join();
    CHECK(q.failed[0].code() == errc::connect_failed);
    CHECK(w.pool->statistics().open == 0);
    w.how->refuse = false;
    q.join();
    CHECK(q.got[1]);
}

TEST_CASE("idle connections that are swept make room") {
    world w{http::transport_options{}.max_connections_per_origin(1).idle_timeout(1s)};
    w.shelve();
    CHECK(w.pool->statistics().open == 1);
    w.pass(1s);
    CHECK(w.pool->statistics().open == 0);
    CHECK(w.pool->statistics().reused == 0);
}

// ---- speed

TEST_CASE("a window of speed counts waiting alone") {
    const steady_time t{};
    http::detail::speed_window v{1000, 10s};
    v.begin_wait(t);
    CHECK(v.over_at() == t + 10s);
    v.moved(999);
    v.end_wait(t + 4s);
    v.begin_wait(t + 1h); // whatever the caller did meanwhile
    CHECK(v.over_at() == t + 1h + 6s);
    CHECK(v.too_slow(t + 1h + 6s));
    v.moved(1);
    CHECK_FALSE(v.too_slow(t + 1h + 6s));
    CHECK(v.over_at() == t + 1h + 16s); // the next window
    CHECK(v.too_slow(t + 1h + 16s));
    CHECK_FALSE(http::detail::speed_window{0, 10s}.enabled());
}

/// So many bytes each second, until all are there.
inline awaitable<void> drip(std::shared_ptr<http::stream> s, std::size_t total, std::size_t step, std::shared_ptr<clock_source> clock) {
    std::byte block[4096];
    co_await s->wait(http::wait_for::read);
    (void)s->try_read_some(block);
    const auto head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(total) + "\r\n\r\n";
    (void)s->try_write_some(as_bytes(head));
    const std::string bytes(step, 'x');
    for (std::size_t sent = 0; sent < total; sent += step) {
        co_await sleep_for(clock, 1s);
        if (s->try_write_some(as_bytes(bytes)).status != io_status::bytes) co_return;
    }
}

class dripping final : public http::connector {
  public:
    dripping(std::size_t step, std::shared_ptr<clock_source> clock) : step_{step}, clock_{std::move(clock)} {}
    awaitable<http::stream_ptr> connect(origin) override {
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex);
        asio::co_spawn(ex, drip(std::shared_ptr<http::stream>{std::move(pair.server)}, 5000, step_, clock_), asio::detached);
        co_return http::stream_ptr{std::move(pair.client)};
    }

  private:
    std::size_t step_;
    std::shared_ptr<clock_source> clock_;
};

TEST_CASE("a body below the least speed has stalled; above it may take as long as it takes") {
    const auto read = [](std::size_t per_second, duration* took) {
        asio::io_context io{1};
        const auto clock = testing::manual_clock::create();
        const auto pool = http::connection_pool::create(io.get_executor(), std::make_shared<dripping>(per_second, clock),
                                                        http::transport_options{}.minimum_speed(100, 10s), clock, buffer_pool::create());
        auto lease = testing::simulate(io, *clock, pool->connect(here));
        const auto began = clock->now();
        const auto r = testing::simulate(io, *clock, as_result(world::ask(&*lease, 5000)));
        *took = clock->now() - began;
        return r ? failure{} : r.error();
    };
    duration took{};
    CHECK_FALSE(read(125, &took));
    CHECK(took == 40s);
    const auto slow = read(50, &took);
    CHECK(slow.code() == errc::stall_timeout);
    CHECK(slow.detail().message == "less than 100 bytes a second over 10000 ms");
    CHECK(took >= 10s);
    CHECK(took <= 11s);
}

/// Takes so many bytes each second.
inline awaitable<void> sip(std::shared_ptr<http::stream> s, std::size_t step, std::shared_ptr<clock_source> clock) {
    std::vector<std::byte> block(step);
    for (;;) {
        co_await sleep_for(clock, 1s);
        const auto r = s->try_read_some(block);
        if (r.status != io_status::bytes) co_return;
    }
}

TEST_CASE("a request's body below the least speed has stalled, too") {
    asio::io_context io{1};
    const auto clock = testing::manual_clock::create();
    testing::memory_stream_options narrow;
    narrow.to_server.capacity = 64;
    auto pair = testing::make_memory_streams(io.get_executor(), narrow);
    asio::co_spawn(io, sip(std::shared_ptr<http::stream>{std::move(pair.server)}, 50, clock), asio::detached);
    http::connection c{io.get_executor(), here, std::move(pair.client), http::transport_options{}.minimum_speed(100, 10s), clock, buffer_pool::create()};
    const std::string text(100'000, 'x');
    std::vector<std::span<const std::byte>> pieces{as_bytes(text)};
    http::outgoing o;
    o.method = "PUT";
    o.head = "PUT / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n";
    o.body = pieces;
    const auto began = clock->now();
    const auto r = testing::simulate(io, *clock, c.exchange(o));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::stall_timeout);
    CHECK(r.error().detail().message.find("less than 100 bytes a second") != std::string::npos);
    CHECK(clock->now() - began <= 11s);
    CHECK(clock->now() - began >= 10s);
}

} // namespace pool_limits_test
