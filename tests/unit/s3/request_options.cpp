// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <doctest/doctest.h>

namespace request_options_test {

using namespace penstock;
using scripted::say;
using scripted::world;

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("what is said of a call goes with each of its requests, and is signed") {
    world w{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbo",
             "HTTP/1.1 206 Partial\r\nETag: \"e\"\r\nContent-Range: bytes 2-3/4\r\nContent-Length: 2\r\n\r\ndy"}};
    s3::get_object_options asked;
    asked.header("x-amz-custom", "one").expected_bucket_owner("123456789012").requester_pays(true).label("query 7");
    const auto got = w.get(asked);
    REQUIRE(got.has_value());
    CHECK(*got == "body");
    REQUIRE(w.how->requests.size() == 2);
    for (const auto& request : w.how->requests) {
        CHECK(has(request, "\r\nx-amz-custom: one\r\n"));
        CHECK(has(request, "\r\nx-amz-expected-bucket-owner: 123456789012\r\n"));
        CHECK(has(request, "\r\nx-amz-request-payer: requester\r\n"));
        CHECK(has(request, "x-amz-custom;")); // among the signed ones
        CHECK_FALSE(has(request, "query 7"));
    }
}

TEST_CASE("what is said of a client goes with all its requests, signed; a call's own word goes first") {
    world w{{say{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n"}.keep(), "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n"}};
    w.options.header("x-amz-team", "lake").header("X-Trace", "1");
    CHECK(w.get().has_value());
    CHECK(w.get(s3::get_object_options{}.header("x-trace", "2")).has_value());
    REQUIRE(w.how->requests.size() == 2);
    for (const auto& request : w.how->requests) {
        CHECK(has(request, "\r\nx-amz-team: lake\r\n"));
        CHECK(has(request, "x-amz-team, Signature")); // among the signed ones
    }
    CHECK(has(w.how->requests[0], "\r\nX-Trace: 1\r\n"));
    CHECK(has(w.how->requests[1], "\r\nx-trace: 2\r\n"));
    CHECK_FALSE(has(w.how->requests[1], "X-Trace: 1"));
    CHECK_THROWS_AS(w.options.header("Host", "x"), error);
    CHECK_THROWS_AS(w.options.header("x-a", "1\r\nx-b: 2"), error);
}

TEST_CASE("a call may go without paying where its client pays") {
    world w{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n"}};
    w.options.requester_pays(true);
    CHECK(w.get(s3::get_object_options{}.requester_pays(false)).has_value());
    CHECK_FALSE(has(w.how->requests.at(0), "x-amz-request-payer"));
}

TEST_CASE("fields that the client sets itself, and those that would be more than one, are refused") {
    s3::put_object_options o;
    for (const char* name : {"host", "Authorization", "Content-Length", "transfer-encoding", "Range", "X-Amz-Date"})
        CHECK_THROWS_AS(o.header(name, "x"), error);
    CHECK_THROWS_AS(o.header("x-a", "1\r\nx-b: 2"), error);
    CHECK_THROWS_AS(o.header("bad name", "1"), error);
    CHECK(o.settings() == nullptr);
}

TEST_CASE("settings are copied when they change: options made from others do not change these") {
    s3::get_object_options one;
    one.label("a");
    auto two = one;
    two.label("b");
    CHECK(one.settings()->label == "a");
    CHECK(two.settings()->label == "b");
}

} // namespace request_options_test
