// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/refreshing_credentials_provider.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/testing/manual_clock.hpp>

#include "support/run.hpp"

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <vector>

namespace test_aws_refreshing_credentials_provider {

namespace asio = boost::asio;
namespace aws = penstock::aws;
using penstock::errc;
using penstock::failure;
using std::chrono::minutes;
using std::chrono::seconds;

/// A source whose calls a test lets go on one by one.
struct source {
    std::shared_ptr<penstock::testing::manual_clock> clock = penstock::testing::manual_clock::create();
    penstock::duration lifetime = std::chrono::hours{1};
    failure broken;
    bool held = false;
    penstock::wait_list gate;
    int calls = 0;

    penstock::awaitable<aws::credentials> fetch() {
        const int call = ++calls;
        if (held) co_await gate.wait();
        if (broken) penstock::throw_failure(broken);
        aws::credentials c{"KEY" + std::to_string(call), "HUSH", "TOKEN"};
        c.expiration = clock->wall_now() + std::chrono::duration_cast<penstock::wall_time::duration>(lifetime);
        co_return c;
    }

    aws::provider_ptr provider() {
        return aws::make_refreshing_credentials_provider("source", [this] { return fetch(); }, clock,
                                                         penstock::make_seeded_random(7));
    }
    void advance(penstock::duration d) { clock->advance(d); }
    std::optional<aws::credentials_ptr> try_get(const aws::provider_ptr& p) { return p->try_get(clock->wall_now()); }
};

/// Callers of `get` on one context, and what became of them.
struct callers {
    asio::io_context io{1};
    std::vector<std::string> answers;
    std::vector<std::unique_ptr<asio::cancellation_signal>> stop;

