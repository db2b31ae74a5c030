// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "tinyproxy.hpp"

#include <support/run.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/check_connection.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/s3_server.hpp>
#include <penstock/testing/test_certificates.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace proxy_test {

using namespace penstock;

struct lab {
    explicit lab(bool tls) {
        testing::s3_server_options o;
        o.credentials("AK", "STORESECRET").region("us-east-1");
        if (tls) {
            const auto mine = authority.server();
            o.tls(mine.certificate_pem, mine.key_pem);
        }
        server = std::make_unique<testing::s3_server>(io.get_executor(), std::move(o));
        server->listen();
        server->put("lake", "a b+c.csv", body);
    }
    std::string proxy_url(const std::string& password = "p%2ess") const {
        return "http://u:" + password + "@127.0.0.1:" + std::to_string(by.port());
    }
    s3::client_options options() const {
        s3::client_options o;
        o.endpoint_url(server->endpoint()).region("us-east-1").credentials("AK", "STORESECRET").environment(aws::environment{{}});
        o.tls(http::tls_options{}.ca_pem(authority.ca_pem())).retry(aws::retry_options::preset("none"));
        return o;
    }
    result<std::string> get(s3::client_options o) {
        s3::client c{io.get_executor(), std::move(o)};
        auto got = test::run(io, as_result(c.get("s3://lake/a b+c.csv")));
        if (!got) return got.error();
        return std::move(got->body);
    }
    failure refusal(s3::client_options o) {
        const auto got = get(std::move(o));
        REQUIRE(got.has_error());
        const auto why = got.error();
        INFO(why.message());
        for (const auto* secret : {"p.ss", "p%2ess", "WRONG", "STORESECRET", "dTpw"})
            CHECK(why.message().find(secret) == std::string::npos);
        return why;
    }

    asio::io_context io{1};
    testing::test_authority authority;
    std::string body = std::string(300'000, 'x') + "\n";
    std::unique_ptr<testing::s3_server> server;
    tinyproxy by{"u", "p.ss"};
};

TEST_CASE("through a proxy: reading, writing, keep-alive, plain and TLS") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        lab l{tls};
        s3::client c{l.io.get_executor(), l.options().proxy(http::proxy_options().url(l.proxy_url()))};
        const auto work = [](s3::client c, std::string body) -> awaitable<void> {
            co_await c.put("s3://lake/new", body);
            for (int i = 0; i < 3; ++i) {
                const auto got = co_await c.get("s3://lake/new");
                CHECK(got.body == body);
            }
            auto pages = c.list("s3://lake/");
            const auto page = co_await pages.next();
            REQUIRE(page);
            CHECK(page->objects.size() == 2);
        };
        test::run(l.io, work(c, l.body));
        if (tls) {
            CHECK(c.statistics().connections == 1); // a tunnel is kept as any connection
            CHECK(l.by.log().find("CONNECT localhost") != std::string::npos);
        } else {
            CHECK(l.by.log().find("Request") != std::string::npos);
            CHECK(l.by.log().find("/lake/new") != std::string::npos);
        }
    }
}

TEST_CASE("through a proxy: the environment's") {
    lab plain{false}, tls{true};
    CHECK(plain.get(plain.options().environment(aws::environment{{{"http_proxy", plain.proxy_url()}}})).value() == plain.body);
    CHECK(plain.by.log().find("/lake/") != std::string::npos);
    CHECK(tls.get(tls.options().environment(aws::environment{{{"HTTPS_PROXY", tls.proxy_url()}}})).value() == tls.body);
    CHECK(tls.by.log().find("CONNECT") != std::string::npos);
}

TEST_CASE("through a proxy: the wrong password, or none") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        lab l{tls};
        for (const auto& url : {l.proxy_url("WRONG"), "http://127.0.0.1:" + std::to_string(l.by.port())}) {
            const auto why = l.refusal(l.options().proxy(http::proxy_options().url(url)).retry(aws::retry_options::preset("default")));
            CHECK(why.message().find("the proxy http://127.0.0.1:" + std::to_string(l.by.port())) != std::string::npos);
            CHECK(why.detail().attempts.size() == 1);
            // tinyproxy says 401 of a wrong password, which a store may say, too; and 407 where there is none.
            if (tls || why.detail().http_status != 401) CHECK(why.code() == errc::proxy_refused);
        }
        CHECK(l.server->statistics().requests == 0);
    }
}

TEST_CASE("through a proxy: NO_PROXY leads past it") {
    for (const bool tls : {false, true}) {
        lab l{tls};
        const auto before = l.by.log();
        CHECK(l.get(l.options().proxy(http::proxy_options().url(l.proxy_url("WRONG")).no_proxy("localhost,127.0.0.0/8"))).value() == l.body);
        const aws::environment env{{{"ALL_PROXY", l.proxy_url("WRONG")}, {"NO_PROXY", "localhost, 127.0.0.1"}}};
        CHECK(l.get(l.options().environment(env)).value() == l.body);
        CHECK(l.get(l.options().environment(aws::environment{{{"ALL_PROXY", l.proxy_url("WRONG")}}}).proxy({})).value() == l.body);
    }
}

TEST_CASE("through a proxy: it is gone") {
    for (const bool tls : {false, true}) {
        lab l{tls};
        const auto url = l.proxy_url();
        l.by.stop();
        const auto why = l.refusal(l.options().proxy(http::proxy_options().url(url)));
        CHECK(why.code() == errc::connect_failed);
        CHECK(why.message().find("the proxy http://127.0.0.1") != std::string::npos);
        CHECK(l.server->statistics().requests == 0);
    }
}

TEST_CASE("through a proxy: it reaches nobody there") {
    for (const bool tls : {false, true}) {
        lab l{tls};
        const auto url = l.proxy_url();
        l.server->stop();
        const auto why = l.refusal(l.options().proxy(http::proxy_options().url(url)));
        INFO(why.message());
        CHECK(why.code().failed());
        if (tls) CHECK(why.code() == errc::connect_failed);
    }
}

TEST_CASE("through a proxy: TLS is verified end to end") {
    lab l{true};
    const testing::test_authority other;
    auto o = l.options().proxy(http::proxy_options().url(l.proxy_url()));
    CHECK(l.refusal(o.tls(http::tls_options{}.ca_pem(other.ca_pem()))).code() == errc::certificate_rejected);
    CHECK(l.server->statistics().requests == 0);
}

TEST_CASE("through a proxy: the check of the way says so") {
    lab l{true};
    s3::client c{l.io.get_executor(), l.options().proxy(http::proxy_options().url(l.proxy_url()))};
    const auto report = test::run(l.io, s3::check_connection(c, "s3://lake/a b+c.csv"));
    bool told = false;
    for (const auto& step : report.steps) {
        CHECK_FALSE(step.result == s3::connection_step::outcome::failed);
        told = told || step.detail.find("through the proxy http://127.0.0.1") != std::string::npos;
        CHECK(step.detail.find("p.ss") == std::string::npos);
    }
    CHECK(told);
}

} // namespace proxy_test
