// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/http/request.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <functional>
#include <string>

namespace exchange_test {

using namespace penstock;
namespace io_error = boost::asio::error;

/// What a scripted server does: waits until it has seen `until` in what was sent, then says `answer`, then goes on.
struct step {
    std::string until;
    std::string answer;
    enum class after { go_on, close, reset, hang } then = after::go_on;
};

inline awaitable<void> serve(std::unique_ptr<testing::server_stream> s, std::vector<step> script, std::string* seen) {
    std::string pending;
    for (auto& now : script) {
        while (pending.find(now.until) == std::string::npos) {
            std::byte block[4096];
            const auto r = s->try_read_some(block);
            if (r.status == io_status::would_block) {
                co_await s->wait(http::wait_for::read);
                continue;
            }
            if (r.status != io_status::bytes) co_return;
            pending.append(as_text({block, r.size}));
            seen->append(as_text({block, r.size}));
        }
        pending.erase(0, pending.find(now.until) + now.until.size());
        auto rest = as_bytes(now.answer);
        while (!rest.empty()) {
            const auto r = s->try_write_some(rest);
            if (r.status == io_status::bytes)
                rest = rest.subspan(r.size);
            else if (r.status == io_status::would_block)
                co_await s->wait(http::wait_for::write);
            else
                co_return;
        }
        if (now.then == step::after::close) co_return;
        if (now.then == step::after::reset) {
            s->reset();
            co_return;
        }
    }
    // The stream stays open until the client closes it.
    for (;;) {
        std::byte block[4096];
        const auto r = s->try_read_some(block);
        if (r.status == io_status::bytes) {
            seen->append(as_text({block, r.size}));
            continue;
        }
        if (r.status != io_status::would_block) co_return;
        co_await s->wait(http::wait_for::read);
    }
}

struct world {
    explicit world(std::vector<step> script, testing::memory_stream_options options = {},
                   http::transport_options limits = {}) {
        options.clock = clock;
        auto pair = testing::make_memory_streams(io.get_executor(), options);
        conn = std::make_unique<http::connection>(io.get_executor(), http::origin{"store", 80, false},
                                                  std::move(pair.client), limits, clock, buffers);
        asio::co_spawn(io, serve(std::move(pair.server), std::move(script), &seen), asio::detached);
    }

    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    std::shared_ptr<buffer_pool> buffers = buffer_pool::create();
    asio::io_context io{1};
    std::string seen;
    std::unique_ptr<http::connection> conn;
};

struct answer {
    int status = 0;
    std::string body;
    failure error;
    answer() = default;
};

/// One exchange and its whole body, read in pieces of `piece` bytes.
inline awaitable<answer> ask(http::connection& c, std::string method = "GET", std::string body = {},
                             bool expect = false, std::size_t piece = 1000) {
    answer out;
    http::request r;
    r.method = method;
    r.headers.add("Host", "store");
    if (!body.empty()) r.headers.add("Content-Length", body.size());
    if (expect) r.headers.add("Expect", "100-continue");
    std::string text;
    r.append_to(text);
    const std::span<const std::byte> pieces[] = {as_bytes(body)};
    http::outgoing o;
    o.method = method;
    o.head = text;
    if (!body.empty()) o.body = pieces;
    o.expect_continue = expect;
    auto done = co_await c.exchange(o);
    if (!done) {
        out.error = done.error();
        co_return out;
    }
    out.status = c.head().status;
    std::vector<std::byte> block(piece);
    for (;;) {
        auto r = c.try_read_body(block);
        if (r.status == io_status::bytes) {
            out.body.append(as_text({block.data(), r.size}));
        } else if (r.status == io_status::would_block) {
            co_await c.body_ready();
        } else {
            out.error = r.error;
            co_return out;
        }
    }
}

TEST_CASE("exchange: a fixed body, and the connection serves again") {
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
             {"\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}}};
    const auto first = w.run(ask(*w.conn));
    CHECK(first.status == 200);
    CHECK(first.body == "hello");
    CHECK(!first.error);
    CHECK(w.conn->reusable());
    CHECK(w.conn->alive());
    const auto second = w.run(ask(*w.conn));
    CHECK(second.status == 404);
    CHECK(w.conn->earlier_requests() == 1);
    CHECK(w.conn->reusable());
    CHECK(w.seen == "GET / HTTP/1.1\r\nHost: store\r\n\r\nGET / HTTP/1.1\r\nHost: store\r\n\r\n");
}

TEST_CASE("exchange: large bodies arrive whole, whatever the reads are cut into") {
    std::string big(300'000, '?');
    for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>('a' + i * 7 % 26);
    for (const std::size_t piece : {std::size_t{777}, std::size_t{16'384}, std::size_t{1} << 20}) {
        world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + big}}};
        const auto got = w.run(ask(*w.conn, "GET", {}, false, piece));
        CHECK(got.body == big);
        CHECK(!got.error);
        CHECK(w.conn->reusable());
    }
}

TEST_CASE("exchange: other transfer codings are refused, their bytes are not the object's") {
    for (const std::string& coding : {std::string{"gzip, chunked"}, std::string{"gzip"}, std::string{"chunked, gzip"}}) {
        world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}}};
        const auto got = w.run(ask(*w.conn));
        CHECK(got.error.code() == errc::unsupported);
        CHECK(got.body.empty());
        CHECK_FALSE(w.conn->reusable());
    }
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}}};
    CHECK(w.run(ask(*w.conn)).body == "hello");
}

