// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/connection_pool.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/detached.hpp>

#include <string>
#include <vector>

namespace connection_pool_test {

using namespace penstock;
using namespace std::chrono_literals;
using http::connection_lease;
using http::origin;

/// Answers every request that is one piece with `answer`, until the client goes.
inline awaitable<void> serve(testing::server_stream_ptr* s, std::string answer) {
    for (;;) {
        std::byte block[4096];
        const auto r = (*s)->try_read_some(block);
        if (r.status == io_status::would_block) {
            co_await (*s)->wait(http::wait_for::read);
            continue;
        }
        if (r.status != io_status::bytes) co_return;
        (void)(*s)->try_write_some(as_bytes(answer));
    }
}

/// Hands out streams in memory and keeps their other ends.
class memory_connector final : public http::connector {
  public:
    memory_connector(asio::io_context& io, std::string answer) : io_{io}, answer_{std::move(answer)} {}
    awaitable<http::stream_ptr> connect(origin to) override {
        if (refuse) throw_failure(failure{errc::connect_failed, "refused"});
        asked.push_back(std::move(to));
        auto pair = testing::make_memory_streams(io_.get_executor());
        servers.push_back(std::make_unique<testing::server_stream_ptr>(std::move(pair.server)));
        asio::co_spawn(io_, serve(servers.back().get(), answer_), asio::detached);
        co_return std::move(pair.client);
    }
    bool refuse = false;
    std::vector<origin> asked;
    std::vector<std::unique_ptr<testing::server_stream_ptr>> servers;

