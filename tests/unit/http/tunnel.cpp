// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/detail/tunnel.hpp>
#include <penstock/http/fetch.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <memory>
#include <string>

namespace tunnel_test {

using namespace penstock;
using namespace std::chrono_literals;

/// Reads one head, says its answer in pieces, and stays.
inline awaitable<void> serve(testing::server_stream* s, std::string answer, std::string* seen) {
    std::byte block[4096];
    while (seen->find("\r\n\r\n") == std::string::npos) {
        const auto r = s->try_read_some(block);
        if (r.status == io_status::bytes)
            seen->append(as_text({block, r.size}));
        else if (r.status == io_status::would_block)
            co_await s->wait(http::wait_for::read);
        else
            co_return;
    }
    if (answer == "close") co_return s->close();
    if (answer == "reset") co_return s->reset();
    auto rest = as_bytes(answer);
    while (!rest.empty()) {
        const auto r = s->try_write_some(rest);
        if (r.status == io_status::bytes)
            rest = rest.subspan(r.size);
        else if (r.status == io_status::would_block)
            co_await s->wait(http::wait_for::write);
        else
            co_return;
    }
}

struct world {
    explicit world(std::string answer, testing::memory_stream_options options = {}) {
        options.clock = clock;
        pair = testing::make_memory_streams(io.get_executor(), options);
        asio::co_spawn(io, serve(pair.server.get(), std::move(answer), &seen), asio::detached);
        by.at = {"proxy", 3128, false};
    }
    result<void> open(http::origin to = {"s3.example", 443, true}) {
        auto opening = http::detail::open_tunnel(*pair.client, std::move(to), by, clock, 10s);
        return testing::simulate(io, *clock, as_result(std::move(opening)));
    }
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    testing::memory_stream_pair pair;
    http::proxy by;
    std::string seen;
};

TEST_CASE("CONNECT, and then the tunnel") {
    world w{"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"};
    CHECK(w.open().has_value());
    CHECK(w.seen == "CONNECT s3.example:443 HTTP/1.1\r\nHost: s3.example:443\r\n\r\n");
    world v6{"HTTP/1.0 200 OK\r\n\r\n"};
    v6.by.authorization = "Basic dTpw";
    CHECK(v6.open({"::1", 9000, true}).has_value());
    CHECK(v6.seen == "CONNECT [::1]:9000 HTTP/1.1\r\nHost: [::1]:9000\r\nProxy-Authorization: Basic dTpw\r\n\r\n");
}

TEST_CASE("in pieces of any size") {
    testing::memory_stream_options options;
    options.to_client.max_transfer = 1;
    options.to_server.max_transfer = 1;
    world w{"HTTP/1.1 200 Connection established\r\n\r\n", options};
    CHECK(w.open().has_value());
}

TEST_CASE("what a proxy refuses by") {
    struct row {
        const char* answer;
        errc code;
        const char* says;
    };
    const std::string long_head = "HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x');
    const row rows[] = {
        {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", errc::proxy_refused, "answered 407 Proxy Authentication Required"},
        {"HTTP/1.1 403 Filtered\r\n\r\n<html>", errc::proxy_refused, "answered 403 Filtered"},
        {"HTTP/1.1 301 Moved\r\nLocation: http://x/\r\n\r\n", errc::proxy_refused, "answered 301 Moved"},
        {"HTTP/1.1 502 Bad Gateway\r\n\r\n", errc::connect_failed, "answered 502 Bad Gateway"},
        {"HTTP/1.1 503 \r\n\r\n", errc::connect_failed, "answered 503"},
        {"SSH-2.0-OpenSSH\r\n\r\n", errc::malformed_response, "the proxy http://proxy:3128"},
        {"HTTP/1.1 200 OK\r\n\r\nmore", errc::malformed_response, "says more than its answer"},
        {"HTTP/1.1 200 OK\r\n", errc::connect_timeout, "did not answer within 10000 ms"},
        {"", errc::connect_timeout, "did not answer within 10000 ms"},
        {"close", errc::connection_closed, "the proxy http://proxy:3128"},
        {long_head.c_str(), errc::header_too_large, "the proxy http://proxy:3128"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.answer);
        world w{r.answer};
        w.by.authorization = "Basic SECRET";
        const auto opened = w.open();
        REQUIRE(opened.has_error());
        const auto why = opened.error();
        CHECK(why.code() == r.code);
        INFO(why.message());
        CHECK(why.message().find("http://proxy:3128") != std::string::npos);
        CHECK(why.message().find(r.says) != std::string::npos);
        CHECK(why.message().find("SECRET") == std::string::npos);
        CHECK(why.detail().http_status == 0);
    }
}

TEST_CASE("the hint tells whether a password was given") {
    world with{"HTTP/1.1 407 No\r\n\r\n"}, without{"HTTP/1.1 407 No\r\n\r\n"};
    with.by.authorization = "Basic x";
    CHECK(with.open().error().detail().hint.find("check the proxy's user") != std::string::npos);
    CHECK(without.open().error().detail().hint.find("give the proxy a user") != std::string::npos);
}

TEST_CASE("every step fails once") {
    for (std::uint64_t step = 1;; ++step) {
        testing::memory_stream_options options;
        options.reset_at_client_step = step;
        options.to_client.max_transfer = 16;
        options.to_server.max_transfer = 16;
        world w{"HTTP/1.1 200 Connection established\r\n\r\n", options};
        const auto opened = w.open();
        if (opened) {
            CHECK(step > 4);
            break;
        }
        CHECK(opened.error().code().failed());
        CHECK(opened.error().detail().operation == "connect");
        REQUIRE(step < 100);
    }
}

TEST_CASE("cancelled while the proxy is silent") {
    world w{""};
    asio::cancellation_signal stop;
    std::exception_ptr ended;
    asio::co_spawn(w.io, http::detail::open_tunnel(*w.pair.client, {"s3", 443, true}, w.by, w.clock, 10s),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) { ended = e; }));
    w.io.poll();
    stop.emit(asio::cancellation_type::terminal);
    w.io.restart();
    w.io.poll();
    REQUIRE(ended);
    CHECK(to_failure(ended).code() == condition::cancelled);
    CHECK(w.clock->running_timers() == 0);
}

