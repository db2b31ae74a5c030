// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/codecs.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#include <penstock/core/error.hpp>

#include "codec_support.hpp"

#include <doctest/doctest.h>

namespace codec_codecs_test {

using namespace codec_test;
using namespace penstock;

inline constexpr std::size_t all = std::size_t{1} << 30;

/// What is true of a codec beyond what `codec_info` says.
struct trait {
    compression kind;
    bool checked;   ///< a checksum over the content, or over every part of it
    bool many;      ///< members one after the other
    bool every_end; ///< some cuts of the data leave whole data: chunks without an end of their own
};
inline constexpr trait traits[] = {
    {compression::gzip, true, true, false},
    {compression::zstd, true, true, false},
    {compression::bzip2, true, true, false},
    {compression::xz, true, true, false},
    {compression::lz4, true, true, false},
    {compression::snappy, true, true, true},
    {compression::brotli, false, false, false},
    {compression::zlib, true, false, false},
    {compression::deflate, false, false, false},
    {compression::lzma, false, false, false},
    {compression::lz4_block, false, false, false},
    {compression::lz4_hadoop, false, true, true},
    {compression::snappy_block, false, false, false},
    {compression::snappy_hadoop, false, true, true},
};

/// Blocks without a frame are not written; these are stored ones, put together by hand.
inline std::string literal_block(compression kind, std::string_view text) {
    std::string out;
    if (kind == compression::snappy_block) {
        for (auto n = text.size(); n > 0 || out.empty(); n >>= 7)
            out += static_cast<char>((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
        for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(text.size(), 60))) {
            const auto part = text.substr(0, 60);
            out += static_cast<char>((part.size() - 1) << 2);
            out += part;
        }
        return out;
    }
    const auto n = text.size();
    out += static_cast<char>(std::min<std::size_t>(n, 15) << 4);
    if (n >= 15) {
        auto rest = n - 15;
        for (; rest >= 255; rest -= 255) out += '\xff';
        out += static_cast<char>(rest);
    }
    return out + std::string{text};
}

inline std::string stored(compression kind, std::string_view text, const encoder_options& options = {}) {
    if (!find_codec(kind).writable) return literal_block(kind, text);
    return run_encoder(*make_encoder(kind, options), text, all, 1 << 16);
}
inline decoder_options options_for(compression kind, std::size_t plain) {
    decoder_options o;
    if (kind == compression::lz4_block) o.plain_size(plain);
    return o;
}
inline decoded plain(compression kind, std::string_view bytes, std::size_t size, std::size_t in = all,
                     std::size_t out = 1 << 16) {
    return run_decoder(*make_decoder(kind, options_for(kind, size)), bytes, in, out);
}

TEST_CASE("codecs: the table has every codec in its place") {
    REQUIRE(codecs().size() == std::size(traits));
    for (std::size_t i = 0; i < std::size(traits); ++i) {
        const auto& codec = codecs()[i];
        CAPTURE(to_string(traits[i].kind));
        CHECK(codec.kind == traits[i].kind);
        CHECK(&find_codec(codec.kind) == &codec);
        CHECK(codec.available); // CI has all libraries
        CHECK_FALSE(codec.library.empty());
        if (codec.levels) {
            CHECK(codec.levels->lowest <= codec.levels->usual);
            CHECK(codec.levels->usual <= codec.levels->highest);
        }
    }
}

TEST_CASE("codecs: what is written at every level comes back, whatever its size") {
    for (const auto& t : traits) {
        const auto& codec = find_codec(t.kind);
        const int low = codec.levels ? codec.levels->lowest : 0,
                  high = codec.levels ? codec.levels->highest : 0;
        for (int level = low; level <= high; level += level < -5 ? 15 : 1) {
            encoder_options options;
            if (codec.levels) options.level(level);
            for (std::size_t size : {0, 1, 2, 17, 1000, 70000, 300000}) {
                if (size == 300000 && level != low) continue;
                if (size != 1000 && codec.writable && codec.levels &&
                    encoder_memory(t.kind, options) > std::uint64_t{64} << 20)
                    continue; // once is enough for what takes so much memory
                CAPTURE(to_string(t.kind));
                CAPTURE(level);
                CAPTURE(size);
                const auto text = sample_text(size, size + 1);
                const auto r = plain(t.kind, stored(t.kind, text, options), size);
                CHECK(r.problem == "");
                CHECK((r.text == text));
            }
        }
    }
}

TEST_CASE("codecs: any pieces of input and room give the same, both ways") {
    const auto text = sample_text(1500, 3);
    for (const auto& t : traits) {
        CAPTURE(to_string(t.kind));
        const auto bytes = stored(t.kind, text);
        for (std::size_t in : {1, 2, 3, 5, 7, 11, 64, 1000, 100000})
            for (std::size_t out : {1, 2, 3, 10, 100, 4096}) {
                CAPTURE(in);
                CAPTURE(out);
                const auto r = plain(t.kind, bytes, text.size(), in, out);
                CHECK(r.problem == "");
                CHECK((r.text == text));
                CHECK(r.consumed == bytes.size());
                if (!find_codec(t.kind).writable) continue;
                const auto again = run_encoder(*make_encoder(t.kind), text, in, out);
                CHECK((plain(t.kind, again, text.size()).text == text));
            }
    }
}

TEST_CASE("codecs: large data in random pieces") {
    numbers n{5};
    const auto text = sample_text(700000, 9);
    for (const auto& t : traits) {
        CAPTURE(to_string(t.kind));
        const auto bytes = stored(t.kind, text);
        for (int i = 0; i < 3; ++i) {
            const auto r = plain(t.kind, bytes, text.size(), 1 + n.below(60000), 1 + n.below(100000));
            CHECK(r.problem == "");
            CHECK((r.text == text));
        }
    }
}

TEST_CASE("codecs: no bytes are no data") {
    for (const auto& t : traits) {
        CAPTURE(to_string(t.kind));
        const auto r = plain(t.kind, "", 0);
        CHECK(r.problem == "");
        CHECK(r.text == "");
    }
}

TEST_CASE("codecs: cut anywhere, it is an error, and what came before is there") {
    const auto text = sample_text(900, 4);
    for (const auto& t : traits) {
        CAPTURE(to_string(t.kind));
        const auto bytes = stored(t.kind, text);
        for (std::size_t n = 1; n < bytes.size(); ++n) {
            CAPTURE(n);
            const auto r = plain(t.kind, bytes.substr(0, n), text.size(), n % 3 ? all : 1);
            CHECK((text.starts_with(r.text)));
            CHECK((r.problem != "" || (t.every_end && r.text.empty())));
        }
    }
}

TEST_CASE("codecs: a bit that is flipped is an error or changes nothing, where there is a checksum") {
    const auto text = sample_text(300, 6);
    for (const auto& t : traits) {
        const auto bytes = stored(t.kind, text);
        for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
            auto wrong = bytes;
            wrong[i / 8] = static_cast<char>(wrong[i / 8] ^ (1 << i % 8));
            CAPTURE(to_string(t.kind));
            CAPTURE(i);
            auto d = make_decoder(t.kind, options_for(t.kind, text.size()));
            d->grant(std::uint64_t{64} << 20);
            decoded r;
            try {
                r = run_decoder(*d, wrong, i % 2 ? all : 5, 100);
            } catch (const std::runtime_error&) {
                r.problem = "wants much memory";
            }
            // the kind of a snappy chunk is not covered: one bit makes it a chunk to be skipped
            const bool skipped = t.kind == compression::snappy && i == 10 * 8 + 7;
            if (t.checked && !skipped) CHECK((r.problem != "" || r.text == text));
            CHECK(r.text.size() < 100 * 1000 * 1000);
        }
    }
}

