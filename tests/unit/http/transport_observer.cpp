// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/http/connection_pool.hpp>
#include <penstock/http/transport_observer.hpp>
#include <penstock/testing/http_server.hpp>
#include <penstock/testing/test_certificates.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

namespace transport_observer_test {

using namespace penstock;

/// Writes down what it is told, in short.
class listener final : public http::transport_observer {
  public:
    void connecting(const http::connect_event& e) override {
        constexpr const char* steps[] = {"resolve ", "tcp ", "tls "};
        say(steps[static_cast<int>(e.step)] + e.to.host + (e.code ? " failed" : ""));
        CHECK(e.took >= duration::zero());
    }
    void request(const http::exchange_event& e) override {
        say("request " + std::to_string(e.connection) + " " + std::string{e.request.substr(0, e.request.find('\r'))} +
            " +" + std::to_string(e.request_body));
    }
    void answer(const http::exchange_event& e) override {
        say("answer " + (e.head ? std::to_string(e.head->status) : "failed: " + e.code.message()));
    }
    void end(const http::exchange_event& e) override { say("end " + std::to_string(e.body) + (e.code ? " stopped" : "")); }

    std::string all() const {
        std::string out;
        for (const auto& line : said) out += line + "\n";
        return out;
    }
    std::vector<std::string> said;
    bool throws = false;

  private:
    void say(std::string what) {
        said.push_back(std::move(what));
        if (throws) throw std::runtime_error{"an observer that fails"};
    }
};

class fixed_names final : public http::resolver {
  public:
    awaitable<std::vector<asio::ip::address>> resolve(std::string host) override {
        if (host == "nobody") throw_failure(failure{errc::host_not_found});
        std::vector<asio::ip::address> all;
        all.push_back(asio::ip::make_address("127.0.0.1"));
        co_return all;
    }
};

struct world {
    explicit world(bool tls = false) : server{io.get_executor(), &answer, options(tls)} {
        server.listen();
        limits.observer(seen);
        http::tls_options trusted;
        trusted.verify(false);
        how = http::make_connector(std::make_shared<fixed_names>(), trusted, limits, clock);
        make_pool();
        to = http::origin{"localhost", server.port(), tls};
    }
    void make_pool() {
        pool = http::connection_pool::create(io.get_executor(), how, limits, clock, buffer_pool::create());
    }
    /// What is left of bodies is not read.
    void undrained() {
        limits.drain_limit(0);
        make_pool();
    }
    static testing::http_server_options options(bool tls) {
        testing::http_server_options o;
        if (tls) {
            const auto own = testing::test_authority{}.server();
            o.tls(own.certificate_pem, own.key_pem);
        }
        return o;
    }
    static testing::http_answer answer(const testing::http_request& r) {
        if (r.path == "/cut") return testing::http_answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789").close();
        if (r.path == "/close") return testing::http_answer::raw("");
        return testing::http_answer{200, std::string(100, 'x')};
    }

    /// One request whose answer is read to its end, or up to `most` bytes.
    awaitable<void> ask(std::string path, std::size_t most = 1000, std::string_view body = {}) {
        auto lease = pool->try_acquire(to);
        if (!lease) lease = co_await pool->connect(to);
        const std::string head = "PUT " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                                 "\r\n\r\n";
        const std::vector<std::span<const std::byte>> pieces(1, as_bytes(body));
        http::outgoing out;
        out.method = "PUT";
        out.head = head;
        out.body = pieces;
        out.sent = &sent;
        out.received = &received;
        const auto done = co_await lease->exchange(out);
        if (!done) co_return;
        std::vector<std::byte> block(std::min<std::size_t>(most, 64));
        for (std::size_t got = 0; got < most;) {
            const auto r = lease->try_read_body(block);
            if (r.status == io_status::would_block)
                co_await lease->body_ready();
            else if (r.status != io_status::bytes)
                break;
            else
                got += r.size;
        }
    }

    asio::io_context io{1};
    std::shared_ptr<clock_source> clock = make_system_clock();
    std::shared_ptr<listener> seen = std::make_shared<listener>();
    http::transport_options limits;
    testing::http_server server;
    std::shared_ptr<http::connector> how;
    std::shared_ptr<http::connection_pool> pool;
    http::origin to;
    counter sent, received;
};

std::string lines(std::initializer_list<const char*> all) {
    std::string out;
    for (const char* line : all) out += std::string{line} + "\n";
    return out;
}

TEST_CASE("an observer is told of each step to a connection, and of each exchange") {
    world w;
    test::run(w.io, w.ask("/a"));
    test::run(w.io, w.ask("/b", 1000, "12345"));
    CHECK(w.seen->all() == lines({"resolve localhost", "tcp localhost", "request 1 PUT /a HTTP/1.1 +0", "answer 200", "end 100",
                                "request 1 PUT /b HTTP/1.1 +5", "answer 200", "end 100"}));
    CHECK(w.sent.value() == 5);
    CHECK(w.received.value() == 200);
}

TEST_CASE("TLS is a step of its own") {
    world w{true};
    test::run(w.io, w.ask("/a"));
    REQUIRE(w.seen->said.size() == 6);
    CHECK(w.seen->said[2] == "tls localhost");
}

TEST_CASE("what fails is told with its code: names, connections, answers, bodies") {
    world w;
    test::run(w.io, w.ask("/cut"));
    test::run(w.io, w.ask("/close"));
    CHECK(w.seen->all() == lines({"resolve localhost", "tcp localhost", "request 1 PUT /cut HTTP/1.1 +0", "answer 200", "end 10 stopped",
                                "resolve localhost", "tcp localhost", "request 2 PUT /close HTTP/1.1 +0",
                                "answer failed: the server closed the connection"}));
    w.seen->said.clear();
    w.to.host = "nobody";
    CHECK_THROWS_AS(test::run(w.io, w.ask("/")), error);
    CHECK(w.seen->all() == lines({"resolve nobody failed"}));
    w.seen->said.clear();
    w.server.stop();
    w.io.poll();
    w.to.host = "127.0.0.1"; // no resolver is asked
    CHECK_THROWS_AS(test::run(w.io, w.ask("/")), error);
    CHECK(w.seen->all() == lines({"tcp 127.0.0.1 failed"}));
}

TEST_CASE("a body that its reader leaves is told as that") {
    world w;
    w.undrained();
    test::run(w.io, w.ask("/a", 64));
    REQUIRE(w.seen->said.size() == 5);
    CHECK(w.seen->said.back() == "end 64 stopped");
}

TEST_CASE("what an observer throws harms nobody") {
    world w;
    w.seen->throws = true;
    test::run(w.io, w.ask("/a"));
    CHECK(w.seen->said.size() == 5);
    CHECK(w.received.value() == 100);
}

} // namespace transport_observer_test
