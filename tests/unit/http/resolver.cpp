// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/http/resolver.hpp>
#include <penstock/http/tcp_stream.hpp>
#include <penstock/testing/manual_clock.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

namespace resolver_test {

using namespace penstock;
using namespace std::chrono_literals;
using asio::ip::address;
using asio::ip::tcp;

inline std::size_t threads_of_this_process() {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/task"}) {
        (void)entry;
        ++n;
    }
    return n;
}

TEST_CASE("localhost is found without a network and without a thread") {
    const auto before = threads_of_this_process();
    const auto names = http::make_cares_resolver();
    for (int i = 0; i < 2; ++i) {
        const auto found = test::run(names->resolve("localhost"));
        REQUIRE_FALSE(found.empty());
        for (const auto& a : found) CHECK(a.is_loopback());
    }
    CHECK(threads_of_this_process() == before);
}

TEST_CASE("a name that cannot be resolved is an error with the name") {
    const auto names = http::make_cares_resolver();
    for (const std::string& name : {std::string{"no-such-host.invalid"}, std::string(300, 'x'), std::string{"a..b"}}) {
        CAPTURE(name);
        const auto found = test::run(as_result(names->resolve(name)));
        REQUIRE_FALSE(found.has_value());
        const bool expected = found.error().code() == errc::host_not_found ||
                              found.error().code() == errc::resolve_failed; // without any name server
        CHECK(expected);
        CHECK(found.error().code() == condition::connection);
        CHECK(found.error().detail().object == name);
        CHECK_FALSE(found.error().detail().hint.empty());
    }
}

TEST_CASE("a query ends with its cancellation") {
    const auto names = http::make_cares_resolver();
    asio::io_context io{1};
    asio::cancellation_signal cancel;
    std::exception_ptr ended;
    bool done = false;
    asio::co_spawn(io, names->resolve("no-such-host.invalid"),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, std::vector<address>) {
                       ended = e;
                       done = true;
                   }));
    asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
    io.run_for(30s);
    CHECK(done);
    REQUIRE(ended);
    CHECK(to_failure(ended).code().failed()); // cancelled, or answered in that moment
}

TEST_CASE("a query goes with its io_context") {
    const auto names = http::make_cares_resolver();
    auto token = std::make_shared<int>(1);
    const std::weak_ptr<int> gone = token;
    {
        asio::io_context io{1};
        const auto body = [](std::shared_ptr<http::resolver> names, std::shared_ptr<int> token) -> awaitable<void> {
            (void)co_await names->resolve("no-such-host.invalid");
            (void)token;
        };
        asio::co_spawn(io, body(names, std::move(token)), asio::detached);
        io.poll();
    }
    CHECK(gone.expired());
}

/// Answers from a list and counts.
class listed_resolver final : public http::resolver {
  public:
    explicit listed_resolver(std::vector<address> answer) : answer_{std::move(answer)} {}
    awaitable<std::vector<address>> resolve(std::string) override {
        ++asked;
        co_return answer_;
    }
    int asked = 0;

  private:
    std::vector<address> answer_;
};

/// Takes one connection and says "hi".
struct listener {
    explicit listener(asio::io_context& io) : acceptor{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}} {
        acceptor.async_accept([this](error_code ec, tcp::socket s) {
            if (ec) return;
            accepted.emplace(std::move(s));
            accepted->write_some(asio::buffer("hi", 2));
        });
    }
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
    tcp::acceptor acceptor;
    std::optional<tcp::socket> accepted;
};

inline awaitable<std::string> greeting(std::shared_ptr<http::connector> c, http::origin to) {
    auto s = co_await c->connect(std::move(to));
    std::byte block[16];
    for (;;) {
        const auto r = s->try_read_some(block);
        if (r.status == io_status::bytes) co_return std::string{as_text({block, r.size})};
        if (r.status != io_status::would_block) co_return "";
        co_await s->wait(http::wait_for::read);
    }
}

