// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/s3_server.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/http/tcp_stream.hpp>
#include <penstock/http/tls_context.hpp>
#include <penstock/http/tls_stream.hpp>
#include <penstock/testing/simulation.hpp>
#include <penstock/testing/test_certificates.hpp>

#include <support/run.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace s3_server_test {

using namespace penstock;
using namespace std::chrono_literals;
using testing::fault;

/// What a raw client got.
struct exchange_outcome {
    exchange_outcome() = default;
    std::string text;
    error_code error; ///< none: the server closed in order
};

awaitable<void> send_all(http::stream& s, std::string text, std::shared_ptr<clock_source> clock,
                         duration between, std::size_t piece) {
    for (std::size_t at = 0; at < text.size();) {
        const auto part = std::string_view{text}.substr(at, piece);
        const auto r = s.try_write_some(std::as_bytes(std::span{part}));
        if (r.status == io_status::error) co_return;
        if (r.status == io_status::would_block) {
            co_await s.wait(http::wait_for::write);
            continue;
        }
        at += r.size;
        if (between > duration::zero()) co_await sleep_for(clock, between);
    }
}

/// Reads until the server closes, or until `enough` responses were begun.
awaitable<exchange_outcome> receive(http::stream& s) {
    exchange_outcome out;
    for (;;) {
        std::byte block[4096];
        const auto r = s.try_read_some(block);
        if (r.status == io_status::bytes) {
            out.text.append(reinterpret_cast<const char*>(block), r.size);
        } else if (r.status == io_status::would_block) {
            co_await s.wait(http::wait_for::read);
        } else {
            if (r.status == io_status::error) out.error = r.error.code();
            co_return out;
        }
    }
}

struct world {
    explicit world(testing::s3_server_options options = testing::s3_server_options())
        : server{io.get_executor(), options.clock(clock).faults(plan).random(make_seeded_random(1))} {
        server.put("bucket", "k", "0123456789");
    }

    testing::memory_stream_pair
    connect(testing::memory_stream_options options = testing::memory_stream_options()) {
        options.clock = clock;
        auto pair = testing::make_memory_streams(io.get_executor(), options);
        server.serve(std::move(pair.server));
        return pair;
    }

    /// Sends `text` on one connection and gives all that comes until it ends.
    exchange_outcome talk(std::string text, duration between = {}, std::size_t piece = 1 << 20) {
        auto pair = connect();
        asio::co_spawn(io, send_all(*pair.client, std::move(text), clock, between, piece), asio::detached);
        auto out = testing::simulate(io, *clock, receive(*pair.client));
        settle();
        return out;
    }
    /// Lets the server finish what it does at this very time.
    void settle() {
        io.restart();
        io.poll();
    }

    asio::io_context io{1};
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    std::shared_ptr<testing::fault_plan> plan = testing::fault_plan::create();
    testing::s3_server server;
};

std::string get(std::string_view target = "/bucket/k", std::string_view headers = {}) {
    return "GET " + std::string{target} + " HTTP/1.1\r\nHost: s3.test\r\n" + std::string{headers} + "\r\n";
}
std::string last_get(std::string_view target = "/bucket/k") { return get(target, "Connection: close\r\n"); }

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
}
bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

} // namespace s3_server_test

TEST_CASE("s3 server: one request, one answer, one record") {
    using namespace s3_server_test;
    world w;
    const auto out = w.talk(last_get());
    CHECK_FALSE(out.error);
    CHECK(out.text.starts_with("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"));
    CHECK(has(out.text, "Content-Length: 10\r\n"));
    CHECK(has(out.text, "Connection: close\r\n"));
    CHECK(out.text.ends_with("\r\n\r\n0123456789"));
    REQUIRE(w.server.requests().size() == 1);
    const auto& r = w.server.requests()[0];
    CHECK(r.method == "GET");
    CHECK(r.path == "/bucket/k");
    CHECK(r.status == 200);
    CHECK(r.response_bytes == 10);
    CHECK(r.complete);
    CHECK(r.headers["host"] == "s3.test");
    CHECK(w.server.statistics().connections == 1);
    CHECK(w.server.statistics().requests == 1);
    testing::run_simulated(w.io, *w.clock);
    CHECK(w.server.statistics().open_connections == 0);
}

