// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/http/caching_resolver.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/http/detail/connection_race.hpp>
#include <penstock/http/happy_eyeballs.hpp>
#include <penstock/testing/simulated_network.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace happy_eyeballs_test {

using namespace penstock;
using namespace std::chrono_literals;
using asio::ip::address;
using asio::ip::tcp;
using fate = testing::connection_plan::fate;

inline std::vector<address> list(std::string text) {
    std::vector<address> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        out.push_back(asio::ip::make_address(text.substr(at, end - at)));
        at = end + 1;
    }
    return out;
}
inline std::string text(const std::vector<address>& all) {
    std::string out;
    for (const auto& a : all) out += (out.empty() ? "" : " ") + a.to_string();
    return out;
}

TEST_CASE("families by turns, from the first one's") {
    const std::pair<const char*, const char*> cases[] = {
        {"1.1.1.1", "1.1.1.1"},
        {"1.1.1.1 2.2.2.2 3.3.3.3", "1.1.1.1 2.2.2.2 3.3.3.3"},
        {"1.1.1.1 2.2.2.2 ::1 ::2", "1.1.1.1 ::1 2.2.2.2 ::2"},
        {"::1 ::2 ::3 1.1.1.1", "::1 1.1.1.1 ::2 ::3"},
        {"::1 1.1.1.1 2.2.2.2 3.3.3.3", "::1 1.1.1.1 2.2.2.2 3.3.3.3"},
    };
    for (const auto& [given, wanted] : cases) CHECK(text(http::detail::interleave_families(list(given))) == wanted);
}

TEST_CASE("the next attempt begins after its delay, or when none is under way") {
    const steady_time t{};
    http::detail::connection_race r{3, 250ms};
    CHECK(r.next(t) == 0);
    CHECK_FALSE(r.next(t).has_value());
    CHECK(r.next_at() == t + 250ms);
    CHECK_FALSE(r.next(t + 249ms).has_value());
    CHECK(r.next(t + 250ms) == 1);
    r.failed(t + 300ms);
    CHECK(r.next(t + 300ms) == 2);
    CHECK(r.next_at() == steady_time::max());
    CHECK_FALSE(r.next(t + 1h).has_value());
    CHECK_FALSE(r.lost());
    r.failed(t + 1h);
    r.failed(t + 1h);
    CHECK(r.lost());
}

struct outcome {
    std::string winner; ///< or the failure
    std::string passed_over;
    duration took{};
};

struct world {
    world() {
        network->plan([this](const testing::connection_attempt& a) {
            testing::connection_plan p;
            if (const auto it = plans.find(a.host); it != plans.end()) p = it->second;
            begun.push_back(a.host + " " + std::to_string((clock->now() - start) / 1ms));
            return p;
        });
    }
    void take(const std::string& host, fate what, duration latency = {}) {
        plans[host].what = what;
        plans[host].to_server.latency = latency;
        if (what == fate::accept) listeners.push_back(network->listen(host, 80));
    }
    http::dialer dialer() {
        return [this](address a) { return dial(this, a.to_string()); };
    }
    static awaitable<http::stream_ptr> dial(world* w, std::string host) {
        ++w->under_way;
        const struct leave {
            int& n;
            ~leave() { --n; }
        } left{w->under_way};
        co_return co_await w->network->connect(host, 80);
    }
    outcome race(const std::string& addresses) {
        outcome out;
        auto won = testing::simulate(io, *clock, http::race_connections(list(addresses), dialer(), clock));
        out.took = clock->now() - start;
        out.passed_over = text(won.passed_over);
        out.winner = won.stream ? "connected" : won.last.detail().endpoint + ": " + won.last.detail().message;
        io.restart();
        io.poll();
        return out;
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::shared_ptr<testing::simulated_network> network = testing::simulated_network::create(io.get_executor(), clock);
    steady_time start = clock->now();
    std::map<std::string, testing::connection_plan> plans;
    std::vector<std::unique_ptr<testing::simulated_listener>> listeners;
    std::vector<std::string> begun; ///< with the millisecond
    int under_way = 0;
};

TEST_CASE("the first address connects: no other is tried") {
    world w;
    w.take("::1", fate::accept, 200ms);
    w.take("1.1.1.1", fate::accept);
    const auto out = w.race("::1 1.1.1.1");
    CHECK(out.winner == "connected");
    CHECK(out.took == 200ms);
    CHECK(w.begun == std::vector<std::string>{"::1 0"});
    CHECK(out.passed_over.empty());
}

TEST_CASE("a silent address costs 250 ms; who lost is closed") {
    world w;
    w.take("::1", fate::black_hole);
    w.take("1.1.1.1", fate::accept, 10ms);
    const auto out = w.race("::1 1.1.1.1 2.2.2.2");
    CHECK(out.winner == "connected");
    CHECK(out.took == 260ms);
    CHECK(w.begun == std::vector<std::string>{"::1 0", "1.1.1.1 250"});
    CHECK(out.passed_over == "::1");
    CHECK(w.under_way == 0);
    CHECK(w.clock->running_timers() == 0);
}

TEST_CASE("a refusal costs nothing; the first one may still win") {
    world w;
    w.take("1.1.1.1", fate::refuse);
    w.take("2.2.2.2", fate::accept, 300ms);
    w.take("3.3.3.3", fate::refuse);
    const auto out = w.race("1.1.1.1 2.2.2.2 3.3.3.3");
    CHECK(out.winner == "connected");
    CHECK(out.took == 300ms);
    CHECK(w.begun == std::vector<std::string>{"1.1.1.1 0", "2.2.2.2 0", "3.3.3.3 250"});
    CHECK(out.passed_over == "1.1.1.1 3.3.3.3");
}

TEST_CASE("nobody connects: the last failure") {
    world w;
    for (const auto* host : {"1.1.1.1", "2.2.2.2", "3.3.3.3"}) w.take(host, fate::refuse, 100ms);
    const auto out = w.race("1.1.1.1 2.2.2.2 3.3.3.3");
    CHECK(out.winner == "3.3.3.3:80: connection refused");
    CHECK(out.took == 300ms);
    CHECK(out.passed_over == "1.1.1.1 2.2.2.2 3.3.3.3");
}

TEST_CASE("cancelled, all attempts end in that very moment") {
    world w;
    w.take("1.1.1.1", fate::black_hole);
    w.take("2.2.2.2", fate::black_hole);
    asio::cancellation_signal stop;
    std::exception_ptr ended;
    asio::co_spawn(w.io, http::race_connections(list("1.1.1.1 2.2.2.2"), w.dialer(), w.clock),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e, http::raced_connection) { ended = e; }));
    w.io.poll();
    w.clock->advance(300ms);
    w.io.restart();
    w.io.poll();
    CHECK(w.under_way == 2);
    stop.emit(asio::cancellation_type::terminal);
    w.io.restart();
    w.io.poll();
    REQUIRE(ended);
    CHECK(to_failure(ended).code() == condition::cancelled);
    CHECK(w.under_way == 0);
    CHECK(w.clock->running_timers() == 0);
}

