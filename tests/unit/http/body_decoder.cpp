// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/body_decoder.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace body_decoder_test {

using namespace penstock;
using http::body_decoder;
using http::response_head;

struct outcome {
    outcome() = default;
    std::string body;
    std::size_t used = 0;
    bool done = false;
    error_code code;
    friend bool operator==(const outcome&, const outcome&) = default;
};

/// Decodes `raw` cut at `cut`; at the end of the bytes the connection ends where `ends`.
inline outcome decode(const response_head& head, std::string_view raw, std::vector<std::size_t> cuts, bool ends,
                      std::string_view method = "GET") {
    outcome out;
    body_decoder decoder;
    decoder.start(head, method);
    cuts.push_back(raw.size());
    for (const auto end : cuts) {
        while (out.used < end && decoder.now() != body_decoder::state::done) {
            const auto rest = raw.substr(out.used, end - out.used);
            if (decoder.now() == body_decoder::state::data) {
                const auto n = std::min<std::uint64_t>(decoder.data_size(), rest.size());
                out.body += rest.substr(0, n);
                decoder.consume_data(n);
                out.used += n;
                continue;
            }
            const auto used = decoder.consume_frame(as_bytes(rest));
            if (!used) {
                out.code = used.error().code();
                return out;
            }
            out.used += *used;
        }
    }
    if (ends) {
        const auto ended = decoder.consume_end();
        if (!ended) out.code = ended.error().code();
    }
    out.done = decoder.now() == body_decoder::state::done;
    return out;
}

inline response_head with_length(std::uint64_t n, int status = 200) {
    response_head h;
    h.status = status;
    h.content_length = n;
    return h;
}
inline response_head with_chunks() {
    response_head h;
    h.status = 200;
    h.chunked = true;
    return h;
}
inline response_head until_end() {
    response_head h;
    h.status = 200;
    return h;
}

TEST_CASE("a body of known length") {
    auto out = decode(with_length(5), "helloHTTP/1.1", {}, false);
    CHECK(out.done);
    CHECK(out.body == "hello");
    CHECK(out.used == 5);
    CHECK(decode(with_length(0), "x", {}, false).used == 0);
    CHECK(decode(with_length(0), "", {}, true).done);
    out = decode(with_length(5), "hell", {}, true);
    CHECK(out.code == errc::body_too_short);
    CHECK(out.code == condition::connection);
    CHECK_FALSE(out.done);
    CHECK_FALSE(decode(with_length(5), "hell", {}, false).done);

    body_decoder d;
    d.start(with_length(UINT64_MAX), "GET");
    CHECK(d.remaining() == UINT64_MAX);
    d.consume_data(10);
    CHECK(d.remaining() == UINT64_MAX - 10);
    const auto cut = d.consume_end();
    REQUIRE_FALSE(cut.has_value());
    CHECK(cut.error().detail().message.find("10 bytes of 18446744073709551615") != std::string::npos);
}

TEST_CASE("answers without a body, whatever their fields say") {
    for (const int status : {100, 204, 304})
        CHECK(decode(with_length(5, status), "hello", {}, false).used == 0);
    const auto head = decode(with_length(5), "", {}, true, "HEAD");
    CHECK(head.done);
    CHECK_FALSE(head.code.failed());
    auto chunked = with_chunks();
    chunked.status = 304;
    CHECK(decode(chunked, "", {}, true).done);
}

TEST_CASE("a body that ends with its connection") {
    const auto out = decode(until_end(), "all of it", {}, true);
    CHECK(out.done);
    CHECK(out.body == "all of it");
    CHECK_FALSE(decode(until_end(), "all of it", {}, false).done);
    body_decoder d;
    d.start(until_end(), "GET");
    CHECK(d.ends_with_connection());
    CHECK_FALSE(d.remaining().has_value());
}