inline std::shared_ptr<http::connector> connector_over(std::shared_ptr<http::resolver> names,
                                                       http::transport_options limits = {}) {
    return http::make_connector(std::move(names), {}, limits, make_system_clock());
}

TEST_CASE("a literal address is no name") {
    asio::io_context io{1};
    listener server{io};
    const auto names = std::make_shared<listed_resolver>(std::vector<address>{});
    CHECK(test::run(io, greeting(connector_over(names), {"127.0.0.1", server.port(), false})) == "hi");
    CHECK(names->asked == 0);
}

TEST_CASE("every address is tried in turn") {
    asio::io_context io{1};
    listener server{io};
    std::vector<address> list;
    list.push_back(asio::ip::make_address("::1")); // nobody listens there, on that port
    list.push_back(asio::ip::make_address("127.0.0.1"));
    const auto names = std::make_shared<listed_resolver>(list);
    CHECK(test::run(io, greeting(connector_over(names), {"store.example", server.port(), false})) == "hi");
    CHECK(names->asked == 1);
}

TEST_CASE("nobody listens: the error names the step, the address and the endpoint") {
    asio::io_context io{1};
    std::uint16_t port = 0;
    {
        tcp::acceptor closed{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
        port = closed.local_endpoint().port();
    }
    const auto names = std::make_shared<listed_resolver>(std::vector<address>{asio::ip::make_address("127.0.0.1")});
    const auto r = test::run(io, as_result(greeting(connector_over(names), {"store.example", port, false})));
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code() == errc::connect_failed);
    CHECK(r.error().code() == condition::connection);
    CHECK(r.error().detail().operation == "connect");
    CHECK(r.error().detail().object == "127.0.0.1 port " + std::to_string(port));
    CHECK(r.error().detail().endpoint == "http://store.example:" + std::to_string(port));
}

TEST_CASE("a limit of for ever is none") {
    asio::io_context io{1};
    listener server{io};
    const auto names = std::make_shared<listed_resolver>(std::vector<address>{});
    const auto limits = http::transport_options{}.connect_timeout(duration::max());
    CHECK(test::run(io, greeting(connector_over(names, limits), {"127.0.0.1", server.port(), false})) == "hi");
}

TEST_CASE("a resolver that gives nothing is an error, not a crash") {
    asio::io_context io{1};
    const auto names = std::make_shared<listed_resolver>(std::vector<address>{});
    const auto r = test::run(io, as_result(greeting(connector_over(names), {"store.example", 80, false})));
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code().failed());
}

TEST_CASE("a full backlog: connecting takes no longer than its limit") {
    asio::io_context io{1};
    tcp::acceptor full{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
    full.listen(0);
    std::vector<tcp::socket> waiting;
    for (int i = 0; i < 8; ++i) { // Linux drops further SYNs when the queue is full
        waiting.emplace_back(io, tcp::v4());
        waiting.back().native_non_blocking(true);
        const auto to = full.local_endpoint();
        (void)::connect(waiting.back().native_handle(), to.data(), static_cast<socklen_t>(to.size()));
    }
    const auto clock = testing::manual_clock::create();
    std::optional<result<http::stream_ptr>> out;
    const auto body = [](std::shared_ptr<testing::manual_clock> clock, std::uint16_t port,
                         std::optional<result<http::stream_ptr>>* out) -> awaitable<void> {
        auto made = co_await as_result(http::connect_tcp(asio::ip::make_address("127.0.0.1"), port, clock, 3s));
        out->emplace(std::move(made));
    };
    asio::co_spawn(io, body(clock, full.local_endpoint().port(), &out), asio::detached);
    io.poll();
    CHECK_FALSE(out.has_value());
    clock->advance(3s);
    io.restart();
    io.run_for(5s);
    REQUIRE(out.has_value());
    REQUIRE_FALSE(out->has_value());
    CHECK(out->error().code() == errc::connect_timeout);
    CHECK(out->error().detail().message == "no answer within 3000 ms");
}

} // namespace resolver_test