TEST_CASE("a race goes with its io_context") {
    auto w = std::make_unique<world>();
    w->take("1.1.1.1", fate::black_hole);
    asio::co_spawn(w->io, http::race_connections(list("1.1.1.1 2.2.2.2"), w->dialer(), w->clock),
                   [](std::exception_ptr, http::raced_connection) {});
    w->io.poll();
    CHECK(w->under_way == 1);
    w.reset();
}

// ---- over real sockets

/// Answers from a list, always in the same order.
class fixed_names final : public http::resolver {
  public:
    explicit fixed_names(std::string all) : all_{list(std::move(all))} {}
    awaitable<std::vector<address>> resolve(std::string) override { co_return all_; }

  private:
    std::vector<address> all_;
};

/// Counts who connects.
class counting_listener {
  public:
    counting_listener(asio::io_context& io, const std::string& where, std::uint16_t port)
        : acceptor_{io, tcp::endpoint{asio::ip::make_address(where), port}} {
        next();
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    int accepted = 0;

  private:
    void next() {
        acceptor_.async_accept([this](error_code ec, tcp::socket s) {
            if (ec) return;
            ++accepted;
            kept_.push_back(std::move(s));
            next();
        });
    }
    tcp::acceptor acceptor_;
    std::vector<tcp::socket> kept_;
};

TEST_CASE("connects to one host use its addresses in turn") {
    asio::io_context io{1};
    counting_listener one{io, "127.0.0.1", 0};
    counting_listener two{io, "127.0.0.2", one.port()};
    const auto clock = make_system_clock();
    const auto names = http::make_caching_resolver(std::make_shared<fixed_names>("127.0.0.1 127.0.0.2"), clock, make_seeded_random(7));
    const auto how = http::make_connector(names, {}, {}, clock);
    std::vector<http::stream_ptr> open;
    for (int i = 0; i < 4; ++i) open.push_back(test::run(io, how->connect({"store.example", one.port(), false})));
    io.restart();
    while (one.accepted + two.accepted < 4 && io.run_one_for(5s) > 0) {}
    CHECK(one.accepted == 2);
    CHECK(two.accepted == 2);
}

TEST_CASE("::1 where nobody listens, 127.0.0.1 where somebody does: passed over once, then last") {
    asio::io_context io{1};
    counting_listener server{io, "127.0.0.1", 0};
    const auto clock = make_system_clock();
    const auto names = http::make_caching_resolver(std::make_shared<fixed_names>("::1 127.0.0.1"), clock, make_seeded_random(7));
    const auto how = http::make_connector(names, {}, {}, clock);
    for (int i = 0; i < 3; ++i) CHECK(test::run(io, how->connect({"store.example", server.port(), false})) != nullptr);
    CHECK(test::run(io, names->resolve("store.example")).front() == asio::ip::make_address("127.0.0.1"));
}

TEST_CASE("all addresses refuse: the error tells how many there were") {
    asio::io_context io{1};
    std::uint16_t port = 0;
    {
        tcp::acceptor closed{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
        port = closed.local_endpoint().port();
    }
    const auto how = http::make_connector(std::make_shared<fixed_names>("127.0.0.1 127.0.0.2"), {}, {}, make_system_clock());
    const auto r = test::run(io, as_result(how->connect({"store.example", port, false})));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::connect_failed);
    CHECK(r.error().detail().message.find("the last of 2 addresses") != std::string::npos);
}

} // namespace happy_eyeballs_test
