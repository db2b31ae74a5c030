// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"
#include "unit/s3/scripted_store.hpp"

#include <penstock/core/metrics.hpp>
#include <penstock/core/prometheus.hpp>
#include <penstock/s3/detail/hedge_control.hpp>
#include <penstock/testing/http_server.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <doctest/doctest.h>

namespace hedging_test {

using namespace penstock;
using namespace std::chrono_literals;
using s3::detail::hedge_control;
using scripted::world;

TEST_CASE("hedging: what is late is fixed, or learnt from the last answers") {
    CHECK(hedge_control{s3::hedging_options{50ms}}.late_after() == 50ms);
    hedge_control c{s3::hedging_options{}};
    for (int i = 0; i < 19; ++i) c.answered(100ms);
    CHECK_FALSE(c.late_after());
    for (int i = 0; i < 181; ++i) c.answered(i % 10 == 0 ? 1s : 100ms);
    CHECK(c.late_after() == 1s); // one in ten is so slow: within the 95 %
    for (int i = 0; i < 200; ++i) c.answered(i % 50 == 0 ? 1s : 100ms);
    CHECK(c.late_after() == 100ms);
    for (int i = 0; i < 200; ++i) c.answered(1us);
    CHECK(c.late_after() == 10ms);
    hedge_control sooner{s3::hedging_options{}.least(1ms)};
    for (int i = 0; i < 200; ++i) sooner.answered(1us);
    CHECK(sooner.late_after() == 1ms);
}

TEST_CASE("hedging: ten, and one more for each twenty answers") {
    hedge_control c{s3::hedging_options{1ms}};
    for (int i = 0; i < 10; ++i) CHECK(c.take());
    CHECK_FALSE(c.take());
    for (int i = 0; i < 19; ++i) c.answered(1ms);
    CHECK_FALSE(c.take());
    c.answered(1ms);
    c.answered(1ms);
    CHECK(c.take());
    for (int i = 0; i < 1000; ++i) c.answered(1ms);
    CHECK(c.tokens() == 10);
}

/// Says on each connection what is asked for: after a delay, with a body that names the connection.
class paced_store final : public http::connector {
  public:
    paced_store(std::vector<duration> delays, std::shared_ptr<clock_source> clock) : delays{std::move(delays)}, clock_{std::move(clock)} {}

    awaitable<http::stream_ptr> connect(http::origin) override {
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex, {});
        asio::co_spawn(ex, serve(this, std::move(pair.server), connections++), asio::detached);
        ++open;
        co_return http::stream_ptr{std::move(pair.client)};
    }

    std::vector<duration> delays; ///< of each connection
    std::string status = "200 OK";
    int connections = 0, open = 0, asked = 0;

  private:
    static awaitable<void> serve(paced_store* self, std::unique_ptr<testing::server_stream> s, int number) {
        std::string got;
        for (;;) {
            std::byte block[4096];
            const auto r = s->try_read_some(block);
            if (r.status == io_status::would_block) {
                co_await s->wait(http::wait_for::read);
                continue;
            }
            if (r.status != io_status::bytes) break;
            got.append(as_text({block, r.size}));
            if (!got.ends_with("\r\n\r\n")) continue;
            got.clear();
            ++self->asked;
            co_await sleep_for(self->clock_, self->delays.at(static_cast<std::size_t>(number)));
            const auto answer = "HTTP/1.1 " + self->status + "\r\nETag: \"e\"\r\nContent-Length: 1\r\n\r\n" + std::to_string(number % 10);
            s->try_write_some(as_bytes(answer));
        }
        --self->open;
    }
    std::shared_ptr<clock_source> clock_;
};

struct lab : world {
    explicit lab(std::vector<duration> delays, s3::hedging_options how = s3::hedging_options{100ms}) : world{{}} {
        paced = std::make_shared<paced_store>(std::move(delays), clock);
        options.connector(paced).hedging(how);
    }
    void pass(duration d) { run(sleep_for(clock, d)); }
    std::shared_ptr<paced_store> paced;
};

