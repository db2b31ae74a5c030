// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "world.hpp"

#include <penstock/aws/assume_role_credentials_provider.hpp>
#include <penstock/aws/date_time.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/testing/http_server.hpp>

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace simulation_credentials {

using namespace simulation_test;
using std::chrono::seconds;

/// STS that hands out keys for fifteen minutes, and tells the store of them. Each answer takes two seconds.
struct token_service {
    explicit token_service(world& of)
        : w{of}, server{of.io.get_executor(), [this](const testing::http_request&) { return answer(); },
                        testing::http_server_options().clock(of.clock)} {
        server.listen(*of.network, "sts.test", 80);
    }

    testing::http_answer answer() {
        const auto n = std::to_string(++calls);
        if (failing) return testing::http_answer{503, "<ErrorResponse/>", "text/xml"}.delay(seconds{2});
        aws::credentials c{"ASIA" + n, "HUSH" + n, "TOKEN" + n};
        c.expiration = w.clock->wall_now() + seconds{900};
        issued.push_back(w.clock->wall_now());
        const auto until = aws::format_iso8601(aws::instant{*c.expiration}).value();
        const auto text = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" + c.access_key_id +
                          "</AccessKeyId><SecretAccessKey>" + c.secret_access_key + "</SecretAccessKey><SessionToken>" +
                          c.session_token + "</SessionToken><Expiration>" + until +
                          "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
        w.server.service().add_user(std::move(c));
        return testing::http_answer{200, text, "text/xml"}.delay(seconds{2});
    }

    world& w;
    int calls = 0;
    bool failing = false;
    std::vector<wall_time> issued;
    testing::http_server server;
};

s3::client_options with_role(const world& w) {
    aws::provider_context context;
    context.clock(w.clock).random(make_seeded_random(w.seed)).env(aws::environment{std::map<std::string, std::string>{}});
    const auto connector = std::make_shared<network_connector>(w.network);
    context.connect([connector](const http::transport_options&) { return connector; });
    const auto base = aws::make_static_credentials_provider("OWN", "HUSH");
    auto role = aws::make_assume_role_credentials_provider(base, aws::assume_role_options{"arn:aws:iam::123456789012:role/job"},
                                                           aws::sts_settings{}.endpoint_url("http://sts.test"), context);
    return w.options().credentials(std::move(role));
}

struct tally {
    int reads = 0, failed = 0, running = 0;
    std::string first_failure;
};

/// Reads an object every half minute or so.
awaitable<void> work(s3::client client, std::shared_ptr<clock_source> clock, unsigned number, wall_time until, tally* t) {
    ++t->running;
    auto random = make_seeded_random(number);
    while (clock->wall_now() < until) {
        auto got = co_await as_result(client.get("s3://b/k"));
        ++t->reads;
        if (!got || got->body != "hello") {
            ++t->failed;
            if (t->first_failure.empty() && !got) t->first_failure = got.error().message();
        }
        co_await sleep_for(clock, seconds{20 + random->below(20)});
    }
    --t->running;
}

tally work_for(world& w, s3::client client, unsigned workers, std::chrono::minutes time) {
    tally t;
    for (unsigned i = 0; i < workers; ++i)
        asio::co_spawn(w.io, work(client, w.clock, i, w.clock->wall_now() + time, &t), asio::detached);
    w.io.poll_one();
    const auto end = testing::run_simulated(w.io, *w.clock, [&t] { return t.reads > 0 && t.running == 0; });
    CHECK(end == testing::simulation_end::done);
    return t;
}

TEST_CASE("simulation: a job of four hours on keys of fifteen minutes has no failed request, and one call for each window") {
    world w{11};
    token_service sts{w};
    w.server.put("b", "k", "hello");
    s3::client client{w.io.get_executor(), with_role(w)};
    const auto t = work_for(w, client, 8, std::chrono::hours{4});
    CAPTURE(t.first_failure);
    CHECK(t.failed == 0);
    CHECK(t.reads > 8 * 400);
    for (const auto& r : w.server.requests()) CHECK(r.status == 200);
    // A fifth of the lifetime ahead of expiry, and a little of that later by chance: from 720 to 756 s, and then the pause
    // between two reads.
    CHECK(sts.calls == static_cast<int>(sts.issued.size()));
    for (std::size_t i = 1; i < sts.issued.size(); ++i) {
        const auto apart = sts.issued[i] - sts.issued[i - 1];
        CHECK(apart >= seconds{720 - 3});
        CHECK(apart <= seconds{756 + 45});
    }
    CHECK(sts.calls >= 4 * 3600 / 800);
    CHECK(sts.calls <= 4 * 3600 / 717 + 1);
    CHECK(client.statistics().retries == 0);
}

TEST_CASE("simulation: a token service that is away for minutes harms nobody while the old keys live") {
    world w{12};
    token_service sts{w};
    w.server.put("b", "k", "hello");
    s3::client client{w.io.get_executor(), with_role(w)};
    CHECK(work_for(w, client, 4, std::chrono::minutes{11}).failed == 0);
    sts.failing = true;
    CHECK(work_for(w, client, 4, std::chrono::minutes{3}).failed == 0);
    CHECK(sts.issued.size() == 1);
    sts.failing = false;
    CHECK(work_for(w, client, 4, std::chrono::minutes{30}).failed == 0);
    CHECK(sts.issued.size() >= 3);
}

} // namespace simulation_credentials
