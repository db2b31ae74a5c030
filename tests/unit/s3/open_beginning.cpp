// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/s3/open_beginning.hpp>

#include <support/run.hpp>
#include <support/served_store.hpp>

#include <doctest/doctest.h>

#include <string>

namespace open_beginning_test {

using namespace penstock;

struct store : test::served_store {
    std::unique_ptr<byte_source> open(std::uint64_t first) {
        return test::run(io, s3::open_beginning(client, "s3://lake/o", first));
    }
    std::uint64_t requests() const { return client.statistics().requests; }
};

TEST_CASE("open_beginning: whoever reads the beginning only makes one request, for so many bytes") {
    store s;
    s.server.put("lake", "o", std::string(1'000'000, 'x'));
    const auto source = s.open(4096);
    CHECK(source->name() == "s3://lake/o");
    CHECK(source->remaining() == 1'000'000);
    std::string some(4096, ' ');
    CHECK(test::run(s.io, read(*source, as_writable_bytes(std::span{some}))) == 4096);
    CHECK(s.requests() == 1);
    CHECK(s.client.statistics().bytes_received == 4096);
    CHECK(source->remaining() == 1'000'000 - 4096);
}

TEST_CASE("open_beginning: whoever goes on gets the rest by a second request") {
    store s;
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += std::to_string(i);
    s.server.put("lake", "o", text);
    for (const std::uint64_t first : {std::uint64_t{1}, std::uint64_t{4096}, text.size() - 1}) {
        const auto before = s.requests();
        const auto source = s.open(first);
        CHECK((test::run(s.io, read_all(*source)) == text));
        CHECK(source->remaining() == 0);
        CHECK(s.requests() - before == 2);
    }
    for (const std::uint64_t first : {std::uint64_t{text.size()}, std::uint64_t{10'000'000}}) {
        const auto before = s.requests();
        const auto source = s.open(first);
        CHECK((test::run(s.io, read_all(*source)) == text));
        CHECK(s.requests() - before == 1);
    }
}

TEST_CASE("open_beginning: an object without a byte, and none at all") {
    store s;
    s.server.put("lake", "o", "");
    CHECK(test::run(s.io, read_all(*s.open(100))).empty());
    s.server.put("lake", "other", "");
    try {
        (void)test::run(s.io, s3::open_beginning(s.client, "s3://lake/none", 100));
        FAIL("there is no such object");
    } catch (const error& e) {
        CHECK(e.code() == errc::no_such_key);
    }
}

TEST_CASE("open_beginning: another object behind the beginning is an error, which stays") {
    store s;
    s.server.put("lake", "o", std::string(10'000, 'a'));
    const auto source = s.open(100);
    s.server.put("lake", "o", std::string(10'000, 'b'));
    for (int i = 0; i < 2; ++i) {
        try {
            (void)test::run(s.io, read_all(*source));
            FAIL("the object has changed");
        } catch (const error& e) {
            CHECK(e.code() == errc::object_changed);
        }
    }
}

} // namespace open_beginning_test