TEST_CASE("hedging: a late answer is overtaken, and its connection closed at once") {
    lab l{{8s, 10ms}};
    auto client = l.client();
    const auto start = l.clock->now();
    CHECK(l.run(client.get("s3://b/k")).body == "1");
    CHECK(l.clock->now() - start >= 110ms);
    CHECK(l.clock->now() - start < 200ms);
    const auto s = client.statistics();
    CHECK(s.hedges == 1);
    CHECK(s.hedges_won == 1);
    CHECK(s.retries == 0);
    CHECK(l.run(client.get("s3://b/k")).body == "1"); // the winner's is kept
    CHECK(l.paced->connections == 2);
    CHECK(l.paced->asked == 3);
    l.pass(10s); // the store finds out when it wants to say something
    CHECK(l.paced->open == 0);
}

TEST_CASE("hedging: the first may win nevertheless, and in time there is no second") {
    lab l{{150ms, 5s}};
    auto client = l.client();
    CHECK(l.run(client.get("s3://b/k")).body == "0");
    CHECK(client.statistics().hedges == 1);
    CHECK(client.statistics().hedges_won == 0);
    lab quick{{50ms}};
    auto other = quick.client();
    CHECK(quick.run(other.get("s3://b/k")).body == "0");
    CHECK(other.statistics().hedges == 0);
    CHECK(quick.paced->connections == 1);
}

TEST_CASE("hedging: one call in the metrics, whichever request wins; hedges are counted beside") {
    struct row {
        std::vector<duration> delays;
        const char* status;
        const char* outcome;
        const char* won;
    };
    const row rows[] = {{{8s, 10ms}, "200 OK", "ok", "1"},
                        {{150ms, 5s}, "200 OK", "ok", "0"},
                        {{200ms, 5s}, "404 Not Found", "not_found", "0"}};
    for (const auto& r : rows) {
        CAPTURE(&r - rows);
        lab l{r.delays};
        l.paced->status = r.status;
        auto client = l.client();
        l.run(as_result(client.get("s3://b/k")));
        l.pass(10s); // until the loser has ended, too
        const auto text = prometheus_text(client.metrics()->collect());
        const auto has = [&](const std::string& line) { return text.find("\n" + line + "\n") != std::string::npos; };
        CHECK(has("penstock_s3_hedges_total 1"));
        CHECK(has(std::string{"penstock_s3_hedges_won_total "} + r.won));
        CHECK(has(std::string{"penstock_s3_requests_total{operation=\"get object\",outcome=\""} + r.outcome + "\"} 1"));
        CHECK(text.find("outcome=\"cancelled\"} 1") != std::string::npos); // an attempt
        CHECK(text.find("penstock_s3_requests_total{operation=\"get object\",outcome=\"cancelled\"}") == std::string::npos);
        CHECK(has("penstock_s3_request_duration_seconds_count{operation=\"get object\"} 1"));
        CHECK(has("penstock_s3_requests_in_flight 0"));
    }
}

/// Two addresses, always in this order: what spreads connections over them is the client's.
class two_addresses final : public http::resolver {
  public:
    awaitable<std::vector<asio::ip::address>> resolve(std::string) override {
        std::vector<asio::ip::address> all;
        all.push_back(asio::ip::make_address("127.0.0.1"));
        all.push_back(asio::ip::make_address("127.0.0.2"));
        co_return all;
    }
};

