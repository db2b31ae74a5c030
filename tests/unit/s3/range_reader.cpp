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

} // namespace range_reader_test