TEST_CASE("codecs: noise behind a good beginning never hangs") {
    numbers n{8};
    for (const auto& t : traits) {
        CAPTURE(to_string(t.kind));
        const auto start = stored(t.kind, sample_text(50, 1));
        for (int round = 0; round < 300; ++round) {
            auto noise = start.substr(0, n.below(start.size()));
            for (auto i = n.below(200); i > 0; --i) noise += static_cast<char>(n.next());
            auto d = make_decoder(t.kind, options_for(t.kind, 1000));
            std::string room(1000, '\0');
            std::string_view rest = noise;
            std::size_t total = 0;
            for (int calls = 0; calls < 10000 && total < 1000000; ++calls) {
                const auto step = d->decode(as_bytes(rest), std::as_writable_bytes(std::span{room}));
                rest.remove_prefix(step.consumed);
                total += step.produced;
                if (step.problem || step.needs || (rest.empty() && step.produced == 0)) break;
                REQUIRE(calls < 9999);
            }
        }
    }
}

TEST_CASE("codecs: members one after the other, and what is none behind them") {
    const auto first = sample_text(2000, 10), second = sample_text(500, 11);
    for (const auto& t : traits) {
        CAPTURE(to_string(t.kind));
        const auto a = stored(t.kind, first), b = stored(t.kind, second);
        for (std::size_t in : {std::size_t{1}, std::size_t{9}, all}) {
            const auto r = plain(t.kind, a + b, first.size(), in);
            CHECK((r.problem == "") == t.many);
            if (t.many) CHECK((r.text == first + second));
        }
        if (!find_codec(t.kind).writable) continue;
        const auto garbage = "\x02text behind"s;
        const auto r = plain(t.kind, a + garbage, first.size());
        CHECK(r.problem != "");
        CHECK((r.text == first));
        CHECK(r.consumed <= a.size() + 4); // where the problem begins
        CHECK(r.consumed >= a.size());
        if (t.every_end && t.kind != compression::snappy) continue; // Hadoop's blocks have no mark
        auto lenient = make_decoder(t.kind, decoder_options{}.ignore_trailing(true));
        for (const auto& tail : {garbage, "t"s, std::string(3, '\0')}) {
            auto d = make_decoder(t.kind, decoder_options{}.ignore_trailing(true));
            const auto ignored = run_decoder(*d, a + tail, 3, 100);
            CHECK((ignored.text == first));
            if (t.kind != compression::xz || tail[0] != '\0') CHECK(ignored.problem == "");
        }
    }
}

