// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Encoders and the parts of objects out of one budget, in simulated time.
#include <penstock/codec/codecs.hpp>
#include <penstock/codec/compress.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/core/memory_io.hpp>

#include "unit/s3/writing_lab.hpp"

#include <support/numbers.hpp>
#include <support/run.hpp>

#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

namespace compressed_writers_test {

using namespace penstock;
using writing_lab::lab;
using writing_lab::mebibyte;

/// Rows that hardly shrink, so that parts are filled.
std::string rows(std::size_t size, std::uint64_t seed) {
    test::numbers n{seed};
    std::string out;
    while (out.size() < size) {
        out += "{\"t\":\"";
        for (int i = 0; i < 60; ++i) out += static_cast<char>('#' + n.below(56)); // no quote; none is escaped
        out += "\"}\n";
    }
    return out;
}

awaitable<void> write_one(s3::client c, std::string key, compress_options how, const std::string& text, std::size_t& done) {
    auto out = compress(c.create("s3://b/" + key), compression::zstd, std::move(how));
    for (std::size_t at = 0; at < text.size(); at += 300'000)
        co_await out->write(as_bytes(std::string_view{text}.substr(at, 300'000)));
    co_await out->commit();
    ++done;
}

std::string plain(std::string stored) {
    auto source = decompress(std::make_unique<memory_source>(std::move(stored)));
    return test::run(read_all(*source, 64 * mebibyte));
}

/// How many of `writers` came to their end.
std::size_t write_together(lab& l, s3::client c, std::size_t writers, const std::string& text, compress_options how) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < writers; ++i)
        asio::co_spawn(l.io, write_one(c, "k" + std::to_string(i) + ".jsonl.zst", how, text, done), [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        });
    testing::run_simulated(l.io, *l.clock, [&] { return done == writers; });
    return done;
}

TEST_CASE("compressed writers: many out of one budget never wait for each other") {
    const auto text = rows(3 * mebibyte, 7); // 2.2 MiB compressed: a block, the rest of a part, another part
    struct given {
        std::size_t budget, part, writers;
    };
    for (const auto& g : {given{16, 2, 1}, given{16, 2, 30}, given{12, 8, 30}, given{32, 2, 30}, given{128, 2, 30}}) {
        CAPTURE(g.budget);
        CAPTURE(g.writers);
        lab l;
        l.how.memory_budget(g.budget * mebibyte).part_size(g.part * mebibyte);
        auto c = l.client();
        REQUIRE(write_together(l, c, g.writers, text, compress_options{3}.budget(c.budget())) == g.writers);
        CHECK(c.budget()->peak() <= c.budget()->limit());
        CHECK(c.budget()->used() == 0);
        for (const auto i : {std::size_t{0}, g.writers - 1}) CHECK(plain(l.stored("k" + std::to_string(i) + ".jsonl.zst").value_or("")) == text);
    }
}

TEST_CASE("compressed writers: many parts, sent side by side and one at a time") {
    const auto text = rows(6 * mebibyte, 8);
    for (const std::size_t budget : {10u, 64u}) {
        CAPTURE(budget);
        lab l;
        l.how.memory_budget(budget * mebibyte).part_size(mebibyte);
        auto c = l.client();
        REQUIRE(write_together(l, c, 3, text, compress_options{3}.budget(c.budget())) == 3);
        CHECK(c.budget()->used() == 0);
        CHECK(l.parts_sent() == 3 * 4);
        CHECK(plain(l.stored("k2.jsonl.zst").value_or("")) == text);
    }
}

TEST_CASE("compressed writers: an encoder within an encoder asks for both") {
    const auto text = rows(mebibyte, 9);
    lab l;
    l.how.memory_budget(16 * mebibyte).part_size(2 * mebibyte);
    auto c = l.client();
    std::size_t done = 0;
    auto body = [&](std::string key) -> awaitable<void> {
        auto out = compress(compress(c.create("s3://b/" + key), compression::gzip, compress_options().budget(c.budget())),
                            compression::zstd, compress_options{3}.budget(c.budget()));
        co_await out->write(as_bytes(text));
        co_await out->commit();
        ++done;
    };
    for (const char* key : {"a", "b", "c"}) asio::co_spawn(l.io, body(key), asio::detached);
    testing::run_simulated(l.io, *l.clock, [&] { return done == 3; });
    REQUIRE(done == 3);
    CHECK(plain(plain(l.stored("c").value_or(""))) == text);
}

TEST_CASE("compressed writers: where encoder and a part exceed the budget, the first write says so") {
    for (const std::size_t writers : {1u, 30u}) {
        lab l;
        l.how.memory_budget(8 * mebibyte).part_size(8 * mebibyte); // zstd's level 3 takes 6 MiB, a part 5
        auto c = l.client();
        std::size_t refused = 0;
        auto body = [&](std::size_t i) -> awaitable<void> {
            auto out = compress(c.create("s3://b/k" + std::to_string(i) + ".jsonl.zst"), compression::zstd,
                                compress_options{3}.budget(c.budget()));
            auto writing = as_result(out->write(as_bytes("{}\n")));
            const auto wrote = co_await std::move(writing);
            REQUIRE(wrote.has_error());
            const auto why = wrote.error();
            CHECK(why.code() == errc::budget_exceeded);
            CHECK(why.detail().object == "s3://b/k" + std::to_string(i) + ".jsonl.zst");
            CHECK(why.detail().message.find(std::to_string(8 * mebibyte)) != std::string::npos);
            CHECK(why.detail().hint == "a lower level takes less; or raise the memory budget");
            ++refused;
        };
        for (std::size_t i = 0; i < writers; ++i) asio::co_spawn(l.io, body(i), asio::detached);
        testing::run_simulated(l.io, *l.clock, [&] { return refused == writers; });
        CHECK(refused == writers);
        CHECK(c.budget()->used() == 0);
        // What takes less memory fits.
        std::size_t written = 0;
        auto smaller = [&]() -> awaitable<void> {
            auto out = compress(c.create("s3://b/k.jsonl.gz"), compression::gzip, compress_options().budget(c.budget()));
            co_await out->write(as_bytes("{}\n"));
            co_await out->commit();
            ++written;
        };
        l.run(smaller());
        CHECK(written == 1);
    }
}

TEST_CASE("compressed writers: a writer that is given up gives its memory back") {
    const auto text = rows(3 * mebibyte, 10);
    for (int steps = 0; steps < 400; steps += 7) {
        CAPTURE(steps);
        lab l;
        l.how.memory_budget(16 * mebibyte).part_size(mebibyte);
        auto c = l.client();
        std::size_t done = 0;
        writing_lab::cancel_at(l, write_one(c, "k", compress_options{3}.budget(c.budget()), text, done), steps);
        l.settle();
        CHECK(c.budget()->used() == 0);
        if (done > 0) break;
    }
}

} // namespace compressed_writers_test
