// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/format/decode_text.hpp>
#include <penstock/format/text_decoder.hpp>

#include <penstock/core/as_bytes.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/format/detail/batch_shape.hpp>
#include <penstock/format/read_options.hpp>
#include <penstock/format/utf8.hpp>

#include <support/run.hpp>

#include <doctest/doctest.h>

#include <random>

namespace text_decoder_test {

using namespace penstock;
using namespace std::string_view_literals;
using namespace std::string_literals;

struct outcome {
    std::string text;
    std::string error;
    friend bool operator==(const outcome&, const outcome&) = default;
};

/// Pushes `bytes` in pieces of `piece`, with `room` for what comes out.
outcome decode(std::string_view bytes, text_encoding e, broken_text on_broken, std::size_t piece, std::size_t room) {
    text_decoder decoder{e, on_broken, "t"};
    outcome out;
    std::string pending;
    std::string space(room, '\0');
    for (std::size_t at = 0;;) {
        const bool last = at == bytes.size();
        const auto step = decoder.decode(as_bytes(pending), std::as_writable_bytes(std::span{space}), last);
        REQUIRE(step.consumed <= pending.size());
        REQUIRE(step.produced <= room);
        out.text.append(space, 0, step.produced);
        pending.erase(0, step.consumed);
        if (step.failed) {
            out.error = step.failed.message();
            return out;
        }
        if (last && pending.empty()) return out;
        if (step.consumed == 0) REQUIRE((pending.size() < 4 && !last));
        if (pending.size() < 4 && !last) {
            const auto n = std::min(piece, bytes.size() - at);
            pending += bytes.substr(at, n);
            at += n;
        }
    }
}
outcome decode(std::string_view bytes, text_encoding e, broken_text on_broken = broken_text::fail) {
    return decode(bytes, e, on_broken, bytes.size() + 1, 4 * bytes.size() + 4);
}

struct row {
    text_encoding encoding;
    std::string_view bytes;
    std::string_view text;      ///< with broken_text::replace
    std::optional<int> broken;  ///< offset of what is broken
    std::string_view before{};  ///< what comes before it
};
using enum text_encoding;
inline constexpr std::string_view sign = "\xef\xbf\xbd";

// U+FFFD counts: Unicode 15, section 3.9, tables 3-8 to 3-11.
const row rows[] = {
    {utf8, "", "", {}},
    {utf8, "plain", "plain", {}},
    {utf8, "\xef\xbb\xbfmarked", "marked", {}},
    {utf8, "\xef\xbb\xbf", "", {}},
    {utf8, "\xef\xbb\xbf\xef\xbb\xbf", "\xef\xbb\xbf", {}}, // the second one is text
    {utf8, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z", "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z", {}},
    {utf8, "\xef\xbb", "\xef\xbf\xbd", 0},
    {utf8, "ab\xff", "ab\xef\xbf\xbd", 2, "ab"},
    {utf8, "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\x41", 0},
    {utf8, "\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\x41", 0},
    {utf8, "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\x41\xef\xbf\xbd\xef\xbf\xbd\x42", 0},
    {utf8, "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\x41", 0},
    {utf8, "12345678\xe2\x82", "12345678\xef\xbf\xbd", 8, "12345678"},
    {latin1, "caf\xe9 \x80\xff", "caf\xc3\xa9 \xc2\x80\xc3\xbf", {}},
    {latin1, "\xef\xbb\xbf", "\xc3\xaf\xc2\xbb\xc2\xbf", {}}, // no mark
    {windows_1252, "\x80 \x93q\x94 \xe9\x81\x9f", "\xe2\x82\xac \xe2\x80\x9cq\xe2\x80\x9d \xc3\xa9\xc2\x81\xc5\xb8", {}},
    {utf16, "\xff\xfe" "a\0\xe9\0"sv, "a\xc3\xa9", {}},
    {utf16, "\xfe\xff\0a\0\xe9"sv, "a\xc3\xa9", {}},
    {utf16, "a\0b\0"sv, "ab", {}},
    {utf16, "", "", {}},
    {utf16, "a", sign, 0},
    {utf16le, "\xff\xfe" "a\0"sv, "a", {}},
    {utf16le, "\xfe\xff" "a\0"sv, "\xef\xbf\xbe" "a", {}}, // the other order's mark is a character, if an odd one
    {utf16be, "\xfe\xff\0a"sv, "a", {}},
    {utf16be, "\x20\xac\xd8\x3d\xde\x00"sv, "\xe2\x82\xac\xf0\x9f\x98\x80", {}},
    {utf16le, "\xac\x20\x3d\xd8\x00\xde"sv, "\xe2\x82\xac\xf0\x9f\x98\x80", {}},
    {utf16le, "a\0b\0c\0d\0e\0f\0g\0h\0i\0\xac\x20j\0"sv, "abcdefghi\xe2\x82\xacj", {}},
    {utf16le, "a\0\x3d\xd8" "b\0"sv, "a\xef\xbf\xbd" "b", 2, "a"},           // high, then no low one
    {utf16le, "a\0\x00\xde" "b\0"sv, "a\xef\xbf\xbd" "b", 2, "a"},           // low alone
    {utf16le, "\x3d\xd8\x3d\xd8\x00\xde"sv, "\xef\xbf\xbd\xf0\x9f\x98\x80", 0}, // the second is whole
    {utf16le, "a\0\x3d\xd8"sv, "a\xef\xbf\xbd", 2, "a"},                     // cut in the middle of a pair
    {utf16le, "a\0\x3d\xd8z"sv, "a\xef\xbf\xbd\xef\xbf\xbd", 2, "a"},
    {utf16be, "\0a\0"sv, "a\xef\xbf\xbd", 2, "a"},
};

TEST_CASE("text_decoder: every encoding, whole and broken, cut anywhere") {
    for (const auto& r : rows) {
        CAPTURE(to_string(r.encoding));
        CAPTURE(printable(r.bytes));
        const auto whole = decode(r.bytes, r.encoding);
        const auto replaced = decode(r.bytes, r.encoding, broken_text::replace);
        CHECK(replaced.text == r.text);
        CHECK(replaced.error == "");
        CHECK(whole.error.empty() == !r.broken.has_value());
        CHECK(whole.text == (r.broken ? r.before : r.text));
        if (r.encoding == utf8 && !r.bytes.starts_with("\xef\xbb\xbf"))
            CHECK(penstock::detail::clean_utf8(r.bytes, 100) == r.text); // of captured records: the same rule
        if (r.broken) {
            CHECK(whole.error.find("decode " + std::string{to_string(r.encoding == utf16 ? utf16le : r.encoding)}) == 0);
            CHECK(whole.error.find("byte " + std::to_string(*r.broken)) != std::string::npos);
        }
        for (std::size_t piece = 1; piece < 6; ++piece)
            for (std::size_t room = 4; room < 10; ++room) {
                CHECK(decode(r.bytes, r.encoding, broken_text::fail, piece, room) == whole);
                CHECK(decode(r.bytes, r.encoding, broken_text::replace, piece, room) == replaced);
            }
    }
}

TEST_CASE("text_decoder: random bytes come out as UTF-8, whatever the cuts") {
    std::minstd_rand random{7};
    for (int i = 0; i < 300; ++i) {
        std::string bytes;
        const auto n = random() % 60;
        for (std::size_t k = 0; k < n; ++k) {
            const auto kind = random() % 4;
            bytes += static_cast<char>(kind == 0 ? random() % 256 : kind == 1 ? 0xd8 + random() % 8 : 'a' + random() % 20);
            if (kind == 3) bytes += '\0';
        }
        for (const auto e : {utf8, latin1, windows_1252, utf16, utf16le, utf16be}) {
            const auto whole = decode(bytes, e, broken_text::replace);
            CHECK(find_invalid_utf8(whole.text) == std::string::npos);
            CHECK(decode(bytes, e, broken_text::replace, 1 + random() % 9, 4 + random() % 40) == whole);
            const auto strict = decode(bytes, e);
            CHECK(whole.text.starts_with(strict.text));
            CHECK(decode(bytes, e, broken_text::fail, 1 + random() % 9, 4 + random() % 40) == strict);
        }
    }
}

TEST_CASE("text_decoder: an error names object, offset and bytes") {
    CHECK(decode("a\0\x3d\xd8" "b\0"sv, utf16le).error ==
          "decode utf-16le t, byte 2: text is not valid UTF-16: an unpaired surrogate, bytes 3d d8; "
          "hint: is the encoding right? broken_text::replace reads U+FFFD");
    CHECK(decode("caf\xe9!", utf8).error.find("no UTF-8: e9") != std::string::npos);
    CHECK(decode("\0a\0"sv, utf16be).error.find("half a code unit at the end: 00") != std::string::npos);
}

TEST_CASE("parse_text_encoding") {
    for (const auto e : {utf8, latin1, windows_1252, utf16, utf16le, utf16be}) CHECK(parse_text_encoding(to_string(e)) == e);
    CHECK(parse_text_encoding("UTF8") == utf8);
    CHECK(parse_text_encoding("ISO-8859-1") == latin1);
    CHECK(parse_text_encoding("CP1252") == windows_1252);
    CHECK(parse_text_encoding("UTF_16_BE") == utf16be);
    for (const auto name : {"", "-", "utf", "utf-7", "utf-32", "koi8-r", "a name that is longer than any of them"})
        CHECK(parse_text_encoding(name) == std::nullopt);
}

/// Drains by single reads of `room` bytes.
awaitable<void> drain(byte_source& source, std::size_t room, outcome& out) {
    std::string space(room, '\0');
    for (;;) {
        auto r = source.try_read_some(std::as_writable_bytes(std::span{space}));
        if (r.status == io_status::bytes) {
            CHECK((r.size > 0 && r.size <= room));
            out.text.append(space, 0, r.size);
        } else if (r.status == io_status::would_block) {
            co_await source.ready();
        } else {
            if (r.status == io_status::error) out.error = r.error.message();
            CHECK(source.try_read_some(std::as_writable_bytes(std::span{space})).status == r.status); // stays so
            co_return;
        }
    }
}

/// Gives two bytes at a time with waits between them, and then fails.
class failing_source final : public byte_source {
  public:
    explicit failing_source(std::string bytes) : inner_{std::move(bytes), 2, "s3://lake/t"} {}
    io_result try_read_some(std::span<std::byte> into) override {
        wait_ = !wait_;
        if (wait_) return io_result::would_block();
        auto r = inner_.try_read_some(into);
        if (r.status != io_status::end) return r;
        wait_ = true;
        return io_result::failed(failure{errc::connection_closed});
    }
    awaitable<void> ready() override { co_return; }
    std::string name() const override { return inner_.name(); }

  private:
    memory_source inner_;
    bool wait_ = false;
};

TEST_CASE("decode_text: rooms of any size, waits and failures") {
    std::string stored = "\xfe\xff";
    std::string text;
    for (int i = 0; i < 50000; ++i) { // more than the buffer
        stored += i % 7 ? "\0a"sv : i % 2 ? "\x20\xac"sv : "\xd8\x3d\xde\x00"sv;
        text += i % 7 ? "a" : i % 2 ? "\xe2\x82\xac" : "\xf0\x9f\x98\x80";
    }
    for (const std::size_t room : {1u, 2u, 3u, 4u, 5u, 1000u, 1000000u})
        for (const std::size_t chunk : {1u, 3u, 70000u, 1000000u}) {
            const auto source = decode_text(memory_source{stored, chunk, "x.csv"}, utf16);
            CHECK(source->name() == "x.csv");
            CHECK(source->remaining() == std::nullopt);
            outcome out;
            asio::io_context io{1};
            test::run(io, drain(*source, room, out));
            CHECK(out.error == "");
            CHECK((out.text == text));
        }
    const auto source = decode_text(failing_source{"a\0b\0\x3d"s}, utf16le);
    outcome out;
    asio::io_context io{1};
    test::run(io, drain(*source, 10, out));
    CHECK(out.text == "ab");
    CHECK(out.error == failure{errc::connection_closed}.message()); // not the half unit
}

TEST_CASE("decode_text: a budget without room is an error of the source") {
    const auto pool = buffer_pool::create(memory_budget::create(4096));
    const auto source = decode_text(memory_source{"abc"}, latin1, broken_text::fail, pool);
    std::byte b[8];
    const auto r = source->try_read_some(b);
    CHECK(r.status == io_status::error);
    CHECK(r.error.code() == errc::budget_exceeded);
}

TEST_CASE("text_decoder: readers of UTF-8 obey a byte-order mark of UTF-16") {
    struct row {
        std::string stored, text;
    };
    std::string long_text(1000, 'x');
    std::string wide = "\xff\xfe";
    for (const char c : long_text) wide += std::string{c, '\0'};
    for (const auto& t : {
             row{"\xff\xfe" "a\0\xe9\0"s, "a\xc3\xa9"},
             row{"\xfe\xff\0a\0\xe9"s, "a\xc3\xa9"},
             row{"\xff\xfe"s, ""},
             row{wide, long_text},
             row{"abc", "abc"},
             row{"", ""},
             row{"a", "a"},
             row{"\xff", "\xff"}, // not ours to judge: the parser does
             row{"\xff" "a\xfe", "\xff" "a\xfe"},
             row{"\xef\xbb\xbf" "a", "\xef\xbb\xbf" "a"},
             row{long_text, long_text},
         }) {
        CAPTURE(t.stored);
        for (const std::size_t chunk : {1, 2, 3, 1000}) {
            for (const std::size_t room : {1, 2, 3, 100}) {
                const auto source = penstock::detail::decoded(std::make_unique<memory_source>(t.stored, chunk, "x.csv"), read_options());
                CHECK(source->name() == "x.csv");
                std::string out;
                std::string into(room, ' ');
                for (;;) {
                    const auto r = source->try_read_some(std::as_writable_bytes(std::span{into}));
                    if (r.status == io_status::end) break;
                    REQUIRE(r.status == io_status::bytes);
                    out += into.substr(0, r.size);
                }
                CHECK(out == t.text);
            }
        }
    }
    read_options replacing;
    replacing.on_broken_text = broken_text::replace;
    for (const auto& [stored, text] : {std::pair{"\xff" "a"s, "\xef\xbf\xbd" "a"s}, std::pair{"\xff\xfe" "a\0\x00\xde"s, "a\xef\xbf\xbd"s}}) {
        const auto source = penstock::detail::decoded(std::make_unique<memory_source>(stored, 1), replacing);
        CHECK(test::run(read_all(*source)) == text);
    }
    // places are those in what is stored; what the source answers is answered
    const auto broken = penstock::detail::decoded(std::make_unique<memory_source>("\xff\xfe" "a\0\x00\xde"s, 1, "x.csv"), read_options());
    const auto failed = test::run(as_result(read_all(*broken)));
    REQUIRE(failed.has_error());
    CHECK(*failed.error().detail().byte_offset == 4);
    for (const char* begin : {"", "\xff", "a"}) {
        const auto gone = penstock::detail::decoded(std::make_unique<failing_source>(begin), read_options());
        CHECK(test::run(as_result(read_all(*gone))).has_error());
    }
}

} // namespace text_decoder_test