TEST_CASE("exchange: a chunked body with extensions and trailers") {
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "5;x=\"a;\\\"b\"\r\nhello\r\n6\r\n world\r\n0\r\nx-trailer: 1\r\n\r\n"}}};
    const auto got = w.run(ask(*w.conn));
    CHECK(got.body == "hello world");
    CHECK(!got.error);
    CHECK(w.conn->reusable());
}

TEST_CASE("exchange: a body that ends with its connection") {
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nhello", step::after::close}}};
    const auto got = w.run(ask(*w.conn));
    CHECK(got.body == "hello");
    CHECK(!got.error);
    CHECK(!w.conn->reusable());
}

TEST_CASE("exchange: no body after HEAD, 204 and 304") {
    for (const std::string status : {"200 OK", "204 No Content", "304 Not Modified"}) {
        world w{{{"\r\n\r\n", "HTTP/1.1 " + status + "\r\nContent-Length: 99\r\n\r\n"}}};
        const auto got = w.run(ask(*w.conn, status == "200 OK" ? "HEAD" : "GET"));
        CHECK(got.body.empty());
        CHECK(!got.error);
        CHECK(w.conn->reusable());
    }
}

TEST_CASE("exchange: a body shorter than promised is an error that counts") {
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", step::after::close}}};
    const auto got = w.run(ask(*w.conn));
    CHECK(got.body == "hello");
    CHECK(got.error.code() == errc::body_too_short);
    CHECK(got.error.message().find("5 bytes of 10") != std::string::npos);
    CHECK(got.error.detail().endpoint == "http://store");
    CHECK(!w.conn->reusable());
}

TEST_CASE("exchange: a body longer than promised is an error, in small and in large bodies") {
    for (const std::size_t size : {std::size_t{5}, std::size_t{100'000}}) {
        world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                                  std::string(size + 3, 'x')}}};
        const auto got = w.run(ask(*w.conn));
        CHECK(got.error.code() == errc::body_too_long);
        CHECK(!w.conn->reusable());
    }
}

TEST_CASE("exchange: broken heads and chunks") {
    struct row {
        const char* answer;
        errc code;
    };
    const row rows[] = {
        {"HTP/1.1 200 OK\r\n\r\n", errc::malformed_response},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", errc::malformed_response},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", errc::malformed_response},
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", errc::malformed_response},
        {"HTTP/1.1 200 OK\r\nbad name: 1\r\n\r\n", errc::malformed_response},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", errc::malformed_response},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n", errc::malformed_response},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", errc::malformed_response},
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", errc::malformed_response},
    };
    for (const auto& r : rows) {
        CAPTURE(r.answer);
        world w{{{"\r\n\r\n", r.answer, step::after::close}}};
        const auto got = w.run(ask(*w.conn));
        CHECK(got.error.code() == r.code);
        CHECK(!w.conn->reusable());
    }
}