TEST_CASE("codecs: xz data with a check that nobody knows is not read unverified") {
    const auto text = sample_text(3000, 13);
    auto bytes = stored(compression::xz, text);
    REQUIRE(plain(compression::xz, bytes, text.size()).problem == "");
    // Header: magic, flags, CRC-32 of the flags. Footer: CRC-32 of the rest, size of the index, flags, magic.
    const auto put = [&](std::size_t at, std::uint32_t n) { bytes.replace(at, 4, little_endian(n, 4)); };
    const auto footer = bytes.size() - 12;
    bytes[7] = bytes[footer + 9] = 5; // of eight bytes, as CRC-64 has, and reserved
    put(8, member::checksum(std::string_view{bytes}.substr(6, 2)));
    put(footer, member::checksum(std::string_view{bytes}.substr(footer + 4, 6)));
    for (const std::size_t piece : {std::size_t{1}, all}) {
        const auto r = plain(compression::xz, bytes, text.size(), piece);
        CHECK(r.text == "");
        CHECK(r.problem == "the data has a check that liblzma cannot verify");
    }
    auto d = make_decoder(compression::xz);
    std::string room(1000, '\0');
    CHECK(d->decode(as_bytes(bytes), std::as_writable_bytes(std::span{room})).code == errc::unsupported);
}

TEST_CASE("codecs: memory is asked for before it is taken, and with it the decoder goes on") {
    const auto text = sample_text(200000, 12);
    for (const auto& t : traits) {
        CAPTURE(to_string(t.kind));
        const auto bytes = stored(t.kind, text);
        auto d = make_decoder(t.kind, options_for(t.kind, text.size()));
        d->grant(0);
        std::string got, room(10000, '\0');
        const auto space = std::as_writable_bytes(std::span{room});
        std::string_view rest = bytes;
        std::uint64_t asked = 0;
        const auto take = [&](const codec_step& step) {
            REQUIRE(step.problem == nullptr);
            got.append(room, 0, step.produced);
            if (step.needs == 0) return;
            CHECK(step.needs > asked);
            asked = step.needs;
            d->grant(asked);
        };
        for (;;) {
            const auto step = d->decode(as_bytes(rest), space);
            if (asked == 0) CHECK(step.produced == 0);
            rest.remove_prefix(step.consumed);
            take(step);
            if (rest.empty() && step.produced == 0 && step.needs == 0) break;
        }
        for (;;) {
            const auto step = d->finish(space);
            take(step);
            if (step.produced == 0 && step.needs == 0) break;
        }
        CHECK((got == text));
        CHECK(asked > 0);
        CHECK(asked < std::uint64_t{24} << 20);
    }
}

TEST_CASE("codecs: levels, windows and dictionaries that do not exist") {
    const auto refused = [](compression kind, const encoder_options& options, std::string_view word) {
        CAPTURE(to_string(kind));
        for (bool memory : {false, true}) try {
                if (memory)
                    (void)encoder_memory(kind, options);
                else
                    (void)make_encoder(kind, options);
                FAIL_CHECK("taken");
            } catch (const error& e) {
                CHECK(e.code() == condition::configuration);
                CHECK(std::string{e.what()}.find(word) != std::string::npos);
            }
    };
    for (const auto& t : traits) {
        const auto& codec = find_codec(t.kind);
        if (!codec.writable) continue;
        if (codec.levels) {
            refused(t.kind, encoder_options{}.level(codec.levels->lowest - 1), "level");
            refused(t.kind, encoder_options{}.level(codec.levels->highest + 1), "level");
        } else {
            refused(t.kind, encoder_options{}.level(1), "no compression levels");
        }
        if (t.kind != compression::zstd && t.kind != compression::brotli)
            refused(t.kind, encoder_options{}.window_bits(20), "window");
        if (t.kind != compression::zstd)
            refused(t.kind, encoder_options{}.dictionary(std::make_shared<std::string>("x")), "dictionary");
    }
    refused(compression::zstd, encoder_options{}.window_bits(9), "9 bits");
    refused(compression::zstd, encoder_options{}.window_bits(32), "32 bits");
    refused(compression::brotli, encoder_options{}.window_bits(25), "25 bits");
    refused(compression::none, {}, "none");
    CHECK_THROWS_AS(make_decoder(compression::none), error);
    CHECK_THROWS_AS(make_decoder(compression::lz4_block), error); // its size is not told
}

TEST_CASE("codecs: a library that the build lacks is named, and how to get it") {
    for (const auto& codec : codecs()) {
        const auto text = detail::missing_codec(codec.kind).message();
        CHECK(detail::missing_codec(codec.kind).code() == condition::unsupported);
        CHECK(text.find(codec.library) != std::string::npos);
        CHECK(text.find(codec.package) != std::string::npos);
        CHECK(text.find(codec.build_option) != std::string::npos);
    }
}

} // namespace codec_codecs_test