TEST_CASE("s3 server: requests in one packet, or cut at every byte, get the same answers") {
    using namespace s3_server_test;
    const auto three = get() + "PUT /bucket/new HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nnew" +
                       "\r\n" + last_get("/bucket/new");
    world whole;
    const auto wanted = whole.talk(three);
    CHECK(count(wanted.text, "HTTP/1.1 200 OK") == 3);
    CHECK(wanted.text.ends_with("\r\n\r\nnew"));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{50}}) {
        world cut;
        CHECK(cut.talk(three, 1ms, piece).text.size() == wanted.text.size());
        CHECK(cut.server.statistics().connections == 1);
    }
}

TEST_CASE("s3 server: chunked bodies, with extensions and trailers") {
    using namespace s3_server_test;
    world w;
    const auto out = w.talk("PUT /bucket/c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n" +
                            last_get("/bucket/c"));
    CHECK(count(out.text, "HTTP/1.1 200 OK") == 2);
    CHECK(out.text.ends_with("abc0123456789"));
    CHECK(w.server.requests()[0].request_bytes == 13);
    const auto broken = w.talk(
        "PUT /bucket/d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n");
    CHECK(broken.text.starts_with("HTTP/1.1 400 "));
    CHECK(w.talk(last_get("/bucket/d")).text.starts_with("HTTP/1.1 404 "));
}

