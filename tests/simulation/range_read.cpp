// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "world.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/range_reader.hpp>

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <vector>

namespace range_read_test {

using namespace penstock;
using simulation_test::pattern;
using simulation_test::world;
using testing::fault;

constexpr std::uint64_t kib = std::uint64_t{1} << 10;
constexpr std::uint64_t mib = std::uint64_t{1} << 20;

/// A reader of "s3://b/k", which holds `body`, in a world of its own.
struct bench {
    explicit bench(std::string b, s3::range_options how = {}, s3::get_object_options asked = {}) : body{std::move(b)} {
        w.server.put("b", "k", body);
        client.emplace(w.io.get_executor(), w.options());
        reader.emplace(*client, "s3://b/k", std::move(asked), std::move(how));
    }
    result<std::string> at(std::uint64_t offset, std::size_t n) {
        std::vector<std::byte> memory(n);
        auto reading = reader->read_at(offset, memory);
        auto got = w.run(as_result(std::move(reading)));
        if (!got) return got.error();
        return std::string{as_text({memory.data(), *got})};
    }
    void expect(std::uint64_t offset, std::size_t n) {
        const auto got = at(offset, n);
        REQUIRE(got.has_value());
        CHECK(*got == (offset < body.size() ? body.substr(offset, n) : ""));
    }
    std::uint64_t requests() const { return w.server.statistics().requests; }
    std::vector<std::string> methods() {
        testing::run_simulated(w.io, *w.clock);
        std::vector<std::string> out;
        for (const auto& r : w.server.requests()) out.push_back(r.method);
        return out;
    }

    std::string body;
    world w{1};
    std::optional<s3::client> client;
    std::optional<s3::range_reader> reader;
};

s3::range_options no_stream() { return s3::range_options{}.seek_window(0); }

TEST_CASE("range read: bytes at any place, short only at the end; the first answer tells the size") {
    bench b{pattern(3 * mib, 1), no_stream()};
    b.expect(mib, 1000);
    CHECK(b.requests() == 1);
    CHECK(b.w.run(b.reader->size()) == 3 * mib);
    CHECK(b.requests() == 1);
    b.expect(0, 1);
    b.expect(3 * mib - 1, 1);
    b.expect(3 * mib - 10, 1000);
    b.expect(3 * mib, 10);
    b.expect(~std::uint64_t{}, 10);
    b.expect(0, 0);
    CHECK(b.requests() == 4);
    CHECK(b.client->statistics().budget_used == 0);
}

TEST_CASE("range read: beyond the end, or of nothing, by the first request") {
    bench beyond{pattern(10, 1)};
    beyond.expect(10, 5);
    beyond.expect(4, 50);
    bench empty{""};
    empty.expect(0, 5);
    CHECK(empty.w.run(empty.reader->size()) == 0);
    bench sized{pattern(10, 1)};
    CHECK(sized.w.run(sized.reader->size()) == 10);
    CHECK(sized.methods() == std::vector<std::string>{"HEAD"});
}

TEST_CASE("range read: the last bytes by one request, known size or not") {
    bench b{pattern(mib, 2), no_stream()};
    const auto tail = [&b](std::size_t n) {
        std::vector<std::byte> memory(n);
        const auto got = b.w.run(b.reader->read_tail(memory));
        return std::string{as_text({memory.data(), got})};
    };
    CHECK(tail(100) == b.body.substr(mib - 100));
    CHECK(b.requests() == 1);
    CHECK(tail(2 * mib) == b.body);
    CHECK(b.requests() == 2);
    bench small{"0123456789"};
    std::vector<std::byte> memory(100);
    CHECK(small.w.run(small.reader->read_tail(memory)) == 10);
}

TEST_CASE("range read: with a tail, footer and size are one request, and reads within it none") {
    bench b{pattern(3 * mib, 3), no_stream().tail(100 * kib)};
    CHECK(b.w.run(b.reader->size()) == 3 * mib);
    b.expect(3 * mib - 8, 8);
    b.expect(3 * mib - 100 * kib, 50);
    CHECK(b.requests() == 1);
    CHECK(b.client->statistics().budget_used == 100 * kib);
    b.expect(3 * mib - 100 * kib - 1, 5);
    CHECK(b.requests() == 2);
    b.reader.reset();
    CHECK(b.client->statistics().budget_used == 0);
    bench small{"tiny", no_stream().tail(100 * kib)};
    small.expect(0, 100);
    CHECK(small.requests() == 1);
    bench empty{"", no_stream().tail(100 * kib)};
    empty.expect(0, 100);
    CHECK(empty.requests() == 1);
}

TEST_CASE("range read: many ranges by few requests, straight into their memory") {
    bench b{pattern(8 * mib, 4), no_stream().coalesce_gap(10 * kib).max_request(2 * mib).connections(3)};
    const std::vector<byte_range> wanted{{5 * mib, 100}, {0, 1000}, {6'000, 500}, {500, 2'000}, {mib, 3 * mib}, {8 * mib - 5, 50}, {9 * mib, 3}, {7, 0}, {5 * mib + 50, 20}};
    std::vector<std::string> memory;
    for (const auto& r : wanted) memory.emplace_back(r.length, '.');
    std::vector<s3::range_read> ranges;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        ranges.emplace_back(wanted[i].offset, std::as_writable_bytes(std::span{memory[i]}));
    b.w.run(b.reader->read_ranges(ranges));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        CAPTURE(i);
        const auto expected = wanted[i].offset < b.body.size() ? b.body.substr(wanted[i].offset, wanted[i].length) : "";
        CHECK(ranges[i].got == expected.size());
        CHECK(memory[i].substr(0, ranges[i].got) == expected);
    }
    // HEAD; [0, 6500), [1 MiB, 3 MiB), [3 MiB, 4 MiB), 5 MiB, the end
    CHECK(b.requests() == 6);
    CHECK(b.client->statistics().budget_used == 0);
    CHECK(b.client->statistics().budget_peak <= 4 * mib);
}

