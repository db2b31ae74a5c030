// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/http/origin.hpp>
#include <penstock/http/trace.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <string>

namespace trace_test {

using namespace penstock;
using boost::system::error_code;
using namespace std::chrono_literals;

struct traced {
    explicit traced(http::trace_options options = {})
        : observer{http::make_trace([this](std::string_view line) { text += std::string{line} + "\n"; }, std::move(options))} {}

    void request(std::string_view head, std::uint64_t body = 0) {
        http::exchange_event e{to, 1};
        e.request = head;
        e.request_body = body;
        observer->request(e);
    }

    std::string text;
    http::origin to{"store", 443, true};
    std::shared_ptr<http::transport_observer> observer;
};

TEST_CASE("an exchange is told with its times and sizes, without its body") {
    traced t;
    http::connect_event c{http::connect_step::resolve, t.to};
    c.took = 1500us;
    t.observer->connecting(c);
    c.step = http::connect_step::tls;
    c.code = asio::error::connection_reset;
    t.observer->connecting(c);
    t.request("PUT /b/k?partNumber=1 HTTP/1.1\r\nHost: store\r\n\r\nsmall: body", 9);
    http::response_head head;
    head.status = 200;
    head.reason = "OK\x1b[2J";
    head.headers.add("ETag", "\"e\"");
    http::exchange_event e{t.to, 1};
    e.head = &head;
    e.took = 2ms;
    t.observer->answer(e);
    e.body = 7;
    t.observer->end(e);
    e.code = asio::error::operation_aborted;
    t.observer->end(e);
    e.head = nullptr;
    t.observer->answer(e);
    const auto reset = error_code{asio::error::connection_reset}.message();
    const auto stopped = error_code{asio::error::operation_aborted}.message();
    CHECK(t.text == "resolve https://store, 1.5 ms\ntls https://store failed: " + reset + ", 1.5 ms\n" +
                        "#1 > PUT /b/k?partNumber=1 HTTP/1.1, 9 bytes\n#1 > Host: store\n"
                        "#1 < 200 OK?[2J, 2.0 ms\n#1 < ETag: \"e\"\n#1 = 7 bytes, 2.0 ms\n#1 = 7 bytes failed: " + stopped +
                        ", 2.0 ms\n#1 < nothing failed: " + stopped + ", 2.0 ms\n");
}

TEST_CASE("no header that holds a secret is shown") {
    for (const char* name :
         {"Authorization", "proxy-authorization", "X-Amz-Security-Token", "x-amz-s3session-token",
          "x-amz-server-side-encryption-customer-key", "x-amz-server-side-encryption-customer-key-MD5",
          "x-amz-copy-source-server-side-encryption-customer-key", "X-aws-ec2-metadata-token", "x-amz-sso_bearer_token", "Cookie",
          "Set-Cookie", "x-api-key", "X-Vault-Secret"}) {
        INFO(name);
        traced t;
        t.request("GET / HTTP/1.1\r\n" + std::string{name} + ": HUSH\r\n\r\n");
        CHECK(t.text == "#1 > GET / HTTP/1.1\n#1 > " + std::string{name} + ": (not shown)\n");
        traced answer;
        http::response_head head;
        head.status = 200;
        head.headers.add(name, "HUSH");
        http::exchange_event e{answer.to, 1};
        e.head = &head;
        answer.observer->answer(e);
        CHECK(answer.text.find("HUSH") == answer.text.npos);
    }
    CHECK(http::detail::shown_field("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/x, Signature=HUSH") ==
          "AWS4-HMAC-SHA256 (not shown)");
    CHECK(http::detail::shown_field("x-amz-date", "20261121T000000Z") == "20261121T000000Z");
}

TEST_CASE("no parameter that signs a URL is shown, nor a password in one") {
    CHECK(http::detail::shown_target("/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=HUSH&X-Amz-Date=1&X-Amz-Security-Token=HUSH"
                                     "&X-Amz-Signature=HUSH") ==
          "/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=(not shown)&X-Amz-Date=1&X-Amz-Security-Token=(not shown)"
          "&X-Amz-Signature=(not shown)");
    CHECK(http::detail::shown_target("/k?AWSAccessKeyId=HUSH&Signature=HUSH&Expires=1") ==
          "/k?AWSAccessKeyId=(not shown)&Signature=(not shown)&Expires=1");
    CHECK(http::detail::shown_target("/?list-type=2&continuation-token=next&acl") == "/?list-type=2&continuation-token=next&acl");
    CHECK(http::detail::shown_target("http://me:HUSH@host/p@th") == "http://(not shown)@host/p@th");
    CHECK(http::detail::shown_field("Location", "https://h/k?X-Amz-Signature=HUSH") == "https://h/k?X-Amz-Signature=(not shown)");
    for (const char* odd : {"", "?", "?&", "?=", "/k?X-Amz-Signature", "://@", "a://b?c"}) CHECK(http::detail::shown_target(odd) == odd);
}

TEST_CASE("a path that is a secret itself, and traces of first lines alone") {
    traced t{http::trace_options{}.headers(false).secret_target([](std::string_view target) { return target == "/v2/HUSH"; })};
    t.request("GET /v2/HUSH HTTP/1.1\r\nHost: store\r\n\r\n");
    t.request("GET /other HTTP/1.1\r\nHost: store\r\n\r\n");
    t.request("garbage");
    t.request("");
    CHECK(t.text == "#1 > GET (not shown) HTTP/1.1\n#1 > GET /other HTTP/1.1\n#1 > garbage \n#1 >  \n");
}

} // namespace trace_test