    void call(const aws::provider_ptr& p) {
        const auto n = answers.size();
        answers.emplace_back();
        stop.push_back(std::make_unique<asio::cancellation_signal>());
        auto done = [this, n](std::exception_ptr e, aws::credentials_ptr c) {
            answers[n] = e ? std::string{penstock::to_failure(e).code().message()} : c->access_key_id;
        };
        asio::co_spawn(io, p->get(), asio::bind_cancellation_slot(stop[n]->slot(), done));
    }
    void run() {
        io.restart();
        io.poll();
    }
};

TEST_CASE("aws/refresh_windows: shares of short lifetimes") {
    const aws::refresh_windows w;
    CHECK(w.advisory(std::chrono::hours{1}) == minutes{5});
    CHECK(w.mandatory(std::chrono::hours{1}) == minutes{1});
    CHECK(w.advisory(minutes{15}) == minutes{3});
    CHECK(w.mandatory(minutes{15}) == seconds{45});
    const aws::refresh_windows express{seconds{45}, seconds{10}};
    CHECK(express.advisory(minutes{5}) == seconds{45});
    CHECK(express.mandatory(minutes{5}) == seconds{10});
}

TEST_CASE("aws/refreshing_credentials_provider: many callers, one call") {
    source s;
    s.held = true;
    const auto p = s.provider();
    callers c;
    for (int i = 0; i < 50; ++i) c.call(p);
    c.run();
    CHECK(s.calls == 1);
    s.gate.notify_all();
    c.run();
    CHECK(s.calls == 1);
    for (const auto& a : c.answers) CHECK(a == "KEY1");
}

TEST_CASE("aws/refreshing_credentials_provider: renewed by one ahead of expiry, while the others go on") {
    source s;
    const auto p = s.provider();
    callers c;
    c.call(p);
    c.run();
    s.advance(minutes{55} - seconds{1});
    CHECK(s.try_get(p));
    s.advance(minutes{1} + seconds{2}); // past any jitter
    CHECK_FALSE(s.try_get(p));
    s.held = true;
    c.call(p);
    c.run();
    CHECK(s.calls == 2);
    CHECK(c.answers[1].empty());
    REQUIRE(s.try_get(p));
    CHECK((*s.try_get(p))->access_key_id == "KEY1");
    c.call(p);
    c.run();
    CHECK(c.answers[2] == "KEY1");
    s.advance(minutes{3}); // within the last minute everybody waits
    CHECK_FALSE(s.try_get(p));
    c.call(p);
    c.run();
    CHECK(c.answers[3].empty());
    s.gate.notify_all();
    c.run();
    CHECK(c.answers[1] == "KEY2");
    CHECK(c.answers[3] == "KEY2");
    CHECK(s.calls == 2);
}

TEST_CASE("aws/refreshing_credentials_provider: the moment of renewal differs from one to the next") {
    source s;
    std::vector<int> moments;
    const auto random = penstock::make_seeded_random(3);
    for (int i = 0; i < 8; ++i) {
        const auto p = aws::make_refreshing_credentials_provider("source", [&s] { return s.fetch(); }, s.clock,
                                                                 penstock::make_seeded_random(random->next()));
        const auto began = s.clock->wall_now();
        callers c;
        c.call(p);
        c.run();
        int after = 55 * 60;
        while (p->try_get(began + seconds{after})) ++after;
        CHECK(after <= 56 * 60 + 1);
        moments.push_back(after);
    }
    std::sort(moments.begin(), moments.end());
    CHECK(moments.front() < moments.back());
}

TEST_CASE("aws/refreshing_credentials_provider: a failure to renew is nobody's while the old ones are valid") {
    source s;
    const auto p = s.provider();
    callers c;
    c.call(p);
    c.run();
    s.broken = failure{errc::service_unavailable, "no"};
    s.advance(minutes{56} + seconds{1});
    c.call(p);
    c.run();
    CHECK(c.answers[1] == "KEY1");
    CHECK(s.calls == 2);
    CHECK(s.try_get(p)); // not tried again at once
    s.advance(seconds{10});
    CHECK_FALSE(s.try_get(p));
    s.advance(minutes{3}); // the last minute
    c.call(p);
    c.run();
    CHECK(c.answers[2] == "KEY1");
    s.advance(minutes{1}); // expired
    c.call(p);
    c.run();
    CHECK(c.answers[3] == failure{errc::service_unavailable}.code().message());
    s.broken = {};
    c.call(p);
    c.run();
    CHECK(c.answers[4] == "KEY5");
}

TEST_CASE("aws/refreshing_credentials_provider: a failure to renew keeps nothing beyond its end") {
    source s;
    const auto p = s.provider();
    callers c;
    c.call(p);
    c.run();
    s.broken = failure{errc::service_unavailable, "no"};
    s.advance(minutes{59} + seconds{58});
    c.call(p);
    c.run();
    CHECK(c.answers[1] == "KEY1");
    CHECK(s.try_get(p));
    s.advance(seconds{2});
    CHECK_FALSE(s.try_get(p));
    s.broken = {};
    c.call(p);
    c.run();
    CHECK(c.answers[2] == "KEY3");
}

TEST_CASE("aws/refreshing_credentials_provider: a failure is shared by those who waited, and forgotten") {
    source s;
    s.held = true;
    s.broken = failure{errc::no_credentials, "none"};
    const auto p = s.provider();
    callers c;
    for (int i = 0; i < 5; ++i) c.call(p);
    c.run();
    s.gate.notify_all();
    c.run();
    CHECK(s.calls == 1);
    for (const auto& a : c.answers) CHECK(a == failure{errc::no_credentials}.code().message());
    s.broken = {};
    s.held = false;
    c.call(p);
    c.run();
    CHECK(c.answers[5] == "KEY2");
}

TEST_CASE("aws/refreshing_credentials_provider: who is cancelled leaves the call to the next in line") {
    source s;
    s.held = true;
    const auto p = s.provider();
    callers c;
    for (int i = 0; i < 3; ++i) c.call(p);
    c.run();
    c.stop[0]->emit(asio::cancellation_type::terminal);
    c.run();
    CHECK(s.calls == 2);
    CHECK(c.answers[0] == penstock::error_code(asio::error::operation_aborted).message());
    c.stop[2]->emit(asio::cancellation_type::terminal);
    c.run();
    CHECK(c.answers[2] == penstock::error_code(asio::error::operation_aborted).message());
    s.gate.notify_all();
    c.run();
    CHECK(c.answers[1] == "KEY2");
    CHECK(s.calls == 2);
}

TEST_CASE("aws/refreshing_credentials_provider: an executor that ends, or stands still, keeps nobody waiting") {
    source s;
    const auto p = s.provider();
    callers c;
    auto other = std::make_unique<callers>();
    penstock::wait_list never;
    s.held = true;
    other->call(p);
    other->run();
    CHECK(s.calls == 1);
    c.call(p);
    c.run();
    CHECK(s.calls == 1);
    SUBCASE("it ends") { other.reset(); }
    SUBCASE("it stands still") { s.advance(minutes{1}); }
    s.held = false;
    c.run();
    CHECK(s.calls == 2);
    CHECK(c.answers[0] == "KEY2");
}

TEST_CASE("aws/refreshing_credentials_provider: what is refused is fetched anew, once") {
    source s;
    const auto p = s.provider();
    callers c;
    c.call(p);
    c.run();
    const auto first = *s.try_get(p);
    for (int i = 0; i < 10; ++i) CHECK(p->invalidate(*first));
    for (int i = 0; i < 10; ++i) c.call(p);
    c.run();
    CHECK(s.calls == 2);
    for (int i = 0; i < 10; ++i) CHECK(p->invalidate(*first)); // late
    CHECK((*s.try_get(p))->access_key_id == "KEY2");
    // A refused one is not used again, however long it is said to be valid.
    CHECK(p->invalidate(**s.try_get(p)));
    s.broken = failure{errc::service_unavailable, "no"};
    c.call(p);
    c.run();
    CHECK(c.answers.back() == failure{errc::service_unavailable}.code().message());
}

TEST_CASE("aws/refreshing_credentials_provider: credentials that come expired") {
    source s;
    s.lifetime = -minutes{3};
    const auto p = s.provider();
    const auto r = test::run(penstock::as_result(p->get()));
    REQUIRE_FALSE(r.has_value());
    const auto why = r.error();
    CHECK(why.code() == errc::invalid_credentials);
    CHECK(why.detail().message ==
          "source: the credentials expired at 2025-12-31T23:57:00Z, it is 2026-01-01T00:00:00Z");
    CHECK(why.message().find("HUSH") == std::string::npos);
}

TEST_CASE("aws/refreshing_credentials_provider: without an expiration they last until they are refused") {
    auto clock = penstock::testing::manual_clock::create();
    int calls = 0;
    const auto p = aws::make_refreshing_credentials_provider(
        "source",
        [&calls]() -> penstock::awaitable<aws::credentials> {
            ++calls;
            co_return aws::credentials{"KEY", "HUSH"};
        },
        clock, penstock::make_seeded_random(1));
    const auto c = test::run(p->get());
    CHECK(c->source == "source");
    clock->advance(std::chrono::hours{100'000});
    CHECK(p->try_get(clock->wall_now()).value() == c);
    CHECK(p->invalidate(*c));
    CHECK_FALSE(p->try_get(clock->wall_now()));
    CHECK(test::run(p->get())->access_key_id == "KEY");
    CHECK(calls == 2);
}

} // namespace test_aws_refreshing_credentials_provider