TEST_CASE("range read: one long read is several requests") {
    bench b{pattern(8 * mib, 5), no_stream().max_request(2 * mib)};
    b.expect(100, 5 * mib);
    CHECK(b.requests() == 3);
    b.expect(0, 20 * mib);
    CHECK(b.requests() == 7);
}

TEST_CASE("range read: reads that follow each other are one stream, over short gaps, too") {
    bench b{pattern(8 * mib, 6), s3::range_options{}.seek_window(10 * kib).read_ahead(s3::parallel_options{}.connections(1))};
    std::uint64_t at = 0;
    for (int i = 0; i < 100; ++i, at += 20 * kib) b.expect(at, 15 * kib); // 5 KiB between
    CHECK(b.requests() == 2);
    b.expect(at + 11 * kib, 10); // too far
    CHECK(b.requests() == 3);
    b.expect(at + 11 * kib + 10, 10); // again in order
    CHECK(b.requests() == 4);
    b.expect(0, 10); // back
    CHECK(b.requests() == 5);
    b.expect(8 * mib - 100, 50);
    b.expect(8 * mib - 50, 100); // to the end
    b.expect(8 * mib, 100);
    CHECK(b.requests() == 7);
}

TEST_CASE("range read: a stream reads ahead within its window") {
    bench b{pattern(8 * mib, 7), s3::range_options{}.read_ahead(s3::parallel_options{}.part_size(mib).connections(3))};
    b.expect(0, 1000);
    b.expect(1000, 1000);
    auto wait = [](bench* b) -> awaitable<void> { co_await sleep_for(b->w.clock, std::chrono::seconds{10}); };
    b.w.run(wait(&b));
    CHECK(b.requests() == 4); // the first read, and three parts
    CHECK(b.client->statistics().budget_used > 2 * mib);
    for (std::uint64_t at = 2000; at < 8 * mib; at += 100'000) b.expect(at, 100'000);
    CHECK(b.requests() == 1 + 8);
    CHECK(b.client->statistics().budget_used == 0);
    CHECK(b.client->statistics().budget_peak <= 4 * mib);
}

TEST_CASE("range read: another object is never mixed in, in whatever way it is read") {
    for (const bool heeds : {true, false}) {
        for (int way = 0; way < 3; ++way) {
            CAPTURE(heeds);
            CAPTURE(way);
            bench b{pattern(4 * mib, 8)};
            b.expect(0, 1000);
            b.w.server.put("b", "k", pattern(4 * mib, 88));
            if (!heeds) b.w.server.faults().next(fault::wrong_etag(), 10);
            error_code why;
            if (way == 0) why = b.at(2 * mib, 10).error().code();
            if (way == 1) why = b.at(1000, 10).error().code(); // a stream
            if (way == 2) {
                std::byte memory[10];
                s3::range_read all[]{{mib, memory}};
                auto reading = b.reader->read_ranges(all);
                why = b.w.run(as_result(std::move(reading))).error().code();
            }
            CHECK(why == errc::object_changed);
        }
    }
}

