// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulated_network.hpp>
#include <penstock/testing/simulation.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>

#include <boost/asio/detached.hpp>

#include <doctest/doctest.h>

#include <string>

namespace memory_stream_test {

using namespace penstock;
using namespace std::chrono_literals;

struct world {
    asio::io_context io{1};
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
};

awaitable<void> write_all(http::stream& s, std::string text) {
    std::span<const std::byte> left = std::as_bytes(std::span{text});
    while (!left.empty()) {
        auto r = s.try_write_some(left);
        if (r.status == io_status::error) throw_failure(r.error);
        if (r.status == io_status::would_block) {
            co_await s.wait(http::wait_for::write);
            continue;
        }
        left = left.subspan(r.size);
    }
}

struct read_outcome {
    read_outcome() = default;
    std::string bytes;
    error_code error;
    std::size_t reads = 0;
};

awaitable<read_outcome> read_to_end(http::stream& s) {
    read_outcome out;
    char buffer[1000];
    for (;;) {
        auto r = s.try_read_some(std::as_writable_bytes(std::span{buffer}));
        if (r.status == io_status::bytes) {
            out.bytes.append(buffer, r.size);
            ++out.reads;
        } else if (r.status == io_status::would_block) {
            co_await s.wait(http::wait_for::read);
        } else {
            if (r.status == io_status::error) out.error = r.error.code();
            co_return out;
        }
    }
}

awaitable<void> write_and_close(testing::server_stream_ptr s, std::string text) {
    co_await write_all(*s, std::move(text));
}

std::string pattern(std::size_t n) {
    std::string s(n, '\0');
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>('a' + i % 26);
    return s;
}

/// Writes `text` from the server's end and reads it at the client's.
read_outcome transfer(world& w, testing::memory_stream_options options, std::string text) {
    options.clock = w.clock;
    auto pair = testing::make_memory_streams(w.io.get_executor(), std::move(options));
    asio::co_spawn(w.io, write_and_close(std::move(pair.server), std::move(text)), [](std::exception_ptr) {});
    return testing::simulate(w.io, *w.clock, with_timeout(read_to_end(*pair.client), 1h, w.clock));
}

} // namespace memory_stream_test

