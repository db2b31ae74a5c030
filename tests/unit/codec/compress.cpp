// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/compress.hpp>

#include <penstock/core/error.hpp>
#include <penstock/core/memory_io.hpp>

#include "codec_support.hpp"
#include <support/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <functional>

namespace codec_compress_test {

using namespace codec_test;
using namespace penstock;

inline awaitable<void> write_pieces(byte_sink& sink, std::string text, std::size_t piece, bool commit) {
    for (std::size_t at = 0; at < text.size(); at += piece) {
        const auto part = text.substr(at, piece);
        co_await sink.write(as_bytes(part));
    }
    if (commit) co_await sink.commit();
}

/// Fails at the given write, or at the commit after it.
class failing_sink final : public byte_sink {
  public:
    failing_sink(int writes, bool& committed) : writes_{writes}, committed_{&committed} {}
    awaitable<void> write(std::span<const std::byte>) override {
        if (writes_-- == 0) throw_failure(failure{errc::connection_closed, "gone"});
        co_return;
    }
    awaitable<void> commit() override {
        *committed_ = true;
        co_return;
    }

  private:
    int writes_;
    bool* committed_;
};

TEST_CASE("compress: what is written comes back, in any pieces and levels") {
    for (int level : {0, 1, 6, 9})
        for (std::size_t size : {0, 1, 5000, 300000})
            for (std::size_t piece : {std::size_t{100}, std::size_t{70000}, std::size_t{1} << 20}) {
                CAPTURE(level);
                CAPTURE(size);
                CAPTURE(piece);
                const auto text = sample_text(size, size + 1);
                std::string stored;
                auto sink = compress(std::make_unique<memory_sink>(stored), compression::gzip, level);
                test::run(write_pieces(*sink, text, piece, true));
                CHECK((zlib_gunzip(stored) == text));
                CHECK_FALSE(stored.empty());
            }
}

TEST_CASE("compress: nothing is visible without commit") {
    std::string stored = "before";
    {
        auto sink = compress(std::make_unique<memory_sink>(stored), compression::gzip);
        test::run(write_pieces(*sink, sample_text(200000), 1000, false));
    }
    CHECK(stored == "before");
}

/// How often other work has a turn while so much is written at once.
inline int turns_within(compression kind, std::optional<int> level, std::size_t bytes) {
    std::string stored;
    auto sink = compress(std::make_unique<memory_sink>(stored), kind, compress_options().level(level));
    const auto text = sample_text(bytes);
    asio::io_context io;
    int turns = 0;
    bool done = false;
    asio::co_spawn(io, sink->write(as_bytes(text)), [&](std::exception_ptr e) {
        CHECK_FALSE(e);
        done = true;
    });
    std::function<void()> turn = [&] {
        if (done) return;
        ++turns;
        asio::post(io, turn);
    };
    asio::post(io, turn);
    io.run();
    return turns;
}

TEST_CASE("compress: other work has a turn after each slice, which is smaller where the codec is slow") {
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    for (const auto kind : {compression::gzip, compression::zlib, compression::deflate}) {
        CAPTURE(to_string(kind));
        CHECK(turns_within(kind, std::nullopt, mebibyte) >= 32);
        CHECK(turns_within(kind, 9, mebibyte) >= 32);
        CHECK(turns_within(kind, 1, mebibyte) < 16);
    }
    CHECK(turns_within(compression::bzip2, std::nullopt, mebibyte / 4) >= 32);
}

TEST_CASE("compress: errors below stop it, and it does not commit") {
    for (int at : {0, 1}) {
        bool committed = false;
        auto sink = compress(std::make_unique<failing_sink>(at, committed), compression::gzip, 0);
        try {
            test::run(write_pieces(*sink, sample_text(300000), 1000, true));
            FAIL_CHECK("no error");
        } catch (const error& e) {
            CHECK(e.code() == errc::connection_closed);
        }
        CHECK_FALSE(committed);
    }
    bool committed = false; // the last bytes go out in commit
    auto sink = compress(std::make_unique<failing_sink>(0, committed), compression::gzip);
    CHECK_THROWS_AS(test::run(write_pieces(*sink, "short", 10, true)), error);
    CHECK_FALSE(committed);
}

TEST_CASE("compress: after a failed write nothing can be committed") {
    bool committed = false;
    auto sink = compress(std::make_unique<failing_sink>(0, committed), compression::gzip, 0);
    CHECK_THROWS_AS(test::run(write_pieces(*sink, sample_text(300000), 300000, false)), error);
    try {
        test::run(sink->commit());
        FAIL_CHECK("committed");
    } catch (const error& e) {
        CHECK(e.code() == errc::closed);
    }
    CHECK_FALSE(committed);
}

TEST_CASE("compress: a commit is tried once, and the last") {
    std::string stored;
    auto sink = compress(std::make_unique<memory_sink>(stored, "s3://lake/out.gz"), compression::gzip);
    test::run(write_pieces(*sink, "text", 10, true));
    const auto whole = stored;
    const auto code_of = [](awaitable<void> op) {
        try {
            test::run(std::move(op));
        } catch (const error& e) {
            CHECK(e.detail().object == "s3://lake/out.gz");
            return e.code();
        }
        return error_code{};
    };
    CHECK(code_of(sink->commit()) == errc::closed);
    CHECK(code_of(sink->write(as_bytes("more"))) == errc::closed);
    CHECK(stored == whole);

    // What a failed commit has written must not be written again.
    bool committed = false;
    auto broken = compress(std::make_unique<failing_sink>(0, committed), compression::gzip);
    CHECK_THROWS_AS(test::run(write_pieces(*broken, "short", 10, true)), error);
    CHECK_THROWS_AS(test::run(broken->commit()), error);
    CHECK_FALSE(committed);
}

TEST_CASE("compress: none is the sink itself, the unknown is refused with its name") {
    std::string stored;
    auto below = std::make_unique<memory_sink>(stored, "s3://lake/out");
    auto* address = below.get();
    CHECK(compress(std::move(below), compression::none).get() == address);
    for (auto kind : {compression::lz4_block, compression::snappy_block}) { // no streams
        try {
            compress(std::make_unique<memory_sink>(stored, "s3://lake/out"), kind);
            FAIL_CHECK("taken");
        } catch (const error& e) {
            CHECK(e.code() == errc::unsupported);
            CHECK(std::string{e.what()}.find(std::string{to_string(kind)}) != std::string::npos);
            CHECK(e.detail().object == "s3://lake/out");
        }
    }
    CHECK_THROWS_AS(compress(std::make_unique<memory_sink>(stored), compression::gzip, 10), error);
    CHECK(compress(std::make_unique<memory_sink>(stored, "a name"), compression::gzip)->name() == "a name");
}

} // namespace codec_compress_test