TEST_CASE("range read: breaks are resumed; a cancelled call leaves the reader usable") {
    bench b{pattern(4 * mib, 9)};
    b.w.server.faults().next(fault::close_at(1000));
    b.expect(10, 100'000);
    for (int i = 1; i < 60; ++i) {
        std::vector<std::byte> memory(200'000);
        auto reading = b.reader->read_at(100'010, memory); // in a stream where it can
        auto limited = with_timeout(std::move(reading), std::chrono::microseconds{100 * i}, b.w.clock);
        const auto got = b.w.run(as_result(std::move(limited)));
        if (got) CHECK(as_text({memory.data(), *got}) == std::string_view{b.body}.substr(100'010, 200'000));
    }
    b.expect(1'000'000, 100);
    b.reader.reset();
    testing::run_simulated(b.w.io, *b.w.clock);
    CHECK(b.client->statistics().budget_used == 0);
}

TEST_CASE("range read: several calls at a time learn the object once") {
    bench b{pattern(4 * mib, 10), no_stream()};
    int done = 0;
    auto read = [&](std::uint64_t at) -> awaitable<void> {
        std::vector<std::byte> memory(1000);
        const auto n = co_await b.reader->read_at(at, memory);
        CHECK(as_text({memory.data(), n}) == std::string_view{b.body}.substr(at, 1000));
        ++done;
    };
    for (std::uint64_t i = 0; i < 5; ++i) asio::co_spawn(b.w.io, read(i * 500'000), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    testing::run_simulated(b.w.io, *b.w.clock);
    CHECK(done == 5);
    const auto& sent = b.w.server.requests();
    CHECK(std::count_if(sent.begin(), sent.end(), [](const auto& r) { return r.headers["If-Match"].empty(); }) == 1);
}

TEST_CASE("range read: a cache answers for the object; what has changed is fetched anew") {
    world w{11};
    const auto body = pattern(mib, 11);
    w.server.put("b", "k", body);
    s3::client c{w.io.get_executor(), w.options()};
    const auto footer = [&](const std::shared_ptr<s3::object_cache>& cache) {
        s3::range_reader r{c, "s3://b/k", {}, s3::range_options{}.tail(64 * kib).cache(cache)};
        std::vector<std::byte> memory(1000);
        const auto n = w.run(r.read_tail(memory));
        return std::string{as_text({memory.data(), n})};
    };
    SUBCASE("asked each time") {
        const auto cache = s3::object_cache::create(s3::object_cache_options{}.budget(c.budget()).clock(w.clock));
        CHECK(footer(cache) == body.substr(mib - 1000));
        CHECK(footer(cache) == body.substr(mib - 1000));
        testing::run_simulated(w.io, *w.clock);
        CHECK(w.server.requests().back().status == 304);
        const auto other = pattern(2 * mib, 12);
        w.server.put("b", "k", other);
        CHECK(footer(cache) == other.substr(2 * mib - 1000));
        CHECK(c.budget()->used() == cache->bytes());
    }
    SUBCASE("trusted for a minute, and no longer than it proves true") {
        const auto cache = s3::object_cache::create(s3::object_cache_options{}.max_age(std::chrono::minutes{1}).clock(w.clock));
        CHECK(footer(cache) == body.substr(mib - 1000));
        CHECK(footer(cache) == body.substr(mib - 1000));
        CHECK(w.server.statistics().requests == 1);
        const auto other = pattern(2 * mib, 12);
        w.server.put("b", "k", other);
        s3::range_reader r{c, "s3://b/k", {}, s3::range_options{}.tail(64 * kib).cache(cache)};
        std::vector<std::byte> memory(1000);
        auto reading = r.read_at(0, memory);
        const auto got = w.run(as_result(std::move(reading)));
        REQUIRE(got.has_error());
        CHECK(got.error().code() == errc::object_changed);
        CHECK(footer(cache) == other.substr(2 * mib - 1000)); // forgotten, asked anew
    }
}

TEST_CASE("range read: what cannot be is refused") {
    bench b{"x"};
    const auto make = [&](s3::get_object_options asked, s3::range_options how) {
        try {
            const s3::range_reader r{*b.client, "s3://b/k", std::move(asked), std::move(how)};
        } catch (const error& e) {
            return e.code() == errc::invalid_option;
        }
        return false;
    };
    CHECK(make(s3::get_object_options{}.part_number(1), {}));
    CHECK(make(s3::get_object_options{}.range(s3::object_range::from(1)), {}));
    CHECK(make({}, s3::range_options{}.max_request(0)));
    CHECK(make({}, s3::range_options{}.connections(0)));
    CHECK_FALSE(make({}, {}));
}

} // namespace range_read_test
