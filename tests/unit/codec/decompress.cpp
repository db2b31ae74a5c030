// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/decompress.hpp>

#include <penstock/codec/codecs.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/core/memory_io.hpp>

#include "codec_support.hpp"
#include <support/run.hpp>

#include <doctest/doctest.h>

#include <boost/asio/post.hpp>

namespace codec_decompress_test {

using namespace codec_test;
using namespace penstock;

inline std::string read_everything(std::unique_ptr<byte_source> source) {
    return test::run(read_all(*source));
}
inline std::unique_ptr<byte_source>
memory(std::string bytes, std::size_t chunk = static_cast<std::size_t>(-1), std::string name = "memory") {
    return std::make_unique<memory_source>(std::move(bytes), chunk, std::move(name));
}
/// Reads until the end or an error.
struct outcome {
    std::string text;
    failure error;
};
inline awaitable<void> drain(byte_source& source, std::size_t room, outcome& out) {
    std::string block(room, '\0');
    for (;;) {
        auto r = source.try_read_some(std::as_writable_bytes(std::span{block}));
        if (r.status == io_status::bytes) {
            out.text.append(block, 0, r.size);
        } else if (r.status == io_status::would_block) {
            co_await source.ready();
        } else {
            if (r.status == io_status::error) out.error = r.error;
            auto again = source.try_read_some(std::as_writable_bytes(std::span{block}));
            CHECK(again.status == r.status); // stays so
            co_return;
        }
    }
}
inline outcome drained(std::unique_ptr<byte_source> source, std::size_t room = 1000) {
    outcome out;
    test::run(drain(*source, room, out));
    return out;
}

TEST_CASE("decompress: gzip is found by its first bytes, whatever the chunks") {
    const auto text = sample_text(5000);
    const auto bytes = zlib_gzip(text);
    for (std::size_t chunk : {1, 2, 3, 9, 10, 11, 1000, 1000000}) {
        CAPTURE(chunk);
        CHECK((read_everything(decompress(memory(bytes, chunk))) == text));
        CHECK((read_everything(decompress(memory(bytes, chunk, "s3://b/a.csv"))) == text));
        CHECK((read_everything(decompress(memory(bytes, chunk, "s3://b/a.csv.gz"))) == text));
        CHECK((drained(decompress(memory(bytes, chunk)), 1).text == text));
    }
}

TEST_CASE("decompress: plain data passes through") {
    for (const auto& text :
         {""s, "a"s, "\x1f"s, "B"s, "BZh9"s, "BZh9 and so on"s, "a,b\n1,2\n"s, sample_text(300000)})
        for (std::size_t chunk : {1, 2, 9, 100000}) {
            if (chunk == 1 && text.size() > 100000) continue;
            CAPTURE(chunk);
            CHECK((read_everything(decompress(memory(text, chunk))) == text));
            CHECK((drained(decompress(memory(text, chunk)), 1).text == text));
        }
}

TEST_CASE("decompress: once plain data is known as such, reads go straight into the caller's memory") {
    auto source = decompress(memory("abcdefghij", 4));
    CHECK(source->remaining() == std::nullopt); // not known yet
    std::string block(100, '\0');
    auto r = source->try_read_some(std::as_writable_bytes(std::span{block}));
    CHECK(r.size == 4);
    CHECK(source->remaining() == 6);
    auto tiny = std::as_writable_bytes(std::span{block}).first(3);
    r = source->try_read_some(tiny);
    CHECK(r.size == 3); // 4 would have been read into a buffer
    CHECK(source->remaining() == 3);
}

TEST_CASE("decompress: no data is empty data, whatever the name promises") {
    for (const char* name : {"a", "a.gz", "a.zst", "a.br"}) {
        const auto r = drained(decompress(memory("", 1, name)));
        CHECK(r.text == "");
        CHECK_FALSE(r.error);
    }
    CHECK(drained(decompress(memory(""), decompress_options{}.kind(compression::gzip))).text == "");
}

TEST_CASE("decompress: a promise that the bytes do not keep") {
    const auto r = drained(decompress(memory("a,b\n1,2\n", 3, "s3://lake/a.csv.gz")));
    CHECK(r.text == "");
    CHECK(r.error.code() == errc::corrupt_compressed_data);
    CHECK(r.error.code() == condition::malformed);
    CHECK(r.error.detail().object == "s3://lake/a.csv.gz");
    CHECK(r.error.detail().byte_offset == 0);
    CHECK(r.error.detail().hint.find("compression::none") != std::string::npos);
    CHECK(r.error.message().find("promises gzip") != std::string::npos);

    const auto plain = drained(
        decompress(memory("a,b\n1,2\n", 3, "a.csv.gz"), decompress_options{}.kind(compression::none)));
    CHECK(plain.text == "a,b\n1,2\n");
    const auto stored = zlib_gzip("x"); // as stored, not decoded
    CHECK(drained(decompress(memory(stored), decompress_options{}.kind(compression::none))).text == stored);
    const auto forced = drained(decompress(memory("abc"), decompress_options{}.kind(compression::gzip)));
    CHECK(forced.error.code() == errc::corrupt_compressed_data);
}

TEST_CASE("decompress: every codec is found by its bytes or its name") {
    const auto text = sample_text(3000, 30);
    for (const auto& codec : codecs()) {
        if (!codec.writable) continue;
        CAPTURE(to_string(codec.kind));
        const auto bytes = run_encoder(*make_encoder(codec.kind), text, 1000, 1000);
        const auto magic = compression_from_magic(as_bytes(bytes), true);
        const std::pair<compression, std::string> named[] = {
            {compression::brotli, "a.br"},
            {compression::deflate, "a.deflate"},
            {compression::lz4_hadoop, "a.csv.lz4"},
            {compression::snappy_hadoop, "a.snappy"},
        };
        std::string name = "s3://lake/data.gz"; // bytes decide
        for (const auto& [kind, known] : named)
            if (kind == codec.kind) name = known;
        CHECK((magic == codec.kind) == (name == "s3://lake/data.gz"));
        for (std::size_t chunk : {1, 3, 100000}) {
            const auto r = drained(decompress(memory(bytes, chunk, name)));
            CHECK_FALSE(r.error);
            CHECK((r.text == text));
        }
        CHECK((drained(decompress(memory(bytes), decompress_options{}.kind(codec.kind))).text == text));
    }
    // a snappy block has no frame; its first byte is not 0, as that of Hadoop's framing is
    CHECK(drained(decompress(memory("\x05\x10hello"s, 1, "a.snappy"))).text == "hello");
    const auto none = drained(decompress(memory("\0"s, 1, "a.snappy")));
    CHECK_FALSE(none.error);
    CHECK(none.text == "");
    // level 3 of zlib begins like text, so that the name must say it
    const auto weak = raw_deflate(text, 3, Z_DEFAULT_STRATEGY, 15);
    CHECK((drained(decompress(memory(weak, 1, "a.zlib"))).text == text));
    CHECK((drained(decompress(memory(weak, 1, "a"))).text == weak));
    CHECK(drained(decompress(memory("x", 1, "a.zlib"))).error.code() == errc::corrupt_compressed_data);
    CHECK(drained(decompress(memory("text", 1, "a.zz"))).error.message().find("promises zlib") !=
          std::string::npos);
    CHECK(drained(decompress(memory("text", 1, "a.lz4"))).error.message().find("promises lz4") !=
          std::string::npos);
    // a skippable frame may be of zstd or of lz4
    const auto skipped = "\x52\x2a\x4d\x18\x02\0\0\0ab"s;
    for (auto kind : {compression::zstd, compression::lz4}) {
        const auto bytes = skipped + run_encoder(*make_encoder(kind), text, 1000, 1000);
        CHECK(
            (drained(decompress(memory(bytes, 7, kind == compression::zstd ? "a" : "a.lz4"))).text == text));
    }
}

TEST_CASE(
    "decompress: damage names the object and the offset in its stored bytes; what came before is delivered") {
    const auto first = zlib_gzip("first member\n");
    auto bytes = first + zlib_gzip(sample_text(5000));
    bytes[first.size() + 1] = 'x'; // the second member's magic
    for (std::size_t chunk : {1, 7, 100000}) {
        CAPTURE(chunk);
        const auto r = drained(decompress(memory(bytes, chunk, "s3://lake/x.gz")));
        CHECK(r.text == "first member\n");
        CHECK(r.error.code() == errc::corrupt_compressed_data);
        CHECK(r.error.detail().operation == "decompress gzip");
        CHECK(r.error.detail().object == "s3://lake/x.gz");
        REQUIRE(r.error.detail().byte_offset.has_value());
        CHECK(*r.error.detail().byte_offset == first.size() + 2);
    }
    const auto text = sample_text(400000, 8);
    auto large = zlib_gzip(text);
    const auto cut = drained(decompress(memory(large.substr(0, large.size() / 2), 5000, "cut.gz")));
    CHECK((text.starts_with(cut.text)));
    CHECK(cut.text.size() > 100000);
    CHECK(cut.error.code() == errc::corrupt_compressed_data);
    CHECK(cut.error.detail().byte_offset == large.size() / 2);
    CHECK(cut.error.detail().message.find("ends inside") != std::string::npos);

    large[large.size() - 8] ^= 1; // the checksum
    const auto sum = drained(decompress(memory(large, 5000, "sum.gz")));
    CHECK((sum.text == text));
    CHECK(sum.error.code() == errc::corrupt_compressed_data);
    CHECK(sum.error.detail().message.find("checksum") != std::string::npos);
}

TEST_CASE("decompress: waits below are waits above, and nothing is lost in between") {
    const auto text = sample_text(3000);
    const auto bytes = zlib_gzip(text);
    auto script = std::make_unique<scripted_source>();
    auto* seen = script.get();
    for (std::size_t i = 0; i < bytes.size(); i += 100) script->would_block().bytes(bytes.substr(i, 100));
    script->would_block();
    const auto source = decompress(std::move(script));
    outcome r;
    test::run(drain(*source, 333, r));
    CHECK((r.text == text));
    CHECK_FALSE(r.error);
    CHECK(seen->waits == static_cast<int>((bytes.size() + 99) / 100) + 1);
}

TEST_CASE("decompress: errors from below pass, before and in the middle of the data") {
    const auto text = sample_text(3000);
    const auto bytes = zlib_gzip(text);
    const failure cut{errc::connection_closed, "gone"};
    for (std::size_t n : {0ul, 1ul, 5ul, 500ul, static_cast<unsigned long>(bytes.size())}) {
        CAPTURE(n);
        auto script = std::make_unique<scripted_source>();
        if (n) script->bytes(bytes.substr(0, n));
        script->fails(cut);
        const auto r = drained(decompress(std::move(script)));
        CHECK((text.starts_with(r.text)));
        CHECK(r.error.code() == errc::connection_closed);
    }
}

TEST_CASE("decompress: dense data lets other work run") {
    const auto bytes = zlib_gzip(std::string(std::size_t{5} << 20, 'a'));
    asio::io_context io{1};
    auto source = decompress(memory(bytes));
    int turns = 0;
    bool done = false;
    std::function<void()> tick = [&] {
        ++turns;
        if (!done) asio::post(io, tick);
    };
    auto reader = [](byte_source& s, bool& finished) -> awaitable<std::size_t> {
        outcome out;
        co_await drain(s, std::size_t{256} << 10, out);
        finished = true;
        co_return out.text.size();
    };
    asio::post(io, tick);
    CHECK(test::run(io, reader(*source, done)) == std::size_t{5} << 20);
    CHECK(turns >= 4);
}

TEST_CASE("decompress: the input buffer goes back to its pool") {
    auto pool = buffer_pool::create();
    {
        auto source = decompress(memory(zlib_gzip("text"), 3), decompress_options{}.pool(pool));
        std::string block(10, '\0');
        (void)source->try_read_some(std::as_writable_bytes(std::span{block}));
        CHECK(pool->idle() == 0);
    }
    CHECK(pool->idle() == std::size_t{128} << 10);
}

TEST_CASE("decompress: over a local file, in slices") {
    const auto path = "build/codec_test_" + std::to_string(::getpid()) + ".gz";
    const auto text = sample_text(900000, 9);
    const auto bytes = zlib_gzip(text, 0) + zlib_gzip(text, 6);
    auto write = [](std::string p, std::string b) -> awaitable<void> {
        auto sink = create_file(p);
        co_await sink->write(as_bytes(b));
        co_await sink->commit();
    };
    test::run(write(path, bytes));
    auto source = decompress(open_file(path));
    CHECK(source->name() == path);
    CHECK((read_everything(std::move(source)) == text + text));
    std::remove(path.c_str());
}

} // namespace codec_decompress_test