TEST_CASE("exchange: a header flood ends at the limit") {
    std::string flood = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 20'000; ++i) flood += "x-flood-" + std::to_string(i) + ": yes\r\n";
    world w{{{"\r\n\r\n", flood + "\r\n"}}};
    const auto got = w.run(ask(*w.conn));
    CHECK(got.error.code() == errc::header_too_large);
    CHECK(got.error.code() == condition::limit);

    std::string one = "HTTP/1.1 200 OK\r\nx: " + std::string(200'000, 'y') + "\r\n\r\n";
    world v{{{"\r\n\r\n", one}}};
    CHECK(v.run(ask(*v.conn)).error.code() == errc::header_too_large);
}

TEST_CASE("exchange: a large header within the limit is taken") {
    const std::string value(40'000, 'v');
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nx: " + value + "\r\nContent-Length: 2\r\n\r\nok"}}};
    const auto got = w.run(ask(*w.conn));
    CHECK(got.body == "ok");
    CHECK(w.conn->head().headers["X"] == value);
}

TEST_CASE("exchange: the server closes or resets before and within the header") {
    world closed{{{"\r\n\r\n", "", step::after::close}}};
    auto got = closed.run(ask(*closed.conn));
    CHECK(got.error.code() == errc::connection_closed);
    CHECK(!closed.conn->answered());
    world cut{{{"\r\n\r\n", "HTTP/1.1 200 O", step::after::close}}};
    got = cut.run(ask(*cut.conn));
    CHECK(got.error.code() == errc::connection_closed);
    CHECK(cut.conn->answered());
    world reset{{{"\r\n\r\n", "", step::after::reset}}};
    got = reset.run(ask(*reset.conn));
    CHECK(got.error.code() == condition::connection);
}

TEST_CASE("exchange: no first byte in time, in simulated time") {
    world w{{{"\r\n\r\n", ""}}};
    const auto start = w.clock->now();
    const auto got = w.run(ask(*w.conn));
    CHECK(got.error.code() == errc::first_byte_timeout);
    CHECK(got.error.code() == condition::timeout);
    const auto waited = w.clock->now() - start;
    CHECK(waited >= std::chrono::seconds{10});
    CHECK(waited < std::chrono::seconds{12});
}

TEST_CASE("exchange: a stalled body ends after the stall limit") {
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"}}};
    const auto start = w.clock->now();
    const auto got = w.run(ask(*w.conn));
    CHECK(got.body == "hello");
    CHECK(got.error.code() == errc::stall_timeout);
    CHECK(w.clock->now() - start >= std::chrono::seconds{30});
    CHECK(w.clock->now() - start < std::chrono::seconds{33});
}

inline awaitable<void> read_after_a_pause(world* w, std::string* body) {
    auto first = co_await ask(*w->conn, "GET", {}, false, 10);
    *body = first.body;
    CHECK(!first.error);
}

TEST_CASE("exchange: a caller who pauses is no stall") {
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"}}};
    auto pausing = [](world* v) -> awaitable<std::string> {
        http::outgoing o;
        o.method = "GET";
        o.head = "GET / HTTP/1.1\r\nHost: store\r\n\r\n";
        const auto done = co_await v->conn->exchange(o);
        CHECK(done.has_value());
        std::byte five[5];
        const auto a = v->conn->try_read_body(five);
        CHECK(a.size == 5);
        co_await sleep_for(v->clock, std::chrono::minutes{10});
        const auto b = v->conn->try_read_body(five);
        CHECK(b.status == io_status::bytes);
        co_return std::string{as_text(five)};
    };
    CHECK(w.run(pausing(&w)) == "56789");
}

TEST_CASE("exchange: Expect: 100-continue, given, refused, and never answered") {
    const std::string body(5000, 'b');
    world given{{{"\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"},
                 {body, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}};
    auto got = given.run(ask(*given.conn, "PUT", body, true));
    CHECK(got.status == 200);
    CHECK(given.conn->reusable());

    world refused{{{"\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"}}};
    got = refused.run(ask(*refused.conn, "PUT", body, true));
    CHECK(got.status == 403);
    CHECK(got.body == "no");
    CHECK(refused.seen.find("bbb") == std::string::npos);
    CHECK(!refused.conn->reusable()); // the server may still expect the body

    world silent{{{body, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}};
    const auto start = silent.clock->now();
    got = silent.run(ask(*silent.conn, "PUT", body, true));
    CHECK(got.status == 200);
    CHECK(silent.clock->now() - start >= std::chrono::seconds{1});
}

TEST_CASE("exchange: an early refusal is told although the body could not be sent") {
    testing::memory_stream_options small;
    small.to_server.capacity = 1000;
    const std::string body(1 << 20, 'b');
    world w{{{"\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", step::after::close}}, small};
    const auto got = w.run(ask(*w.conn, "PUT", body));
    CHECK(got.status == 403);
    CHECK(got.body == "no");
    CHECK(!w.conn->reusable());
}

TEST_CASE("exchange: a success before the body is sent is none") {
    const std::string body(1 << 20, 'b');
    testing::memory_stream_options small;
    small.to_server.capacity = 1000;
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    world announced{{{"\r\n\r\n", ok}}, small};
    CHECK(announced.run(ask(*announced.conn, "PUT", body, true)).error.code() == errc::malformed_response);
    world cut{{{"\r\n\r\n", ok, step::after::close}}, small};
    CHECK(cut.run(ask(*cut.conn, "PUT", body)).error.code() == condition::connection);
}

TEST_CASE("exchange: progress is what the other side took after we had to wait") {
    const std::string body(100'000, 'b');
    testing::memory_stream_options slow;
    slow.to_server.capacity = 1000;
    slow.to_server.bytes_per_second = 1000;
    world w{{{body, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}, slow};
    const auto start = w.clock->now();
    CHECK(w.run(ask(*w.conn, "PUT", body)).status == 200);
    CHECK(w.conn->progress() > start + std::chrono::seconds{90});

    world deaf{{{"never", ""}}, slow}; // takes some, then nothing
    CHECK(deaf.run(ask(*deaf.conn)).error.code() == errc::first_byte_timeout);
    CHECK(deaf.conn->progress() == steady_time{});
}

TEST_CASE("exchange: a head that drips ends in bounded time") {
    testing::memory_stream_options drip;
    drip.to_client.bytes_per_second = 1;
    drip.to_client.max_transfer = 1;
    world w{{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Long: " + std::string(1000, 'x') + "\r\n\r\n"}}, drip};
    const auto start = w.clock->now();
    const auto got = w.run(ask(*w.conn));
    CHECK(got.error.code() == errc::first_byte_timeout);
    CHECK(got.error.message().find("header") != std::string::npos);
    CHECK(w.clock->now() - start < std::chrono::seconds{90});
}

TEST_CASE("exchange: a cancelled wait for leave to send is operation_aborted") {
    world w{{{"never", ""}}};
    const std::string body(5000, 'b');
    std::exception_ptr failed;
    asio::cancellation_signal signal;
    asio::co_spawn(w.io, ask(*w.conn, "PUT", body, true),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e, answer) { failed = e; }));
    w.io.poll();
    signal.emit(asio::cancellation_type::terminal);
    w.io.restart();
    w.io.poll();
    REQUIRE(failed);
    CHECK(to_failure(failed).code() == asio::error::operation_aborted);
}

TEST_CASE("exchange: interim answers are passed over, endless ones are not") {
    world w{{{"\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}};
    CHECK(w.run(ask(*w.conn)).status == 200);
    std::string hints;
    for (int i = 0; i < 100; ++i) hints += "HTTP/1.1 103 Early Hints\r\n\r\n";
    world v{{{"\r\n\r\n", hints}}};
    CHECK(v.run(ask(*v.conn)).error.code() == errc::malformed_response);
}

TEST_CASE("exchange: every I/O step failed once ends in an error, and never in wrong data") {
    const std::string body(50'000, 'x');
    const std::vector<step> script = {
        {"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + body}};
    bool whole = false;
    int failed = 0;
    for (std::uint64_t at = 1; at < 1000 && !whole; ++at) {
        testing::memory_stream_options options;
        options.reset_at_client_step = at;
        world w{script, options};
        const auto got = w.run(ask(*w.conn));
        if (got.error) {
            ++failed;
            CHECK(got.error.code() == condition::connection);
            CHECK(!w.conn->reusable());
            CHECK(body.compare(0, got.body.size(), got.body) == 0);
        } else {
            CHECK(got.body == body);
            whole = true;
        }
    }
    CHECK(whole);
    CHECK(failed > 10);
}

} // namespace exchange_test