TEST_CASE("hedging: over sockets, the second request goes to another address than the first, on a connection of its own") {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) { // with which address the client begins
        CAPTURE(seed);
        asio::io_context io{1};
        std::vector<std::string> asked; // whom, in this order
        const auto answer = [&asked](std::string who) {
            return [&asked, who](const testing::http_request&) {
                asked.push_back(who);
                testing::http_answer a{200, who};
                a.header("ETag", "\"e\"");
                if (asked.size() == 1) a.delay(duration::max()); // until the client is gone
                return a;
            };
        };
        testing::http_server one{io.get_executor(), answer("one")}, two{io.get_executor(), answer("two")};
        two.listen(one.listen(), "127.0.0.2");
        s3::client_options o;
        o.endpoint_url("http://store.example:" + std::to_string(one.port())).region("us-east-1").path_style(true);
        o.credentials("AKID", "HUSH").environment(aws::environment{{}}).proxy(http::proxy_options());
        o.resolver(std::make_shared<two_addresses>()).random(make_seeded_random(seed)).hedging(s3::hedging_options{20ms});
        s3::client client{io.get_executor(), o};
        const auto got = test::run(io, client.get("s3://b/k"));
        REQUIRE(asked.size() == 2);
        CHECK(asked[0] != asked[1]);
        CHECK(got.body == asked[1]);
        CHECK(client.statistics().hedges_won == 1);
        CHECK(client.statistics().connections == 2);
        CHECK(one.requests().size() == 1);
        CHECK(two.requests().size() == 1);
    }
}

TEST_CASE("hedging: no more than its budget, once an operation, and never of writes") {
    lab l{std::vector<duration>(40, 1s)};
    l.options.transport(http::transport_options{}.max_idle_per_origin(0));
    auto client = l.client();
    for (int i = 0; i < 12; ++i) l.run(client.get("s3://b/k"));
    CHECK(client.statistics().hedges == 10);
    lab once{{7s, 7s, 7s}};
    auto c = once.client();
    once.run(c.get("s3://b/k"));
    CHECK(once.paced->connections == 2);
    lab write{{2s}};
    auto w = write.client();
    write.run(as_result(w.remove("s3://b/k")));
    CHECK(w.statistics().hedges == 0);
    CHECK(write.paced->connections == 1);
}

TEST_CASE("hedging: not where it would have to wait for its turn") {
    lab l{{2s}};
    l.options.request_concurrency(1);
    auto client = l.client();
    CHECK(l.run(client.get("s3://b/k")).body == "0");
    CHECK(l.paced->connections == 1);
}

TEST_CASE("hedging: an answer that is an error is told at once; a hedge that fails is no failure") {
    lab l{{200ms, 5s}};
    l.paced->status = "404 Not Found";
    auto client = l.client();
    const auto start = l.clock->now();
    const auto got = l.run(as_result(client.get("s3://b/k")));
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::no_such_key);
    CHECK(l.clock->now() - start < 1s);
    lab busy{{8s, 10ms}};
    busy.options.retry(aws::retry_options::preset("none"));
    busy.paced->status = "500 E";
    const auto failed = busy.run(as_result(busy.client().get("s3://b/k")));
    REQUIRE(failed.has_error());
    CHECK(failed.error().code() == errc::service_unavailable);
}

TEST_CASE("hedging: cancelled, or out of time, both are given up") {
    for (const bool by_limit : {false, true}) {
        CAPTURE(by_limit);
        lab l{{20s, 20s}};
        auto client = l.client();
        asio::cancellation_signal stop;
        std::exception_ptr why;
        s3::get_object_options o;
        if (by_limit) o.time_limit(1s);
        asio::co_spawn(l.io, client.get("s3://b/k", o),
                       asio::bind_cancellation_slot(stop.slot(), [&why](std::exception_ptr e, auto&&) { why = e; }));
        l.pass(500ms);
        CHECK(l.paced->asked == 2);
        if (!by_limit) stop.emit(asio::cancellation_type::terminal);
        l.pass(600ms);
        REQUIRE(why);
        const auto f = to_failure(why);
        if (by_limit) {
            CHECK(f.code() == errc::deadline_exceeded);
            CHECK(f.message().find("waiting for the answer") != std::string::npos);
        } else {
            CHECK(f.code() == condition::cancelled);
        }
        l.pass(20s);
        CHECK(l.paced->open == 0);
    }
}

} // namespace hedging_test