struct sample {
    const char* raw;
    const char* body; ///< null: malformed
};
const sample samples[] = {
    {"0\r\n\r\n", ""},
    {"5\r\nhello\r\n0\r\n\r\n", "hello"},
    {"005\r\nhello\r\n000\r\n\r\n", "hello"},
    {"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"},
    {"5;a=b\r\nhello\r\n0;c\r\n\r\n", "hello"},
    {"5;a=\"q;\\\"\"\r\nhello\r\n0\r\n\r\n", "hello"},
    {"5;a=\"\r\nhello\r\n0\r\n\r\n", nullptr},
    {"5\r\nhello\r\n0\r\nX-Checksum: 1\r\nY: 2\r\n\r\n", "hello"},
    {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
    {"\r\n", nullptr},
    {"g\r\n", nullptr},
    {"-1\r\n", nullptr},
    {"0x5\r\nhello\r\n", nullptr},
    {" 5\r\nhello\r\n", nullptr},
    {"5 \r\nhello\r\n", nullptr},
    {"5\nhello\n0\n\n", nullptr},
    {"5\rhello", nullptr},
    {"5\r\nhelloX0\r\n\r\n", nullptr},
    {"5\r\nhello\rX", nullptr},
    {"5\r\nhello0\r\n\r\n", nullptr},
    {"0\r\n\rX", nullptr},
    {"0\r\n X: folded\r\n\r\n", nullptr},
    {"0\r\nA: b\n\r\n", nullptr},
    {"0\r\nA: b\rX\r\n\r\n", nullptr},
    {"ffffffffffffffffff\r\n", nullptr},
    {"8000000000000000\r\n", nullptr},
    {"5;\x01\r\n", nullptr},
    {"5;a\nb\r\n", nullptr},
};

TEST_CASE("chunks: what is right, what is wrong, and cut anywhere the same") {
    for (const auto& s : samples) {
        const std::string raw = s.raw;
        CAPTURE(raw);
        const auto whole = decode(with_chunks(), raw, {}, false);
        if (s.body) {
            CHECK(whole.done);
            CHECK(whole.body == s.body);
            CHECK(whole.used == raw.size());
            const auto followed = decode(with_chunks(), raw + "HTTP/1.1 200", {}, false);
            CHECK(followed.used == raw.size()); // not a byte of the next answer
            for (std::size_t n = 0; n < raw.size(); ++n) {
                CAPTURE(n);
                const auto cut = decode(with_chunks(), std::string_view{raw}.substr(0, n), {}, true);
                CHECK(cut.code == errc::body_too_short);
                CHECK_FALSE(cut.done);
            }
        } else {
            CHECK(whole.code == errc::malformed_response);
            CHECK_FALSE(whole.done);
        }
        std::vector<std::size_t> every;
        for (std::size_t i = 0; i <= raw.size(); ++i) {
            const auto cut = decode(with_chunks(), raw, {i}, false);
            REQUIRE(cut.body == whole.body);
            REQUIRE(cut.code == whole.code);
            REQUIRE(cut.done == whole.done);
            every.push_back(i);
        }
        const auto bytewise = decode(with_chunks(), raw, every, false);
        CHECK(bytewise.body == whole.body);
        CHECK(bytewise.code == whole.code);
    }
}

TEST_CASE("the largest chunk is one that no object reaches") {
    body_decoder d;
    d.start(with_chunks(), "GET");
    REQUIRE(d.consume_frame(as_bytes("7fffffffffffffff\r\n")).has_value());
    CHECK(d.now() == body_decoder::state::data);
    CHECK(d.data_size() == 0x7fffffffffffffffULL);
}

TEST_CASE("extensions and trailers without end are cut off") {
    for (const std::string& start : {std::string{"5;"}, std::string{"0\r\nA: "}, std::string{"0\r\n"}, std::string{"0000000"}}) {
        CAPTURE(start);
        std::string raw = start;
        while (raw.size() < 100'000) raw += start == "0000000" ? "0" : start == "0\r\n" ? "A: b\r\n" : "x";
        CHECK(decode(with_chunks(), raw, {}, false).code == errc::malformed_response);
    }
    // many small chunks are no attack
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += "1\r\nx\r\n";
    many += "0\r\n\r\n";
    CHECK(decode(with_chunks(), many, {}, false).body.size() == 20'000);
}

} // namespace body_decoder_test