/// A proxy that forwards: the origin's requests come here, in absolute form.
class forwarding_connector final : public http::connector {
  public:
    explicit forwarding_connector(std::string answer, std::string* seen) : answer_{std::move(answer)}, seen_{seen} {}
    awaitable<http::stream_ptr> connect(http::origin) override {
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex);
        server_ = std::move(pair.server);
        asio::co_spawn(ex, serve(server_.get(), answer_, seen_), asio::detached);
        co_return http::stream_ptr{std::move(pair.client)};
    }
    std::shared_ptr<const http::forwarding> forwarded(const http::origin& to) const override {
        auto out = std::make_shared<http::forwarding>();
        out->proxy = "http://proxy:3128";
        out->base = to.url();
        out->authorization = "Basic SECRET";
        return out;
    }

  private:
    std::string answer_;
    std::string* seen_;
    testing::server_stream_ptr server_;
};

TEST_CASE("plain HTTP is forwarded: absolute form, with our name to the proxy") {
    const auto clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::string seen;
    const auto how = std::make_shared<forwarding_connector>("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", &seen);
    http::request asked;
    asked.path = "/b/k";
    asked.query = "x=1";
    asked.headers.add("Host", "store:9000");
    const auto got = testing::simulate(io, *clock, http::fetch(how, {"store", 9000, false}, asked, "", clock));
    CHECK(got.body == "ok");
    CHECK(seen == "GET http://store:9000/b/k?x=1 HTTP/1.1\r\nHost: store:9000\r\nProxy-Authorization: Basic SECRET\r\n\r\n");
}

TEST_CASE("a forwarding proxy that wants a password is told as such") {
    const auto clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::string seen;
    const auto how = std::make_shared<forwarding_connector>("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", &seen);
    http::request asked;
    asked.headers.add("Host", "store");
    const auto got = testing::simulate(io, *clock, as_result(http::fetch(how, {"store", 80, false}, asked, "", clock)));
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::proxy_refused);
    CHECK(got.error().message().find("the proxy http://proxy:3128 answered 407") != std::string::npos);
    CHECK(got.error().message().find("SECRET") == std::string::npos);
}

} // namespace tunnel_test
