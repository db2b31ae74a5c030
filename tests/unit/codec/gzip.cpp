// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/gzip.hpp>

#include <penstock/codec/detail/gzip_decoder.hpp>
#include <penstock/core/error.hpp>

#include "codec_support.hpp"

#include <doctest/doctest.h>

namespace codec_gzip_test {

using namespace codec_test;
using penstock::make_gzip_decoder;
using penstock::make_gzip_encoder;

inline constexpr std::size_t all = std::size_t{1} << 30;

inline decoded by_default(std::string_view bytes, std::size_t in = all, std::size_t out = 1 << 16) {
    return run_decoder(*make_gzip_decoder(), bytes, in, out);
}
inline decoded by_zlib(std::string_view bytes, std::size_t in = all, std::size_t out = 1 << 16) {
    penstock::detail::gzip_decoder<penstock::detail::zlib_inflater> d;
    return run_decoder(d, bytes, in, out);
}

TEST_CASE("gzip: what zlib writes is read, whatever its level, strategy and size") {
    for (std::size_t size : {0, 1, 2, 100, 32767, 32768, 65536, 300000}) {
        const auto text = sample_text(size, size);
        for (int level : {0, 1, 6, 9})
            for (int strategy : {Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
                CAPTURE(size);
                CAPTURE(level);
                CAPTURE(strategy);
                const auto bytes = zlib_gzip(text, level, strategy);
                const auto r = by_default(bytes);
                CHECK(r.problem == "");
                CHECK((r.text == text));
                CHECK(r.consumed == bytes.size());
                CHECK((by_zlib(bytes).text == text));
            }
    }
}

TEST_CASE("gzip: any split of input and output gives the same") {
    const auto text = sample_text(700, 3);
    const auto bytes = zlib_gzip(text) + zlib_gzip("") + zlib_gzip("second") + std::string(5, '\0');
    const auto wanted = text + "second";
    for (std::size_t in = 1; in <= 40; ++in)
        for (std::size_t out : {1, 2, 3, 7, 16, 64, 4096}) {
            CAPTURE(in);
            CAPTURE(out);
            for (const auto& r : {by_default(bytes, in, out), by_zlib(bytes, in, out)}) {
                CHECK(r.problem == "");
                CHECK((r.text == wanted));
            }
        }
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) { // two pieces, cut anywhere
        CAPTURE(cut);
        auto d = make_gzip_decoder();
        std::string room(8192, '\0');
        std::string got;
        for (auto piece : {std::string_view{bytes}.substr(0, cut), std::string_view{bytes}.substr(cut)}) {
            for (;;) {
                const auto step =
                    d->decode(penstock::as_bytes(piece), std::as_writable_bytes(std::span{room}));
                REQUIRE(step.problem == nullptr);
                got.append(room, 0, step.produced);
                piece.remove_prefix(step.consumed);
                if (piece.empty() && step.produced == 0) break;
            }
        }
        std::byte spare;
        CHECK(d->finish(std::span{&spare, 1}).problem == nullptr);
        CHECK((got == wanted));
    }
}

TEST_CASE("gzip: large data in random pieces") {
    numbers n{7};
    for (int round = 0; round < 12; ++round) {
        CAPTURE(round);
        const auto text = sample_text(100000 + n.below(200000), n.next());
        std::string bytes, wanted;
        for (std::size_t at = 0; at < text.size();) { // several members
            const auto size = std::min(text.size() - at, 1 + n.below(150000));
            bytes += zlib_gzip(text.substr(at, size), static_cast<int>(n.below(10)));
            at += size;
        }
        const auto r = by_default(bytes, 1 + n.below(70000), 1 + n.below(100000));
        CHECK(r.problem == "");
        CHECK((r.text == text));
    }
}

TEST_CASE("gzip: no bytes are no members") {
    CHECK(by_default("").problem == "");
    CHECK(by_default("").text == "");
}

TEST_CASE("gzip: header fields are skipped, their checksum is checked") {
    for (unsigned flags = 0; flags < 32; ++flags) {
        CAPTURE(flags);
        for (std::size_t extra : {std::size_t{0}, std::size_t{1}, std::size_t{300}, std::size_t{65535}}) {
            if (!(flags & 4) && extra) continue;
            member m;
            m.flags = flags;
            m.extra = std::string(extra, '\x1f');
            m.name = "file.csv";
            m.comment = flags & 1 ? "" : "a comment";
            const auto bytes = m.bytes();
            CHECK(by_default(bytes).problem == "");
            CHECK(by_default(bytes).text == m.text);
            CHECK(by_default(bytes, 1).text == m.text);
            if (flags & 2) {
                auto wrong = bytes;
                wrong[4] ^= 1; // the time: only the header's checksum covers it
                const auto r = by_default(wrong);
                CHECK(r.problem.find("checksum of a gzip header") != std::string::npos);
            }
        }
    }
}

TEST_CASE("gzip: members and padding") {
    const auto a = zlib_gzip("first\n"), b = zlib_gzip("second\n");
    CHECK(by_default(a + b).text == "first\nsecond\n");
    CHECK(by_default(a + std::string(1000, '\0')).problem == "");
    CHECK(by_default(a + std::string(3, '\0') + b).text == "first\nsecond\n");
    for (const auto& tail : {"x"s, "\n"s, "\0\0x"s, "{\"a\":1}\n"s}) {
        const auto r = by_default(a + tail);
        CHECK(r.text == "first\n");
        CHECK(r.problem == "bytes that are not gzip follow the last gzip member");
        CHECK(r.consumed == a.size() + (tail[0] == '\0' ? 2u : 0u));
    }
    CHECK(by_default(a + "\x1f").problem == "the data ends inside a gzip header");
    CHECK(by_default(a + "\x1fx").problem == "not gzip: a member must begin with the bytes 1f 8b");
    CHECK(by_default("\0"s + a).problem != "");

    // where it is to be ignored: what does not begin with both bytes of a member is none
    const auto leniently = [](const std::string& bytes, std::size_t in) {
        return run_decoder(*make_gzip_decoder(penstock::decoder_options().ignore_trailing(true)), bytes, in, 1 << 16);
    };
    for (const std::size_t in : {std::size_t{1}, all}) {
        for (const auto& tail : {"\x1f"s, "\x1fx"s, "\0\x1f\x1f\x8b"s, "\x1fx\x1f\x8b\x08"s}) {
            const auto r = leniently(a + tail, in);
            CHECK(r.text == "first\n");
            CHECK(r.problem == "");
        }
        for (const auto& tail : {"\x1f\x8b"s, "\x1f\x8b\x07"s, b.substr(0, 9), b.substr(0, b.size() - 1)})
            CHECK(leniently(a + tail, in).problem != "");
    }
}

TEST_CASE("gzip: what is no gzip") {
    CHECK(by_default("plain text").problem == "not gzip: a member must begin with the bytes 1f 8b");
    CHECK(by_default("\x1f plain").problem == "not gzip: a member must begin with the bytes 1f 8b");
    auto bytes = zlib_gzip("text");
    auto wrong = bytes;
    wrong[2] = 7;
    CHECK(by_default(wrong).problem == "a gzip member uses an unknown compression method");
    for (int bit = 5; bit < 8; ++bit) {
        wrong = bytes;
        wrong[3] = static_cast<char>(1 << bit);
        CHECK(by_default(wrong).problem == "a gzip header has reserved flags set");
    }
}

TEST_CASE("gzip: cut anywhere, it is an error, and what came before is there") {
    const auto first = sample_text(1500, 4), second = sample_text(300, 5);
    const auto one = zlib_gzip(first), bytes = one + zlib_gzip(second);
    for (std::size_t n = 1; n < bytes.size(); ++n) {
        CAPTURE(n);
        for (const auto& r : {by_default(bytes.substr(0, n)), by_zlib(bytes.substr(0, n), 5, 100)}) {
            CHECK((r.problem == "") == (n == one.size()));
            CHECK(((first + second).starts_with(r.text)));
            if (n >= one.size()) CHECK((r.text.size() >= first.size()));
        }
    }
}

TEST_CASE("gzip: any byte changed ends in an error, but for what the header lets be anything") {
    const auto text = sample_text(2000, 6);
    for (int level : {0, 1, 6}) {
        const auto bytes = zlib_gzip(text, level);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const bool free_field = i >= 4 && i < 10; // time, extra flags, system
            for (int change : {0x01, 0x80, 0xff, 0x10}) {
                auto wrong = bytes;
                wrong[i] = static_cast<char>(wrong[i] ^ change);
                CAPTURE(level);
                CAPTURE(i);
                CAPTURE(change);
                const auto r = by_default(wrong, all, 700);
                // Deflate has bits that mean nothing (padding, code lengths of symbols that do not occur),
                // and the text flag is a hint: such a change gives the same text, any other an error.
                CHECK((r.problem != "" || r.text == text));
                if (i < 3 || i + 8 >= bytes.size()) CHECK(r.problem != "");
                if (free_field) CHECK(r.problem == "");
                CHECK((by_zlib(wrong).problem == "") == (r.problem == ""));
            }
        }
    }
}