TEST_CASE("s3 server: HEAD, 204 and 304 have no body, and the connection goes on") {
    using namespace s3_server_test;
    world w;
    const auto out =
        w.talk("HEAD /bucket/k HTTP/1.1\r\nHost: h\r\n\r\nHEAD /bucket/none HTTP/1.1\r\nHost: h\r\n\r\n" +
               get("/bucket/k", "If-None-Match: *\r\n") +
               "DELETE /bucket/k HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK(count(out.text, "HTTP/1.1 ") == 4);
    CHECK(count(out.text, "\r\n\r\nHTTP/1.1 ") == 3);
    CHECK(out.text.ends_with("\r\n\r\n"));
    CHECK(has(out.text, "HTTP/1.1 304 Not Modified"));
    CHECK(has(out.text, "HTTP/1.1 204 No Content"));
    CHECK(count(out.text, "Content-Length: ") == 2);
}

TEST_CASE("s3 server: HTTP/1.0 clients") {
    using namespace s3_server_test;
    world w;
    CHECK(has(w.talk("GET /bucket/k HTTP/1.0\r\n\r\n").text, "Connection: close\r\n"));
    const auto kept =
        w.talk("GET /bucket/k HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /bucket/k HTTP/1.0\r\n\r\n");
    CHECK(count(kept.text, "HTTP/1.1 200") == 2);
    CHECK(has(kept.text, "Connection: keep-alive\r\n"));
}

TEST_CASE("s3 server: what is no HTTP gets one answer and the end") {
    using namespace s3_server_test;
    struct row {
        std::string request;
        const char* status;
    };
    const std::vector<row> rows{
        {"rubbish\r\n\r\n", "400"},
        {"GET / HTTP/9.9\r\nHost: h\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\n\r\n", "400"}, // no Host
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost h\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: h\r\nX: a\001b\r\n\r\n", "400"},
        {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        {"PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", "400"},
        {"PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "400"},
        {"PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400"},
        {"PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
        {"PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        {"PUT /b/k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
        {std::string{"\x16\x03\x01\x02\0\x01", 6}, "400"}, // a TLS client
        {"GET / HTTP/1.1\r\nHost: h\r\n" + std::string(100'000, 'a'), "431"},
        {"GET /" + std::string(100'000, 'a'), "431"},
    };
    for (const auto& [request, status] : rows) {
        world w;
        const auto out = w.talk(request);
        CHECK_MESSAGE(out.text.starts_with(std::string{"HTTP/1.1 "} + status), printable(request, 60),
                      " got ", out.text.substr(0, 60));
        CHECK(count(out.text, "HTTP/1.1 ") == 1);
        CHECK(w.server.statistics().malformed_requests == 1);
        CHECK(w.talk(last_get()).text.ends_with("0123456789")); // the server goes on
    }
}

TEST_CASE("s3 server: a header flood is stopped at the limit") {
    using namespace s3_server_test;
    world w;
    std::string flood = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 20'000; ++i) flood += "X-" + std::to_string(i) + ": y\r\n";
    const auto out = w.talk(flood);
    CHECK(out.text.starts_with("HTTP/1.1 431 "));
    CHECK(w.server.statistics().malformed_requests == 1);
}

TEST_CASE("s3 server: slow clients are let go") {
    using namespace s3_server_test;
    {
        world w; // nothing at all
        const auto from = w.clock->now();
        CHECK(w.talk("").text.empty());
        CHECK(w.clock->now() - from == 2min);
    }
    {
        world w; // one byte a second: the head as a whole has its time
        const auto from = w.clock->now();
        CHECK(w.talk(get("/" + std::string(1000, 'k')), 1s, 1).text.empty());
        CHECK(w.clock->now() - from <= 32s);
        CHECK(w.server.statistics().malformed_requests == 1);
    }
    {
        world w; // half a body
        const auto from = w.clock->now();
        CHECK(w.talk("PUT /bucket/half HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf").text.empty());
        CHECK(w.clock->now() - from == 1min);
        CHECK(w.server.store().find("bucket", "half") == nullptr);
        CHECK(w.server.requests().back().status == 0);
        CHECK(w.server.requests().back().request_bytes == 4);
    }
    {
        world w; // slow, but always something
        const auto out = w.talk("PUT /bucket/slow HTTP/1.1\r\nHost: h\r\nConnection: "
                                "close\r\nContent-Length: 10\r\n\r\n0123456789",
                                1s, 20);
        CHECK(out.text.starts_with("HTTP/1.1 200"));
    }
    {
        world w; // asks, and never reads the answer
        w.server.put("bucket", "large", std::string(1 << 20, 'x'));
        auto pair = w.connect();
        const auto request = get("/bucket/large");
        CHECK(pair.client->try_write_some(std::as_bytes(std::span{request})).size == request.size());
        testing::run_simulated(w.io, *w.clock);
        CHECK(w.server.statistics().open_connections == 0);
        CHECK(w.server.requests().back().status == 200);
        CHECK_FALSE(w.server.requests().back().complete);
        CHECK(w.server.requests().back().response_bytes < 300'000); // it did not run ahead of the reader
    }
}

TEST_CASE("s3 server: a client that leaves in the middle of its body leaves no object") {
    using namespace s3_server_test;
    world w;
    auto pair = w.connect();
    const std::string half = "PUT /bucket/half HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf";
    CHECK(pair.client->try_write_some(std::as_bytes(std::span{half})).size == half.size());
    pair.client->close();
    testing::run_simulated(w.io, *w.clock);
    CHECK(w.server.statistics().open_connections == 0);
    CHECK(w.server.store().find("bucket", "half") == nullptr);
}

TEST_CASE("s3 server: Expect: 100-continue") {
    using namespace s3_server_test;
    const std::string put = " HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n";
    {
        world w;
        auto pair = w.connect();
        const auto head = "PUT /bucket/e" + put + "Connection: close\r\n\r\n";
        CHECK(pair.client->try_write_some(std::as_bytes(std::span{head})).size == head.size());
        testing::run_simulated(w.io, *w.clock, [&] { return !pair.client->usable(); });
        std::byte block[100];
        const auto r = pair.client->try_read_some(block);
        CHECK(std::string{reinterpret_cast<char*>(block), r.size} == "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(pair.client->try_write_some(std::as_bytes(std::span{"abc", 3})).size == 3);
        CHECK(testing::simulate(w.io, *w.clock, receive(*pair.client)).text.starts_with("HTTP/1.1 200 OK"));
    }
    {
        world w; // refused before the body: no 100, and no waiting for it either
        const auto out = w.talk("PUT /nowhere/e" + put + "\r\n");
        CHECK(out.text.starts_with("HTTP/1.1 404 "));
        CHECK(has(out.text, "Connection: close\r\n"));
        CHECK_FALSE(has(out.text, "100 Continue"));
    }
    {
        world w; // the body came with the head: no 100 is needed
        const auto out = w.talk("PUT /bucket/e" + put + "Connection: close\r\n\r\nabc");
        CHECK(out.text.starts_with("HTTP/1.1 200 OK"));
    }
}

TEST_CASE("s3 server: a refused body is read over, and the next request is served") {
    using namespace s3_server_test;
    world w;
    const std::string body(200'000, 'x');
    const auto out =
        w.talk("PUT /nowhere/k HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" + body + last_get());
    CHECK(out.text.starts_with("HTTP/1.1 404 "));
    CHECK(out.text.ends_with("0123456789"));
    testing::s3_server_limits limits;
    limits.max_drain = 1000;
    world strict{testing::s3_server_options().limits(limits)};
    const auto cut = strict.talk("PUT /nowhere/k HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" +
                                 body + last_get());
    CHECK(count(cut.text, "HTTP/1.1 ") <= 1);
    CHECK(strict.server.requests().size() == 1);
}

TEST_CASE("s3 server: others are served while one is kept busy") {
    using namespace s3_server_test;
    static constexpr std::size_t large = std::size_t{8} << 20;
    const std::string body(large, 'x');
    std::string pipelined;
    for (int i = 0; i < 100; ++i) pipelined += get("/bucket/none");
    auto put = [&](const char* bucket) {
        return "PUT /" + std::string{bucket} +
               "/new HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(large) + "\r\n\r\n" + body;
    };
    const std::vector<std::string> busy{
        "PUT /bucket/copy HTTP/1.1\r\nHost: h\r\nx-amz-copy-source: bucket/large\r\n\r\n",
        put("bucket"),
        put("nowhere"), // refused, and read over
        pipelined,
    };
    for (const auto& request : busy) {
        world w;
        w.server.put("bucket", "large", body);
        testing::memory_stream_options wide; // all of it is there at once
        wide.to_server.capacity = wide.to_client.capacity = 2 * large;
        wide.statistics = std::make_shared<testing::link_statistics>();
        auto one = w.connect(wide), two = w.connect();
        w.settle();
        CHECK(one.client->try_write_some(std::as_bytes(std::span{request})).size == request.size());
        const auto small = get();
        CHECK(two.client->try_write_some(std::as_bytes(std::span{small})).size == small.size());
        std::byte block[4096];
        auto answered = [&] { return two.client->try_read_some(block).status == io_status::bytes; };
        testing::run_simulated(w.io, *w.clock, answered);
        INFO(printable(request, 60));
        REQUIRE_FALSE(w.server.requests().empty());
        CHECK(w.server.statistics().requests < 5);
        CHECK(w.server.store().find("bucket", "copy") == nullptr);
        CHECK(w.server.store().find("bucket", "new") == nullptr);
        CHECK(wide.statistics->bytes_to_server < large);
        one.client->close();
        testing::run_simulated(w.io, *w.clock);
    }
}

TEST_CASE("s3 server: limits of connections and of the log") {
    using namespace s3_server_test;
    testing::s3_server_limits limits;
    limits.max_connections = 2;
    limits.log_size = 3;
    world w{testing::s3_server_options().limits(limits)};
    auto a = w.connect(), b = w.connect(), c = w.connect();
    std::byte block[1];
    CHECK(c.client->try_read_some(block).status == io_status::end);
    CHECK(a.client->try_read_some(block).status == io_status::would_block);
    a.client->close();
    b.client->close();
    testing::run_simulated(w.io, *w.clock);
    std::string many;
    for (int i = 0; i < 5; ++i) many += get("/bucket/" + std::to_string(i));
    w.talk(many + last_get());
    REQUIRE(w.server.requests().size() == 3);
    CHECK(w.server.requests().front().path == "/bucket/3");
    CHECK(w.server.statistics().requests == 6);
    w.server.forget_requests();
    CHECK(w.server.requests().empty());
    limits.log_size = 1000;
    limits.log_header_bytes = 130;
    world small{testing::s3_server_options().limits(limits)};
    small.talk(many + last_get());
    CHECK(small.server.requests().size() == 2);
}

TEST_CASE("s3 server: every fault is what a client sees") {
    using namespace s3_server_test;
    auto hit = [](fault f, std::string request, auto check) {
        world w;
        w.plan->next(f);
        const auto from = w.clock->now();
        auto pair = w.connect();
        asio::co_spawn(w.io, send_all(*pair.client, request, w.clock, {}, 1 << 20), asio::detached);
        const auto out = testing::simulate(w.io, *w.clock, receive(*pair.client));
        w.settle();
        check(w, out, w.clock->now() - from);
        REQUIRE_FALSE(w.server.requests().empty());
        CHECK(w.server.requests().front().fault == f.describe());
        CHECK(w.plan->hits() == 1);
        CHECK(w.talk(last_get()).text.ends_with("0123456789")); // only this one request was hit
    };
    const auto put =
        "PUT /bucket/new HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n\r\nabcdefghij";
    auto stored = [](world& w) { return w.server.store().find("bucket", "new") != nullptr; };

    hit(fault::close_before_head(), put, [&](world& w, const exchange_outcome& out, duration) {
        CHECK(out.text.empty());
        CHECK_FALSE(out.error);
        CHECK(stored(w)); // the ambiguous case: done, but not said
    });
    hit(fault::reset_before_head(), put, [&](world& w, const exchange_outcome& out, duration) {
        CHECK(out.text.empty());
        CHECK(out.error == boost::system::errc::connection_reset);
        CHECK(stored(w));
    });
    hit(fault::close_at(4), last_get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(out.text.ends_with("\r\n\r\n0123"));
        CHECK(has(out.text, "Content-Length: 10"));
        CHECK_FALSE(out.error);
    });
    hit(fault::close_at(0), last_get(),
        [](world&, const exchange_outcome& out, duration) { CHECK(out.text.ends_with("\r\n\r\n")); });
    hit(fault::close_at(11), last_get(),
        [](world&, const exchange_outcome& out, duration) { CHECK(out.text.ends_with("0123456789")); });
    hit(fault::reset_at(4), last_get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(out.error == boost::system::errc::connection_reset);
    });
    hit(fault::close_request_at(5), put, [&](world& w, const exchange_outcome& out, duration) {
        CHECK(out.text.empty());
        CHECK_FALSE(stored(w));
        CHECK(w.server.requests()[0].request_bytes == 5);
    });
    hit(fault::reset_request_at(0), put, [&](world& w, const exchange_outcome& out, duration) {
        CHECK(out.error == boost::system::errc::connection_reset);
        CHECK_FALSE(stored(w));
    });
    hit(fault::stall_at(4, 90s), last_get(), [](world&, const exchange_outcome& out, duration took) {
        CHECK(out.text.ends_with("0123456789"));
        CHECK(took == 90s);
    });
    hit(fault::stall_before_head(5min), last_get(), [](world&, const exchange_outcome& out, duration took) {
        CHECK(out.text.ends_with("0123456789"));
        CHECK(took == 5min);
    });
    hit(fault::stall_request_at(5, 20s), put, [&](world& w, const exchange_outcome& out, duration took) {
        CHECK(out.text.starts_with("HTTP/1.1 200"));
        CHECK(took == 20s);
        CHECK(stored(w));
    });
    hit(fault::trickle(3, 1s), last_get(), [](world&, const exchange_outcome& out, duration took) {
        CHECK(out.text.ends_with("0123456789"));
        CHECK(took == 3s);
    });
    hit(fault::internal_error(), put, [&](world& w, const exchange_outcome& out, duration) {
        CHECK(out.text.starts_with("HTTP/1.1 500 "));
        CHECK(has(out.text, "<Code>InternalError</Code>"));
        CHECK_FALSE(stored(w));
    });
    hit(fault::slow_down(1500), last_get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(out.text.starts_with("HTTP/1.1 503 "));
        CHECK(has(out.text, "x-amz-retry-after: 1500\r\n"));
        CHECK(has(out.text, "<Code>SlowDown</Code>"));
    });
    hit(fault::slow_down(), last_get(),
        [](world&, const exchange_outcome& out, duration) { CHECK_FALSE(has(out.text, "retry-after")); });
    hit(fault::error_in_200(), put, [&](world& w, const exchange_outcome& out, duration) {
        CHECK(out.text.starts_with("HTTP/1.1 200 "));
        CHECK(has(out.text, "<Code>InternalError</Code>"));
        CHECK_FALSE(stored(w));
    });
    hit(fault::redirect(307, "eu-west-1", "http://elsewhere/bucket/k"), last_get(),
        [](world&, const exchange_outcome& out, duration) {
            CHECK(out.text.starts_with("HTTP/1.1 307 "));
            CHECK(has(out.text, "Location: http://elsewhere/bucket/k\r\n"));
            CHECK(has(out.text, "x-amz-bucket-region: eu-west-1\r\n"));
        });
    hit(fault::redirect(301, "eu-west-1"), last_get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(has(out.text, "<Code>PermanentRedirect</Code>"));
        CHECK_FALSE(has(out.text, "Location:"));
    });
    hit(fault::wrong_length(5), get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(has(out.text, "Content-Length: 15\r\n"));
        CHECK(out.text.ends_with("\r\n\r\n0123456789"));
    });
    hit(fault::wrong_length(-3), get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(has(out.text, "Content-Length: 7\r\n"));
        CHECK(out.text.ends_with("\r\n\r\n0123456789"));
    });
    hit(fault::wrong_length(-30), get(),
        [](world&, const exchange_outcome& out, duration) { CHECK(has(out.text, "Content-Length: 0\r\n")); });
    hit(fault::wrong_etag(),
        get("/bucket/k", "Connection: close\r\nIf-Match: \"781e5e245d69b566979b86e28d23f2c7\"\r\n"),
        [](world&, const exchange_outcome& out, duration) {
            CHECK(out.text.starts_with("HTTP/1.1 200"));
            CHECK_FALSE(has(out.text, "781e5e245d69b566979b86e28d23f2c7"));
            CHECK(has(out.text, "ETag: \""));
        });
    hit(fault::wrong_etag(), get("/bucket/k", "Connection: close\r\nIf-Match: \"other\"\r\n"),
        [](world&, const exchange_outcome& out, duration) { CHECK(out.text.starts_with("HTTP/1.1 200")); });
    hit(fault::wrong_range(2), get("/bucket/k", "Connection: close\r\nRange: bytes=1-3\r\n"),
        [](world&, const exchange_outcome& out, duration) {
            CHECK(has(out.text, "Content-Range: bytes 3-5/10\r\n"));
            CHECK(out.text.ends_with("\r\n\r\n123"));
        });
    hit(fault::wrong_range(2), get("/bucket/k", "Connection: close\r\nRange: bytes=99-\r\n"), // has none to distort
        [](world&, const exchange_outcome& out, duration) {
            CHECK(has(out.text, "HTTP/1.1 416 "));
            CHECK(has(out.text, "Content-Range: bytes */10\r\n"));
        });
    hit(fault::ignored_if_match(), get("/bucket/k", "Connection: close\r\nIf-Match: \"other\"\r\n"),
        [](world&, const exchange_outcome& out, duration) {
            CHECK(out.text.starts_with("HTTP/1.1 200"));
            CHECK(has(out.text, "ETag: \"781e5e245d69b566979b86e28d23f2c7\""));
        });
    hit(fault::corrupt_byte(3), last_get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(out.text.size() > 10);
        CHECK_FALSE(out.text.ends_with("0123456789"));
        CHECK(out.text.ends_with("456789"));
    });
    hit(fault::header_flood(200'000), last_get(), [](world&, const exchange_outcome& out, duration) {
        CHECK(out.text.size() >= 200'000);
        CHECK_FALSE(has(out.text, "\r\n\r\n"));
    });
    hit(fault::garbage(), last_get(),
        [](world&, const exchange_outcome& out, duration) { CHECK_FALSE(out.text.starts_with("HTTP/")); });
}

TEST_CASE("s3 server: a stall for ever ends when the client gives up, or the server stops") {
    using namespace s3_server_test;
    for (const auto& f : {fault::stall_before_head(), fault::stall_at(3), fault::stall_request_at(2)}) {
        for (const bool client_ends : {true, false}) {
            world w;
            w.plan->next(f);
            auto pair = w.connect();
            const std::string request =
                f.where() == fault::place::request_body
                    ? "PUT /bucket/new HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabcdefghij"
                    : get();
            CHECK(pair.client->try_write_some(std::as_bytes(std::span{request})).size == request.size());
            testing::run_simulated(w.io, *w.clock);
            CHECK(w.server.statistics().open_connections == 1);
            CHECK(w.server.requests().empty());
            if (client_ends)
                pair.client->close();
            else
                w.server.stop();
            testing::run_simulated(w.io, *w.clock);
            CHECK(w.server.statistics().open_connections == 0);
            CHECK(w.server.requests().size() == 1);
        }
    }
}

TEST_CASE("s3 server: dropped at any moment, it leaves nothing") {
    using namespace s3_server_test;
    for (int steps = 0; steps < 60; steps += 3) {
        asio::io_context io{1};
        auto clock = testing::manual_clock::create();
        auto server = std::make_unique<testing::s3_server>(io.get_executor(),
                                                           testing::s3_server_options().clock(clock));
        server->put("bucket", "k", std::string(500'000, 'x'));
        server->listen();
        auto network = testing::simulated_network::create(io.get_executor(), clock);
        server->listen(*network, "s3.test", 80);
        auto pair = testing::make_memory_streams(io.get_executor());
        server->serve(std::move(pair.server));
        const auto requests =
            get() + get() + "PUT /bucket/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nab";
        CHECK(pair.client->try_write_some(std::as_bytes(std::span{requests})).size == requests.size());
        for (int i = 0; i < steps; ++i) io.poll_one();
        server.reset();
        // Whether or not the executor runs again.
        if (steps % 2) io.poll();
    }
}

TEST_CASE("s3 server: over the simulated network, with latency and a reset at every step") {
    using namespace s3_server_test;
    auto run = [](std::uint64_t reset_at, std::uint64_t* steps) {
        world w;
        auto network = testing::simulated_network::create(w.io.get_executor(), w.clock, 7);
        network->plan([reset_at](const testing::connection_attempt&) {
            testing::connection_plan p;
            p.to_client.latency = p.to_server.latency = 20ms;
            p.to_client.max_transfer = 100;
            p.reset_at_client_step = reset_at;
            return p;
        });
        w.server.listen(*network, "s3.test", 80);
        CHECK(w.server.endpoint() == "http://s3.test:80");
        auto stream = testing::simulate(w.io, *w.clock, network->connect("s3.test", 80));
        asio::co_spawn(w.io, send_all(*stream, last_get(), w.clock, {}, 1 << 20), asio::detached);
        auto out = testing::simulate(w.io, *w.clock, receive(*stream));
        if (steps) *steps = network->statistics().client_steps;
        stream.reset();
        testing::run_simulated(w.io, *w.clock);
        CHECK(w.server.statistics().open_connections == 0);
        return out;
    };
    std::uint64_t steps = 0;
    CHECK(run(0, &steps).text.ends_with("0123456789"));
    REQUIRE(steps > 3);
    for (std::uint64_t at = 1; at <= steps; ++at)
        CHECK(run(at, nullptr).error == boost::system::errc::connection_reset);
}

TEST_CASE("s3 server: TLS in memory, with the certificates made for it") {
    using namespace s3_server_test;
    const testing::test_authority authority;
    auto attempt = [&](const testing::certificate& own, std::string host, const std::string& trusted) {
        world w{testing::s3_server_options().tls(own.certificate_pem, own.key_pem)};
        auto pair = w.connect();
        auto context = http::make_tls_context(http::tls_options().ca_pem(trusted));
        auto tls = testing::simulate(
            w.io, *w.clock,
            as_result(http::connect_tls(std::move(pair.client), std::move(host), context, w.clock, 5s)));
        if (!tls) return tls.error().code().message();
        asio::co_spawn(w.io, send_all(**tls, last_get(), w.clock, {}, 1 << 20), asio::detached);
        const auto out = testing::simulate(w.io, *w.clock, receive(**tls));
        CHECK_FALSE(out.error);
        return out.text.substr(out.text.size() - 10);
    };
    const auto rejected = make_error_code(errc::certificate_rejected).message();
    const auto good = authority.server();
    for (const char* host : {"localhost", "127.0.0.1", "::1", "s3.localhost", "bucket.s3.localhost"})
        CHECK_MESSAGE(attempt(good, host, authority.ca_pem()) == "0123456789", host);
    CHECK(attempt(good, "elsewhere", authority.ca_pem()) == rejected);
    CHECK(attempt(authority.expired(), "localhost", authority.ca_pem()) == rejected);
    CHECK(attempt(authority.wrong_host(), "localhost", authority.ca_pem()) == rejected);
    CHECK(attempt(authority.wrong_host(), "other.example", authority.ca_pem()) == "0123456789");
    const testing::test_authority stranger;
    CHECK(attempt(good, "localhost", stranger.ca_pem()) == rejected);
    CHECK_THROWS_AS((testing::s3_server{asio::io_context{}.get_executor(),
                                        testing::s3_server_options().tls("rubbish", "rubbish")}),
                    error);
    CHECK_THROWS_AS((testing::s3_server{
                        asio::io_context{}.get_executor(),
                        testing::s3_server_options().tls(good.certificate_pem, stranger.server().key_pem)}),
                    error);
}

TEST_CASE("s3 server: plain bytes at a TLS port, and a client that never shakes hands") {
    using namespace s3_server_test;
    const auto own = testing::test_authority().server();
    world w{testing::s3_server_options().tls(own.certificate_pem, own.key_pem)};
    CHECK_FALSE(has(w.talk(last_get()).text, "HTTP/1.1 200"));
    const auto from = w.clock->now();
    w.talk("");
    CHECK(w.clock->now() - from == 30s);
    testing::run_simulated(w.io, *w.clock);
    CHECK(w.server.statistics().open_connections == 0);
    CHECK(w.server.statistics().requests == 0);
}

TEST_CASE("s3 server: over real sockets") {
    using namespace s3_server_test;
    asio::io_context io{1};
    auto plan = testing::fault_plan::create();
    testing::s3_server server{io.get_executor(), testing::s3_server_options().faults(plan)};
    server.put("bucket", "k", "0123456789");
    const auto port = server.listen();
    CHECK(port != 0);
    CHECK(server.endpoint() == "http://127.0.0.1:" + std::to_string(port));
    CHECK_THROWS_AS(server.listen(port), error);
    CHECK_THROWS_AS(server.listen(0, "not an address"), error);
    auto talk = [&](std::string request) {
        auto clock = make_system_clock();
        auto stream = test::run(io, http::connect_tcp(asio::ip::make_address("127.0.0.1"), port, clock, 5s));
        asio::co_spawn(io, send_all(*stream, std::move(request), clock, {}, 1 << 20), asio::detached);
        return test::run(io, receive(*stream));
    };
    CHECK(talk(last_get()).text.ends_with("0123456789"));
    plan->next(fault::reset_at(5));
    CHECK(talk(last_get()).error == boost::system::errc::connection_reset);
    plan->next(fault::close_at(5));
    const auto closed = talk(last_get());
    CHECK_FALSE(closed.error);
    CHECK(closed.text.ends_with("01234"));
    CHECK(talk("rubbish\r\n\r\n").text.starts_with("HTTP/1.1 400"));
    server.stop();
    CHECK_THROWS_AS(talk(last_get()), error);
}