  private:
    asio::io_context& io_;
    std::string answer_;
};

struct world {
    explicit world(http::transport_options limits = {},
                   std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        : how{std::make_shared<memory_connector>(io, std::move(answer))},
          pool{http::connection_pool::create(io.get_executor(), how, limits, clock, buffers)} {}

    connection_lease connect(const origin& to) { return testing::simulate(io, *clock, pool->connect(to)); }

    static awaitable<void> one_exchange(connection_lease* lease) {
        http::outgoing o;
        o.method = "GET";
        o.head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        auto done = co_await (*lease)->exchange(o);
        if (!done) throw_failure(done.error());
        std::byte block[100];
        for (;;) {
            const auto r = (*lease)->try_read_body(block);
            if (r.status == io_status::would_block) {
                co_await (*lease)->body_ready();
                continue;
            }
            if (r.status != io_status::bytes) break;
        }
    }
    void use(connection_lease& lease) { testing::simulate(io, *clock, one_exchange(&lease)); }

    /// A new connection that has served once and lies in the pool; its address tells connections apart.
    const http::connection* shelve(const origin& to) {
        auto lease = connect(to);
        use(lease);
        return &*lease;
    }
    void settle() {
        io.restart();
        io.poll();
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    std::shared_ptr<buffer_pool> buffers = buffer_pool::create();
    asio::io_context io{1};
    std::shared_ptr<memory_connector> how;
    std::shared_ptr<http::connection_pool> pool;
};

const origin here{"here", 80, false};
const origin there{"there", 80, false};

TEST_CASE("the connection used last is used first") {
    world w;
    auto a = w.connect(here);
    auto b = w.connect(here);
    w.use(a);
    w.use(b);
    const auto* first = &*a;
    const auto* second = &*b;
    a.give_back();
    b.give_back();
    CHECK_FALSE(a);
    CHECK(w.pool->idle() == 2);
    CHECK(w.pool->opened() == 2);
    auto c = w.pool->try_acquire(here);
    CHECK(&*c == second);
    auto d = w.pool->try_acquire(here);
    CHECK(&*d == first);
    CHECK_FALSE(w.pool->try_acquire(here));
    w.use(c);
    CHECK(c->earlier_requests() == 1);
}

TEST_CASE("origins do not share") {
    world w;
    w.shelve(here);
    CHECK_FALSE(w.pool->try_acquire(there));
    CHECK_FALSE(w.pool->try_acquire(origin{"here", 81, false}));
    CHECK_FALSE(w.pool->try_acquire(origin{"here", 80, true}));
    CHECK(w.pool->try_acquire(here));
    CHECK(w.how->asked.size() == 1);
    CHECK(w.how->asked[0] == here);
}

TEST_CASE("idle connections go after the idle timeout, by themselves") {
    world w{http::transport_options{}.idle_timeout(4s)};
    w.shelve(here);
    w.clock->advance(3s);
    w.settle();
    w.shelve(here);
    CHECK(w.pool->idle() == 2);
    w.clock->advance(1s);
    w.settle();
    CHECK(w.pool->idle() == 1);
    w.clock->advance(3s);
    w.settle();
    CHECK(w.pool->idle() == 0);
    CHECK(w.clock->running_timers() == 0); // nothing keeps the io_context busy
}

TEST_CASE("a connection that is too old is not handed out, swept or not") {
    world w{http::transport_options{}.idle_timeout(4s)};
    w.shelve(here);
    w.clock->advance(4s); // the sweeper is due, but has not run
    CHECK_FALSE(w.pool->try_acquire(here));
}

TEST_CASE("an idle timeout of for ever and of nothing") {
    world w{http::transport_options{}.idle_timeout(duration::max()).max_lifetime(duration::max())};
    w.shelve(here);
    w.clock->advance(std::chrono::hours{24});
    w.settle();
    CHECK(w.pool->try_acquire(here));
    world none{http::transport_options{}.idle_timeout(0s)};
    none.shelve(here);
    CHECK_FALSE(none.pool->try_acquire(here));
}

TEST_CASE("no more than max_idle are kept, the oldest goes") {
    world w{http::transport_options{}.max_idle_per_origin(2)};
    std::vector<connection_lease> leases;
    for (int i = 0; i < 3; ++i) {
        leases.push_back(w.connect(here));
        w.use(leases.back());
    }
    const auto* last = &*leases[2];
    const auto* middle = &*leases[1];
    for (auto& l : leases) l.give_back();
    CHECK(w.pool->idle() == 2);
    auto a = w.pool->try_acquire(here);
    auto b = w.pool->try_acquire(here);
    CHECK(&*a == last);
    CHECK(&*b == middle);

    world none{http::transport_options{}.max_idle_per_origin(0)};
    none.shelve(here);
    CHECK(none.pool->idle() == 0);
}

TEST_CASE("a connection that died while idle is passed over") {
    world w;
    const auto* first = w.shelve(here);
    auto second = w.connect(here);
    w.use(second);
    second.give_back();
    REQUIRE(w.pool->idle() == 2);
    SUBCASE("closed") { (*w.how->servers[1])->close(); }
    SUBCASE("reset") { (*w.how->servers[1])->reset(); }
    SUBCASE("bytes nobody asked for") { (void)(*w.how->servers[1])->try_write_some(as_bytes("HTTP/1.1 408 \r\n\r\n")); }
    w.clock->advance(1s);
    w.settle();
    auto c = w.pool->try_acquire(here);
    REQUIRE(c);
    CHECK(&*c == first);
    CHECK_FALSE(w.pool->try_acquire(here));
}

TEST_CASE("what cannot serve again is closed, not kept") {
    world fresh;
    { auto never_used = fresh.connect(here); }
    CHECK(fresh.pool->idle() <= 1);
    world close{{}, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"};
    close.shelve(here);
    CHECK(close.pool->idle() == 0);
    world unread{http::transport_options{}.drain_limit(0)};
    {
        auto lease = unread.connect(here);
        const auto head_only = [](connection_lease* lease) -> awaitable<void> {
            http::outgoing o;
            o.method = "GET";
            o.head = "GET / HTTP/1.1\r\n\r\n";
            auto done = co_await (*lease)->exchange(o);
            CHECK(done.has_value());
        };
        testing::simulate(unread.io, *unread.clock, head_only(&lease));
    }
    CHECK(unread.pool->idle() == 0);
}

TEST_CASE("leases outlive their pool; the pool outlives its io_context's work") {
    connection_lease lease;
    world w;
    lease = w.connect(here);
    w.use(lease);
    w.pool.reset();
    CHECK(lease->to() == here);
    lease.give_back();
    CHECK_FALSE(lease);
    CHECK(w.clock->running_timers() == 0);
}

TEST_CASE("moving a lease gives back the one that it held") {
    world w;
    auto a = w.connect(here);
    auto b = w.connect(here);
    w.use(a);
    w.use(b);
    const auto* second = &*b;
    a = std::move(b);
    CHECK(w.pool->idle() == 1);
    CHECK(&*a == second);
    auto& same = a;
    a = std::move(same);
    CHECK(&*a == second);
}

TEST_CASE("a connector's failure is the caller's") {
    world w;
    w.how->refuse = true;
    CHECK_THROWS_AS(w.connect(here), error);
    CHECK(w.pool->opened() == 0);
    CHECK(w.pool->idle() == 0);
}

} // namespace connection_pool_test
