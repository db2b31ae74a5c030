// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/http_server.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/http/fetch.hpp>
#include <penstock/http/resolver.hpp>
#include <penstock/testing/simulation.hpp>
#include <penstock/testing/test_certificates.hpp>

#include <support/run.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

namespace http_server_test {

using namespace penstock;
using namespace std::chrono_literals;
using testing::http_answer;
using testing::http_request;

http_answer answer(const http_request& r) {
    if (r.path == "/silent") return http_answer{200}.delay(duration::max());
    if (r.path == "/late") return http_answer{200, "late"}.delay(20ms);
    if (r.path == "/cut") return http_answer{200, "0123456789"}.cut_at(60);
    if (r.path == "/close") return http_answer{200, "last"}.close();
    if (r.path == "/noise") return http_answer::raw("noise\r\n\r\n");
    if (r.path == "/throw") throw_failure(failure{errc::closed});
    return http_answer{201, r.method + " " + r.query + " " + r.body, "application/json"}.header("X-Own", "1");
}

struct lab {
    boost::asio::io_context io{1};
    std::shared_ptr<clock_source> clock = make_system_clock();
    testing::http_server server{io.get_executor(), answer, testing::http_server_options().max_body(1000)};

    result<http::document> call(std::string method, std::string path, std::string body = {}, duration limit = 5s,
                                http::request asked = http::request()) {
        if (server.port() == 0) server.listen();
        http::origin to{"127.0.0.1", server.port(), false};
        asked.method = std::move(method);
        asked.path = std::move(path);
        asked.query = "a=1";
        asked.headers.add("Host", "here");
        auto how = http::make_connector(http::make_cares_resolver(), {}, {}, clock);
        return test::run(io, as_result(http::fetch(how, to, asked, body, clock, http::fetch_options().limit(limit))));
    }
};

TEST_CASE("http_server: a function answers, and requests are remembered") {
    lab l;
    const auto got = l.call("POST", "/any", "form").value();
    CHECK(got.head.status == 201);
    CHECK(got.body == "POST a=1 form");
    CHECK(got.head.headers["x-own"] == "1");
    CHECK(got.head.headers["content-type"] == "application/json");
    CHECK(l.call("PUT", "/late").value().body == "late");
    CHECK(l.call("GET", "/close").value().head.headers["connection"] == "close");
    CHECK(l.call("HEAD", "/any").value().body == "");
    REQUIRE(l.server.requests().size() == 4);
    CHECK(l.server.requests()[0].body == "form");
    CHECK(l.server.requests()[1].path == "/late");
    CHECK(l.server.requests()[1].headers["host"] == "here");
    CHECK(l.server.statistics().requests == 4);
    CHECK(l.server.endpoint() == "http://127.0.0.1:" + std::to_string(l.server.port()));
    l.server.forget_requests();
    CHECK(l.server.requests().empty());
}

TEST_CASE("http_server: what goes wrong on purpose") {
    lab l;
    CHECK(l.call("GET", "/cut").error().code() == condition::connection);
    CHECK(l.call("GET", "/noise").error().code() == errc::malformed_response);
    CHECK(l.call("GET", "/throw").error().code() == condition::connection);
    CHECK(l.call("GET", "/silent", "", 30ms).error().code() == condition::timeout);
    CHECK(l.call("PUT", "/any", std::string(1001, 'x')).value().head.status == 413);
    CHECK(l.call("PUT", "/any", std::string(1000, 'x')).value().head.status == 201);
    http::request bad;
    bad.headers.add("Host", "another");
    CHECK(l.call("GET", "/any", "", 5s, bad).value().head.status == 400);
    bad.headers.clear();
    bad.headers.add("X-Long", std::string(70'000, 'x'));
    CHECK(l.call("GET", "/any", "", 5s, bad).value().head.status == 431);
    bad.headers.clear();
    bad.headers.add("Transfer-Encoding", "chunked");
    CHECK(l.call("PATCH", "/any", "", 50ms, bad).error().code() == condition::timeout); // waits for the body
    CHECK(l.server.statistics().malformed_requests == 3);
    l.server.stop();
    CHECK(l.call("GET", "/any").error().code() == errc::connect_failed);
}

TEST_CASE("http_server: over TLS") {
    const testing::test_authority authority;
    const auto own = authority.server();
    boost::asio::io_context io{1};
    testing::http_server server{io.get_executor(), answer, testing::http_server_options().tls(own.certificate_pem, own.key_pem)};
    server.listen();
    CHECK(server.endpoint() == "https://localhost:" + std::to_string(server.port()));
    const auto clock = make_system_clock();
    http::request asked;
    asked.headers.add("Host", "localhost");
    auto how = http::make_connector(http::make_cares_resolver(), http::tls_options().ca_pem(authority.ca_pem()), {}, clock);
    CHECK(test::run(io, http::fetch(how, http::origin{"localhost", server.port(), true}, asked, "", clock)).head.status == 201);
    CHECK_THROWS_AS((testing::http_server{io.get_executor(), answer, testing::http_server_options().tls("x", "y")}), error);
}

} // namespace http_server_test
