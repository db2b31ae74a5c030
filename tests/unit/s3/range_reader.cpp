// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/object_cache.hpp>
#include <penstock/s3/range_reader.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <map>

namespace range_reader_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::world;

std::string part(const std::string& range, const std::string& body, const std::string& etag = "e") {
    return "HTTP/1.1 206 Partial Content\r\nETag: \"" + etag + "\"\r\nContent-Range: bytes " + range +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string whole(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

result<std::string> read(world& w, s3::range_reader& r, std::uint64_t offset, std::size_t size) {
    std::string into(size, '.');
    const auto n = w.run(as_result(r.read_at(offset, std::as_writable_bytes(std::span{into}))));
    if (!n) return n.error();
    return into.substr(0, *n);
}

TEST_CASE("range reader: a store that forgets ranges is not taken for one that continues") {
    for (const std::uint32_t connections : {1u, 2u}) {
        CAPTURE(connections);
        world w{{part("4-7/12", "4567"), whole("0123456789ab")}, aws::retry_options::preset("none")};
        s3::range_reader r{w.client(), "s3://b/k", {}, s3::range_options{}.read_ahead(s3::parallel_options{}.connections(connections))};
        CHECK(read(w, r, 4, 4).value() == "4567");
        const auto next = read(w, r, 8, 4);
        REQUIRE(next.has_error());
        CHECK(next.error().code() == errc::malformed_response);
    }
}

TEST_CASE("range reader: what a cache has of another store, or without the pin asked for, is not taken") {
    const auto clock = testing::manual_clock::create();
    const auto cache = s3::object_cache::create(s3::object_cache_options{}.max_age(1h).clock(clock));
    const auto how = s3::range_options{}.tail(4).cache(cache);
    const auto tail = [&](std::string etag, std::string body, const std::function<void(s3::client_options&)>& change,
                          s3::get_object_options asked) {
        world w{{part("8-11/12", body, etag)}};
        change(w.options);
        s3::range_reader r{w.client(), "s3://b/k", std::move(asked), how};
        return read(w, r, 8, 4).value();
    };
    const auto same = [](s3::client_options&) {};
    const auto at = [](std::string url) {
        return [url](s3::client_options& o) {
            const std::map<std::string, std::string> said{{"AWS_ENDPOINT_URL_S3", url}};
            o.endpoint_url("").environment(aws::environment{said});
        };
    };
    CHECK(tail("e", "89ab", same, {}) == "89ab");
    CHECK(tail("f", "new!", same, {}) == "89ab"); // young enough
    CHECK(tail("f", "new!", same, s3::get_object_options{}.if_match("\"f\"")) == "new!");
    CHECK(tail("g", "2nd.", at("http://second"), {}) == "2nd.");
    CHECK(tail("h", "3rd.", at("http://third"), {}) == "3rd.");
}

TEST_CASE("range reader: what a cache has is not taken where the caller has conditions that only the store can judge") {
    const auto clock = testing::manual_clock::create();
    const auto cache = s3::object_cache::create(s3::object_cache_options{}.max_age(1h).clock(clock));
    const auto how = s3::range_options{}.tail(4).cache(cache);
    const auto read_as = [&](s3::get_object_options asked, std::string answer) {
        world w{{std::move(answer)}, aws::retry_options::preset("none")};
        s3::range_reader r{w.client(), "s3://b/k", std::move(asked), how};
        return read(w, r, 8, 4);
    };
    CHECK(read_as({}, part("8-11/12", "89ab")).value() == "89ab");
    const auto early = wall_time{} + 1'000'000h;
    for (const bool by_date : {false, true}) {
        s3::get_object_options unless;
        by_date ? unless.if_modified_since(early) : unless.if_none_match("\"e\"");
        const auto same = read_as(unless, "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n");
        REQUIRE(same.has_error());
        CHECK(same.error().code() == errc::not_modified);
        CHECK(read_as(unless, part("8-11/12", "new!", "f")).value() == "new!");
    }
    const auto later = read_as(s3::get_object_options{}.if_unmodified_since(early), "HTTP/1.1 412 No\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(later.has_error());
    CHECK(later.error().code() == errc::precondition_failed);
    CHECK(read_as({}, "").value() == "89ab"); // what is kept was left alone
}

TEST_CASE("range reader: the size, too, is asked for under the caller's conditions") {
    world w{{"HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n"}};
    s3::range_reader r{w.client(), "s3://b/k", s3::get_object_options{}.if_none_match("\"e\"")};
    const auto size = w.run(as_result(r.size()));
    REQUIRE(size.has_error());
    CHECK(size.error().code() == errc::not_modified);
    CHECK(w.how->requests[0].find("\r\nIf-None-Match: \"e\"\r\n") != std::string::npos);
}

TEST_CASE("range reader: an object that grows while its end is asked for is read to its end") {
    const std::string too_far = "HTTP/1.1 416 No\r\nContent-Range: bytes */5\r\nContent-Length: 0\r\n\r\n";
    const std::string grown = "HTTP/1.1 200 OK\r\nETag: \"f\"\r\nContent-Length: 12\r\n\r\n";
    const auto rest = part("8-11/12", "89ab", "f");
    SUBCASE("at a place") {
        world w{{too_far, grown, rest}};
        s3::range_reader r{w.client(), "s3://b/k"};
        CHECK(read(w, r, 8, 6).value() == "89ab");
    }
    SUBCASE("at its end") {
        world w{{too_far, grown, rest}};
        s3::range_reader r{w.client(), "s3://b/k"};
        std::string into(4, '.');
        CHECK(w.run(r.read_tail(std::as_writable_bytes(std::span{into}))) == 4);
        CHECK(into == "89ab");
    }
    SUBCASE("not at all") {
        const std::string as_before = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 5\r\n\r\n";
        world w{{too_far, as_before}};
        s3::range_reader r{w.client(), "s3://b/k"};
        CHECK(read(w, r, 8, 6).value().empty());
        CHECK(w.how->requests.size() == 2);
    }
}

TEST_CASE("range reader: a tail that no budget has room for is refused") {
    world w{{part("8-11/12", "89ab")}};
    s3::range_reader r{w.client(), "s3://b/k", {}, s3::range_options{}.tail(~std::uint64_t{0})};
    const auto size = w.run(as_result(r.size()));
    REQUIRE(size.has_error());
    CHECK(size.error().code() == errc::budget_exceeded);
    CHECK(w.how->requests.empty());
}

} // namespace range_reader_test
