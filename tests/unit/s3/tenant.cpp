// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/core/rate_limiter.hpp>
#include <penstock/s3/tenant.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>

namespace tenant_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbody";
const std::string done = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";

/// Answers every request after the same time, on connections that are kept.
class slow_store final : public http::connector {
  public:
    slow_store(std::shared_ptr<clock_source> clock, duration each) : clock_{std::move(clock)}, each_{each} {}

    awaitable<http::stream_ptr> connect(http::origin) override {
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex, {});
        asio::co_spawn(ex, serve(std::move(pair.server), clock_, each_), asio::detached);
        ++connections;
        co_return http::stream_ptr{std::move(pair.client)};
    }
    int connections = 0;

  private:
    static awaitable<void> serve(std::unique_ptr<testing::server_stream> s, std::shared_ptr<clock_source> clock, duration each) {
        std::string got;
        for (;;) {
            std::byte block[4096];
            const auto r = s->try_read_some(block);
            if (r.status == io_status::would_block) {
                co_await s->wait(http::wait_for::read);
                continue;
            }
            if (r.status != io_status::bytes) co_return;
            got.append(as_text({block, r.size}));
            if (!got.ends_with("\r\n\r\n") && !got.ends_with("BODY")) continue;
            const bool get = got.starts_with("GET");
            got.clear();
            co_await sleep_for(clock, each);
            s->try_write_some(as_bytes(get ? ok : done));
        }
    }
    std::shared_ptr<clock_source> clock_;
    duration each_;
};

struct lab : world {
    explicit lab(std::uint64_t limit, duration each = 10ms) : world{{}} {
        slow = std::make_shared<slow_store>(clock, each);
        options.connector(slow).request_concurrency(limit);
    }
    enum class doing { gets, puts };
    static awaitable<void> hungry(s3::client c, doing what, int* count) {
        for (;;) {
            if (what == doing::gets)
                co_await c.get("s3://b/k");
            else
                co_await c.put("s3://b/k", "BODY");
            ++*count;
        }
    }
    void start(s3::client c, doing what, int how_many, int* count) {
        for (int i = 0; i < how_many; ++i) asio::co_spawn(io, hungry(c, what, count), asio::detached);
    }
    void pass(duration d) { run(sleep_for(clock, d)); }

    std::shared_ptr<slow_store> slow;
};

TEST_CASE("s3/tenant: shares of requests are by weight, within a tenth") {
    const std::array<std::array<double, 3>, 3> rows{{{1, 1, 1}, {1, 2, 5}, {6, 3, 1}}};
    for (const auto& weights : rows) {
        lab l{10};
        const auto client = l.client();
        std::array<int, 3> count{};
        for (std::size_t i = 0; i < 3; ++i)
            l.start(s3::make_tenant(client, s3::tenant_options{}.weight(weights[i])), i == 1 ? lab::doing::puts : lab::doing::gets,
                    20 + 20 * static_cast<int>(i == 0), &count[i]);
        l.pass(10s);
        const double all = count[0] + count[1] + count[2], total = weights[0] + weights[1] + weights[2];
        CHECK(all > 8'000); // no turn is lost to fairness
        for (std::size_t i = 0; i < 3; ++i) {
            CAPTURE(i);
            CAPTURE(weights[i]);
            CHECK(std::abs(count[i] / all - weights[i] / total) < 0.1 * weights[i] / total);
        }
        CHECK(l.slow->connections <= 12);
    }
}

TEST_CASE("s3/tenant: within one client a flood of reads leaves half to writes") {
    lab l{8};
    int reads = 0, writes = 0;
    const auto client = l.client();
    l.start(client, lab::doing::gets, 200, &reads);
    l.start(client, lab::doing::puts, 8, &writes);
    l.pass(10s);
    CHECK(std::abs(reads - writes) < (reads + writes) / 20);
}

TEST_CASE("s3/tenant: connections, names, credentials and retry budget are the client's, statistics and limits his own") {
    lab l{10};
    const auto budget = std::make_shared<aws::retry_budget>(500);
    l.options.retry(aws::retry_options{}.budget(budget));
    auto client = l.client();
    auto a = s3::make_tenant(client, s3::tenant_options{}.max_requests(2));
    auto b = s3::make_tenant(client, s3::tenant_options{}.read_rate(rate_limiter::create(5)));
    for (int i = 0; i < 3; ++i) l.run(a.get("s3://b/k")), l.run(b.get("s3://b/k")), l.run(client.get("s3://b/k"));
    CHECK(l.slow->connections == 1);
    CHECK(a.statistics().requests == 3);
    CHECK(client.statistics().requests == 3);
    CHECK(a.budget() == client.budget());
    int of_a = 0, of_b = 0;
    l.start(a, lab::doing::gets, 10, &of_a);
    l.start(b, lab::doing::gets, 10, &of_b);
    l.pass(10s);
    CHECK(std::abs(of_a - 2000) < 120); // two at a time
    CHECK(std::abs(of_b - 50) <= 1);
    auto with_memory = s3::make_tenant(client, s3::tenant_options{}.budget(memory_budget::create(8 << 20)));
    CHECK(with_memory.budget() != client.budget());
}

TEST_CASE("s3/tenant: rates of the client are shared by weight") {
    lab l{100};
    l.options.read_rate(100);
    const auto client = l.client();
    int a = 0, b = 0;
    l.start(s3::make_tenant(client, s3::tenant_options{}.weight(4)), lab::doing::gets, 20, &a);
    l.start(s3::make_tenant(client, s3::tenant_options{}), lab::doing::gets, 20, &b);
    l.pass(10s);
    CHECK(std::abs(a - 800) < 20);
    CHECK(std::abs(b - 200) < 20);
}

TEST_CASE("s3/tenant: outlives the client it was made from; what cannot be is refused") {
    lab l{10};
    auto tenant = [&] {
        auto client = l.client();
        return s3::make_tenant(client, s3::tenant_options{});
    }();
    CHECK(l.run(tenant.get("s3://b/k")).body == "body");
    const auto client = l.client();
    CHECK_THROWS_AS(s3::make_tenant(client, s3::tenant_options{}.weight(0)), error);
    CHECK_THROWS_AS(s3::make_tenant(client, s3::tenant_options{}.weight(NAN)), error);
    CHECK_THROWS_AS(s3::make_tenant(client, s3::tenant_options{}.max_requests(0)), error);
}

} // namespace tenant_test