TEST_CASE("gzip: noise never hangs or leaves its bounds") {
    numbers n{11};
    for (int round = 0; round < 3000; ++round) {
        auto noise = "\x1f\x8b\x08\0\0\0\0\0\0\0"s;
        if (n.below(4) == 0) noise[3] = static_cast<char>(n.next() & 0x1f);
        for (auto i = n.below(300); i > 0; --i) noise += static_cast<char>(n.next());
        const auto a = by_default(noise, 1 + n.below(50), 1 + n.below(5000));
        CHECK((a.problem != "" || a.text.empty()));
        const auto b = by_zlib(noise);
        CHECK((b.problem != "" || a.problem == ""));
        CHECK((b.text.starts_with(a.text) || a.text.starts_with(b.text)));
    }
}

TEST_CASE("gzip: what reaches back before the beginning is an error and gives no bytes from anywhere") {
    // a literal, then a match far beyond it (fixed codes)
    const auto bytes =
        "\x1f\x8b\x08\0\0\0\0\0\0\x03\xfb\xfd\xf3\xef\xed\xc1\x31\x01\x75\0\0\0\xc2\xa0\xac\xeb"s;
    const auto zlib = by_zlib(bytes);
    REQUIRE(zlib.problem != "");
    for (std::size_t out : {1, 2, 3, 10, 1000, 100000}) {
        const auto r = by_default(bytes, all, out);
        CHECK(r.problem != "");
        CHECK((zlib.text.starts_with(r.text)));
    }
}

