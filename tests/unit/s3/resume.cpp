// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <doctest/doctest.h>

namespace resume_test {

using namespace penstock;
using scripted::say;
using scripted::world;

const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
const std::string first = "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 10\r\n\r\n01234";
const std::string first_of_date =
    "HTTP/1.1 200 OK\r\nLast-Modified: Thu, 01 Jan 2015 00:00:00 GMT\r\nContent-Length: 10\r\n\r\n01234";
const std::string unsized = "HTTP/1.1 200 OK\r\nETag: \"a\"\r\n" + chunked + "5\r\n01234\r\n5\r\n";

std::string rest(std::string_view header, std::string_view body) {
    return "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\n" + std::string{header} + "\r\n" + std::string{body};
}

TEST_CASE("resume: only the rest of the very same object is taken, whole") {
    struct row {
        std::string what, first, second;
        bool good;
    };
    const std::string range = "Content-Range: bytes 5-9/10\r\n";
    const row rows[] = {
        {"the rest", first, rest(range + "Content-Length: 5\r\n", "56789"), true},
        {"in chunks", first, rest(range + "Transfer-Encoding: chunked\r\n", "5\r\n56789\r\n0\r\n\r\n"), true},
        {"until the end", first, rest(range, "56789"), true},
        {"the whole again", first, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 10\r\n\r\n0123456789", true},
        {"of the same date", first_of_date,
         "HTTP/1.1 206 P\r\nLast-Modified: Thu, 01 Jan 2015 00:00:00 GMT\r\nContent-Range: bytes 5-9/10\r\n"
         "Content-Length: 5\r\n\r\n56789",
         true},
        {"304", first, "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", false},
        {"in chunks without the last", first, rest(range + "Transfer-Encoding: chunked\r\n", "5\r\n56789\r\n"), true},
        {"no bytes", first, rest(range + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), false},
        {"too few", first, rest(range + "Transfer-Encoding: chunked\r\n", "2\r\n56\r\n0\r\n\r\n"), false},
        {"too many", first, rest(range + "Transfer-Encoding: chunked\r\n", "9\r\n56789XXXX\r\n0\r\n\r\n"), false},
        {"too many until the end", first, rest(range, "56789XXXX"), false},
        {"no tag", first, "HTTP/1.1 206 P\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nOTHER", false},
        {"another tag", first,
         "HTTP/1.1 206 P\r\nETag: \"b\"\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nOTHER", false},
        {"another size", first, rest("Content-Range: bytes 5-9/11\r\nContent-Length: 5\r\n", "OTHER"), false},
        {"another range", first, rest("Content-Range: bytes 0-4/10\r\nContent-Length: 5\r\n", "01234"), false},
        {"a shorter whole", first, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\n" + chunked + "3\r\n012\r\n0\r\n\r\n", false},
        {"a whole without tag", first, "HTTP/1.1 200 OK\r\n" + chunked + "a\r\nabcdefghij\r\n0\r\n\r\n", false},
        {"another date", first_of_date,
         "HTTP/1.1 206 P\r\nLast-Modified: Fri, 02 Jan 2015 00:00:00 GMT\r\nContent-Range: bytes 5-9/10\r\n"
         "Content-Length: 5\r\n\r\nOTHER",
         false},
        {"nothing to know it by", "HTTP/1.1 200 OK\r\n" + chunked + "5\r\n01234\r\n",
         "HTTP/1.1 206 P\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nOTHER", false},
        {"empty now", first, "HTTP/1.1 416 R\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n", false},
        {"empty now, size unknown", unsized,
         "HTTP/1.1 416 R\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n", false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        world w{{r.first, r.second}};
        const auto got = w.get();
        CHECK(got.has_value() == r.good);
        if (got) CHECK(*got == "0123456789");
        if (!got) CHECK(got.error().detail().key == "k");
    }
}

TEST_CASE("resume: an object that has become shorter has changed, whether or not the store heeds If-Match") {
    const std::string document = "<Error><Code>InvalidRange</Code><ActualObjectSize>3</ActualObjectSize></Error>";
    for (const auto& before : {first, first_of_date, unsized}) {
        for (const std::string answer :
             {std::string{"HTTP/1.1 416 R\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n"},
              std::string{"HTTP/1.1 416 R\r\nContent-Range: bytes */3\r\nContent-Length: 0\r\n\r\n"},
              std::string{"HTTP/1.1 416 R\r\nContent-Length: 0\r\n\r\n"},
              "HTTP/1.1 416 R\r\nContent-Length: " + std::to_string(document.size()) + "\r\n\r\n" + document,
              std::string{"HTTP/1.1 412 P\r\nContent-Length: 0\r\n\r\n"}}) {
            CAPTURE(answer);
            world w{{before, answer}};
            const auto got = w.get();
            REQUIRE(got.has_error());
            CHECK(got.error().code() == errc::object_changed);
        }
    }
}

TEST_CASE("resume: a short answer for the rest is followed by another request") {
    world w{{first, rest("Content-Range: bytes 5-6/*\r\nContent-Length: 2\r\n", "56"),
             rest("Content-Range: bytes 7-9/10\r\nContent-Length: 3\r\n", "789")}};
    // A range without a total says less than was asked for: not the answer to it, or one byte range after another.
    const auto got = w.get();
    if (got) CHECK(*got == "0123456789");
}

TEST_CASE("resume: of a part, by the whole object, no byte more than the part") {
    const std::string whole(10'000, 'w');
    const auto part = "HTTP/1.1 206 P\r\nETag: \"a\"\r\nContent-Range: bytes 100-199/10000\r\nContent-Length: 100\r\n\r\n" +
                      std::string(50, 'w');
    world w{{part, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 10000\r\n\r\n" + whole}};
    const auto got = w.get(s3::get_object_options{}.range(s3::object_range::slice(100, 100)));
    REQUIRE(got.has_value());
    CHECK(*got == std::string(100, 'w'));
}

TEST_CASE("resume: a byte a connection is no progress") {
    std::vector<say> script{"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 1000\r\n\r\nx"};
    for (int i = 1; i < 1000; ++i)
        script.push_back("HTTP/1.1 206 P\r\nETag: \"a\"\r\nContent-Range: bytes " + std::to_string(i) +
                         "-999/1000\r\nContent-Length: " + std::to_string(1000 - i) + "\r\n\r\nx");
    world w{std::move(script)};
    const auto got = w.get();
    REQUIRE(got.has_error());
    CHECK(got.error().code() == condition::connection);
    CHECK(w.how->requests.size() <= 7);
}

TEST_CASE("get: an unasked 304 or 416 is no empty object") {
    for (const std::string answer : {"HTTP/1.1 304 Not Modified\r\n\r\n",
                                     "HTTP/1.1 416 R\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n"}) {
        world w{{answer}};
        const auto got = w.get();
        REQUIRE(got.has_error());
        CHECK(got.error().code() == (answer.find("304") < 20 ? errc::malformed_response : errc::range_not_satisfiable));
    }
}

TEST_CASE("read_at: nothing behind the end") {
    world w{{"HTTP/1.1 416 R\r\nContent-Range: bytes */10\r\nContent-Length: 0\r\n\r\n"}};
    std::byte memory[10];
    CHECK(w.run(w.client().read_at("s3://b/k", 100, memory)) == 0);
}

TEST_CASE("head: a body that must not be there is no answer to the next request") {
    const std::string head = "HTTP/1.1 200 OK\r\nETag: \"k1\"\r\nContent-Length: 5\r\n\r\n";
    world w{{say{head}.keep().later("HTTP/1.1 200 OK\r\nETag: \"forged\"\r\n\r\n"), say{head}.keep()}};
    auto both = [&w](s3::client c) -> awaitable<std::string> {
        co_await c.head("s3://b/1");
        co_await sleep_for(w.clock, std::chrono::microseconds{500});
        const auto second = co_await c.head("s3://b/2");
        co_return second.etag.raw();
    };
    CHECK(w.run(both(w.client())) == "\"k1\"");
    CHECK(w.how->connections == 2);
}

} // namespace resume_test