TEST_CASE("memory stream: bytes pass through a small buffer, then the end") {
    using namespace memory_stream_test;
    world w;
    testing::memory_stream_options options;
    options.to_client.capacity = 100;
    const auto out = transfer(w, options, pattern(10'000));
    CHECK(out.bytes == pattern(10'000));
    CHECK_FALSE(out.error);
    CHECK(out.reads >= 100);
}

TEST_CASE("memory stream: a full buffer stops the writer until the reader takes bytes") {
    using namespace memory_stream_test;
    world w;
    testing::memory_stream_options options;
    options.to_server.capacity = 10;
    auto pair = testing::make_memory_streams(w.io.get_executor(), options);
    const auto text = pattern(30);
    const auto bytes = std::as_bytes(std::span{text});
    auto r = pair.client->try_write_some(bytes);
    CHECK(r.size == 10);
    CHECK(pair.client->try_write_some(bytes).status == io_status::would_block);
    std::byte into[4];
    CHECK(pair.server->try_read_some(into).size == 4);
    CHECK(pair.client->try_write_some(bytes).size == 4);
}

TEST_CASE("memory stream: latency and rate take simulated time") {
    using namespace memory_stream_test;
    world w;
    testing::memory_stream_options options;
    options.to_client.latency = 50ms;
    options.to_client.bytes_per_second = 1000;
    const auto from = w.clock->now();
    const auto out = transfer(w, options, pattern(2000));
    CHECK(out.bytes == pattern(2000));
    CHECK(w.clock->now() - from >= 2050ms);
    CHECK(w.clock->now() - from <= 2200ms);
}

TEST_CASE("memory stream: reads are cut anywhere, the same for the same seed") {
    using namespace memory_stream_test;
    auto reads = [](std::uint64_t seed) {
        world w;
        testing::memory_stream_options options;
        options.to_client.max_transfer = 20;
        options.random = make_seeded_random(seed);
        auto out = transfer(w, options, pattern(1000));
        CHECK(out.bytes == pattern(1000));
        return out.reads;
    };
    CHECK(reads(1) == reads(1));
    CHECK(reads(1) >= 50);
}

TEST_CASE("memory stream: faults at a byte") {
    using namespace memory_stream_test;
    for (std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{777}, std::uint64_t{4999}}) {
        for (auto kind : {testing::link_fault::kind::close, testing::link_fault::kind::reset}) {
            world w;
            testing::memory_stream_options options;
            options.to_client.capacity = 512;
            options.to_client.faults.emplace_back(kind, at);
            const auto out = transfer(w, options, pattern(5000));
            CHECK(out.bytes == pattern(5000).substr(0, at));
            if (kind == testing::link_fault::kind::close)
                CHECK_FALSE(out.error);
            else
                CHECK(out.error == boost::system::errc::connection_reset);
        }
    }
}

TEST_CASE("memory stream: a cut on the way to the server ends the client's reading in order") {
    using namespace memory_stream_test;
    world w;
    testing::memory_stream_options options;
    options.to_server.faults.emplace_back(testing::link_fault::kind::close, 1);
    auto pair = testing::make_memory_streams(w.io.get_executor(), options);
    std::byte block[4]{};
    CHECK(pair.client->try_write_some(block).status == io_status::bytes);
    CHECK(pair.server->try_read_some(block).size == 1);
    CHECK(pair.server->try_read_some(block).status == io_status::end);
    CHECK(pair.client->try_read_some(block).status == io_status::end);
    CHECK(pair.client->try_write_some(block).error.code() == boost::system::errc::broken_pipe);
}

TEST_CASE("memory stream: a stall lasts as long as it says, or for ever") {
    using namespace memory_stream_test;
    {
        world w;
        testing::memory_stream_options options;
        options.to_client.faults.emplace_back(testing::link_fault::kind::stall, 100, 5min);
        const auto from = w.clock->now();
        const auto out = transfer(w, options, pattern(300));
        CHECK(out.bytes == pattern(300));
        CHECK(w.clock->now() - from == 5min);
    }
    {
        world w;
        testing::memory_stream_options options;
        options.to_client.faults.emplace_back(testing::link_fault::kind::stall, 100);
        CHECK_THROWS_AS(transfer(w, options, pattern(300)), error);
    }
}

TEST_CASE("memory stream: after close every try says so, and a pending wait completes") {
    using namespace memory_stream_test;
    world w;
    auto pair = testing::make_memory_streams(w.io.get_executor());
    bool woken = false;
    asio::co_spawn(w.io, pair.client->wait(http::wait_for::read), [&](std::exception_ptr e) { woken = !e; });
    w.io.poll();
    CHECK_FALSE(woken);
    pair.client->close();
    w.io.poll();
    CHECK(woken);
    std::byte b[1];
    CHECK(pair.client->try_read_some(b).error.code() == errc::closed);
    CHECK(pair.client->try_write_some(b).error.code() == errc::closed);
    CHECK_FALSE(pair.client->usable());
    CHECK(pair.server->try_read_some(b).status == io_status::end);
    CHECK(pair.server->try_write_some(b).error.code() == boost::system::errc::broken_pipe);
}

TEST_CASE("memory stream: usable until the other side closes or talks unasked") {
    using namespace memory_stream_test;
    world w;
    auto one = testing::make_memory_streams(w.io.get_executor());
    CHECK(one.client->usable());
    one.server->close();
    CHECK_FALSE(one.client->usable());
    auto two = testing::make_memory_streams(w.io.get_executor());
    std::byte b[1]{};
    CHECK(two.server->try_write_some(b).size == 1);
    CHECK_FALSE(two.client->usable());
    CHECK(two.server->usable());
}

TEST_CASE("simulated network: refusals, unknown hosts, black holes, latency") {
    using namespace memory_stream_test;
    world w;
    auto net = testing::simulated_network::create(w.io.get_executor(), w.clock);
    auto listener = net->listen("s3.test", 80);
    CHECK_THROWS_AS(net->listen("s3.test", 80), error);

    auto attempt = [&](std::string host, std::uint16_t port) {
        return testing::simulate(w.io, *w.clock,
                                 as_result(with_timeout(net->connect(std::move(host), port), 10s, w.clock)));
    };
    auto ok = attempt("s3.test", 80);
    REQUIRE(ok.has_value());
    auto refused = attempt("s3.test", 81);
    CHECK(refused.error().code() == errc::connect_failed);

    net->plan([](const testing::connection_attempt& a) {
        testing::connection_plan p;
        if (a.host == "nowhere") p.what = testing::connection_plan::fate::host_not_found;
        if (a.host == "hole") p.what = testing::connection_plan::fate::black_hole;
        p.to_server.latency = 30ms;
        p.to_client.latency = 70ms;
        return p;
    });
    CHECK(attempt("nowhere", 80).error().code() == errc::host_not_found);
    const auto before = w.clock->now();
    CHECK(attempt("hole", 80).error().code() == errc::deadline_exceeded);
    CHECK(w.clock->now() - before == 10s);
    auto slow = attempt("s3.test", 80);
    CHECK(slow.has_value());
    CHECK(w.clock->now() - before == 10s + 100ms);
    CHECK(net->attempts() == 5);

    net->reset_all();
    std::byte b[1];
    CHECK(slow.value()->try_read_some(b).error.code() == boost::system::errc::connection_reset);
    listener.reset();
    CHECK(attempt("s3.test", 80).error().code() == errc::connect_failed);
}

TEST_CASE("simulated network: accept hands out connections in order and ends with close") {
    using namespace memory_stream_test;
    world w;
    auto net = testing::simulated_network::create(w.io.get_executor(), w.clock);
    auto listener = net->listen("h", 1);
    auto c1 = testing::simulate(w.io, *w.clock, net->connect("h", 1));
    auto c2 = testing::simulate(w.io, *w.clock, net->connect("h", 1));
    auto s1 = testing::simulate(w.io, *w.clock, listener->accept());
    auto s2 = testing::simulate(w.io, *w.clock, listener->accept());
    std::byte b[1]{std::byte{7}};
    CHECK(c2->try_write_some(b).size == 1);
    CHECK(s1->try_read_some(b).status == io_status::would_block);
    CHECK(s2->try_read_some(b).size == 1);
    bool ended = false;
    asio::co_spawn(w.io, listener->accept(),
                   [&](std::exception_ptr e, testing::server_stream_ptr) { ended = e != nullptr; });
    testing::run_simulated(w.io, *w.clock);
    CHECK_FALSE(ended);
    listener->close();
    testing::run_simulated(w.io, *w.clock);
    CHECK(ended);
}

TEST_CASE("memory stream: each step of the client can be the one that is reset") {
    using namespace memory_stream_test;
    std::uint64_t total = 0;
    auto run = [&](std::uint64_t at) {
        world w;
        testing::memory_stream_options options;
        options.to_client.max_transfer = 100;
        options.reset_at_client_step = at;
        options.statistics = std::make_shared<testing::link_statistics>();
        auto stats = options.statistics;
        auto out = transfer(w, options, pattern(1000));
        if (at == 0) total = stats->client_steps;
        return out;
    };
    CHECK(run(0).bytes == pattern(1000));
    REQUIRE(total == 11);
    for (std::uint64_t at = 1; at <= total; ++at) {
        const auto out = run(at);
        CHECK(out.error == boost::system::errc::connection_reset);
        CHECK(out.bytes.size() == (at - 1) * 100);
    }
}