TEST_CASE("gzip: a change in random places of real data") {
    numbers n{12};
    const auto text = sample_text(60000, 13);
    const auto bytes = zlib_gzip(text);
    for (int round = 0; round < 300; ++round) {
        auto wrong = bytes;
        for (auto i = 1 + n.below(3); i > 0; --i)
            wrong[10 + n.below(wrong.size() - 10)] = static_cast<char>(n.next());
        const auto a = by_default(wrong, 1 + n.below(9000), 1 + n.below(70000));
        const auto b = by_zlib(wrong);
        CHECK((b.text.starts_with(a.text) || a.text.starts_with(b.text)));
        CHECK((a.problem != "" || a.text == text));
    }
}

TEST_CASE("gzip: a bomb is only ever as large as the room it is given") {
    const auto bytes = zlib_gzip(std::string(std::size_t{8} << 20, '\0'), 9);
    REQUIRE(bytes.size() < 10000);
    auto d = make_gzip_decoder();
    std::string room(1000, 'x');
    std::size_t total = 0;
    std::string_view rest = bytes;
    for (;;) {
        const auto step = d->decode(penstock::as_bytes(rest), std::as_writable_bytes(std::span{room}));
        REQUIRE(step.problem == nullptr);
        rest.remove_prefix(step.consumed);
        total += step.produced;
        if (rest.empty() && step.produced == 0) break;
    }
    CHECK(total == std::size_t{8} << 20);
    std::byte spare;
    CHECK(d->finish(std::span{&spare, 1}).problem == nullptr);
}

TEST_CASE("gzip: every level of the encoder round-trips, in any pieces, through zlib and through us") {
    for (int level = 0; level <= 9; ++level)
        for (std::size_t size : {0, 1, 1000, 200000}) {
            CAPTURE(level);
            CAPTURE(size);
            const auto text = sample_text(size, 20 + size);
            const auto bytes =
                run_encoder(*make_gzip_encoder(penstock::encoder_options{}.level(level)), text, all, 1 << 16);
            CHECK((zlib_gunzip(bytes) == text));
            CHECK((by_default(bytes).text == text));
            CHECK((run_encoder(*make_gzip_encoder(penstock::encoder_options{}.level(level)), text, 777,
                               1 << 16) == bytes ||
                   level <= 1));
            if (size <= 1000) {
                CHECK((zlib_gunzip(run_encoder(*make_gzip_encoder(penstock::encoder_options{}.level(level)),
                                               text, 3, 1)) == text));
                CHECK((zlib_gunzip(run_encoder(*make_gzip_encoder(penstock::encoder_options{}.level(level)),
                                               text, 1, 7)) == text));
            }
            CHECK(std::string_view{bytes}.substr(3, 5) == "\0\0\0\0\0"sv); // no flags, no time
        }
}

TEST_CASE("gzip: levels that do not exist") {
    for (int level : {-2, -1, 10, 100}) {
        try {
            make_gzip_encoder(penstock::encoder_options{}.level(level));
            FAIL_CHECK("level ", level, " was taken");
        } catch (const penstock::error& e) {
            CHECK(e.code() == penstock::errc::invalid_option);
            CHECK(std::string{e.what()}.find(std::to_string(level)) != std::string::npos);
        }
    }
}

} // namespace codec_gzip_test
