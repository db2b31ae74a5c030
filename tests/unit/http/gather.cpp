// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/as_bytes.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/http/tcp_stream.hpp>
#include <penstock/testing/manual_clock.hpp>

#include <doctest/doctest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>

/// Real sockets: the mark below which a reader sleeps on is the kernel's.
namespace gather_test {

using namespace penstock;
using asio::ip::tcp;

struct world {
    world() {
        tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
        stream = test::run(io, http::connect_tcp(asio::ip::address_v4::loopback(), acceptor.local_endpoint().port(), clock,
                                                 std::chrono::seconds{30}));
        peer = acceptor.accept();
        peer.set_option(tcp::no_delay{true});
    }
    void send(const std::string& text) { asio::write(peer, asio::buffer(text)); }
    void start(awaitable<void> waiting) {
        done = false;
        asio::co_spawn(io, std::move(waiting), [this](std::exception_ptr e) {
            CHECK(e == nullptr);
            done = true;
        });
    }
    /// Whether it has ended by itself: what was sent over loopback is there when the call that sends it returns.
    bool ended() {
        io.restart();
        while (io.poll_one() > 0) {}
        return done;
    }

    asio::io_context io{1};
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    http::stream_ptr stream;
    tcp::socket peer{io};
    bool done = false;
};

TEST_CASE("gather: a reader sleeps until enough is there") {
    world w;
    w.stream->gather(100);
    w.start(w.stream->wait(http::wait_for::read));
    w.send(std::string(99, 'x'));
    CHECK_FALSE(w.ended());
    w.send("x");
    CHECK(w.ended());
    std::array<std::byte, 200> block;
    CHECK(w.stream->try_read_some(block).size == 100);
}

TEST_CASE("gather: less is read, too, by who asks for it") {
    world w;
    w.stream->gather(100);
    w.send("x");
    std::array<std::byte, 200> block;
    CHECK(w.stream->try_read_some(block).size == 1);
}

TEST_CASE("gather: who sleeps is woken by a smaller wish, by the end, by close") {
    for (const char* by : {"wish", "end", "close"}) {
        CAPTURE(by);
        world w;
        w.stream->gather(100);
        w.start(w.stream->wait(http::wait_for::read));
        w.send("x");
        REQUIRE_FALSE(w.ended());
        if (by == std::string{"wish"}) w.stream->gather(1);
        if (by == std::string{"end"}) w.peer.shutdown(tcp::socket::shutdown_send);
        if (by == std::string{"close"}) w.stream->close();
        CHECK(w.ended());
    }
}

/// A connection whose answer has a body of `length` bytes, none of which has come.
struct receiving : world {
    receiving(http::transport_options limits, const std::string& length) : limits{limits} {
        made = std::make_unique<http::connection>(io.get_executor(), http::origin{"127.0.0.1", 80, false}, std::move(stream), limits,
                                                  clock, buffer_pool::create());
        send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        http::outgoing request;
        request.method = "GET";
        request.head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        REQUIRE(test::run(io, made->exchange(request)).has_value());
        REQUIRE(received() == "");
    }
    std::string received() {
        std::array<std::byte, 2000> block;
        const auto r = made->try_read_body(block);
        return r.status == io_status::bytes ? std::string{as_text({block.data(), r.size})} : std::string{};
    }

    http::transport_options limits;
    std::unique_ptr<http::connection> made;
};

TEST_CASE("gather: a body that comes slowly is received at the watchdog's ticks, and is no stall") {
    receiving w{http::transport_options{}.stall_timeout(std::chrono::seconds{4}), "1000"};
    for (int i = 0; i < 10; ++i) {
        CAPTURE(i);
        w.start(w.made->body_ready(500));
        w.send("x");
        REQUIRE_FALSE(w.ended());
        for (int tick = 0; tick < 2 && !w.ended(); ++tick) w.clock->advance(std::chrono::seconds{1});
        REQUIRE(w.ended());
        REQUIRE(w.received() == "x");
    }
    w.start(w.made->body_ready(500));
    for (int tick = 0; tick < 6 && !w.ended(); ++tick) w.clock->advance(std::chrono::seconds{1});
    CHECK(w.ended());
    std::array<std::byte, 10> block;
    CHECK(w.made->try_read_body(block).error.code() == errc::stall_timeout);
}

TEST_CASE("gather: no more is waited for than is to come, nor where a limit is short or a speed is asked for") {
    receiving rest{{}, "10"};
    rest.start(rest.made->body_ready(500));
    rest.send("0123456789");
    CHECK(rest.ended());

    for (const auto& limits : {http::transport_options{}.stall_timeout(std::chrono::milliseconds{99}),
                               http::transport_options{}.minimum_speed(10)}) {
        receiving w{limits, "1000"};
        w.start(w.made->body_ready(500));
        w.send("x");
        CHECK(w.ended());
    }
}

TEST_CASE("gather: the next answer's head comes at once") {
    receiving w{{}, "1000"};
    w.start(w.made->body_ready(500));
    w.send(std::string(1000, 'x'));
    REQUIRE(w.ended());
    CHECK(w.received().size() == 1000);
    std::array<std::byte, 10> block;
    CHECK(w.made->try_read_body(block).status == io_status::end);
    REQUIRE(w.made->reusable());
    http::outgoing request;
    request.method = "GET";
    request.head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    std::optional<result<void>> answered;
    asio::co_spawn(w.io, w.made->exchange(request), [&](std::exception_ptr, result<void> r) { answered = r; });
    w.ended();
    REQUIRE_FALSE(answered.has_value());
    w.send("HTTP/1.1 204 No Content\r\n\r\n");
    w.ended();
    CHECK(answered.has_value());
}

} // namespace gather_test
