// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/byte_sink.hpp>
#include <penstock/http/head_parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace head_parser_test {

using namespace penstock;
using http::head_parser;
using http::response_head;

struct outcome {
    outcome() = default;
    error_code code;
    bool done = false;
    std::string rest; ///< what the parser did not use
    response_head head;

    std::string text() const {
        return std::to_string(head.status) + "|" + head.reason + "|" + std::string{head.headers.text()} + "|" +
               (head.keep_alive ? "k" : "-") + (head.chunked ? "c" : "-") + "|" +
               (head.content_length ? std::to_string(*head.content_length) : "none");
    }
};

/// Feeds `raw` cut at `cuts`, the unused rest of each piece in front of the next, as a connection does.
inline outcome parse(std::string_view raw, const std::vector<std::size_t>& cuts, std::size_t max_size = 65536) {
    outcome out;
    head_parser parser{max_size};
    parser.start(out.head);
    std::size_t at = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const auto end = i < cuts.size() ? cuts[i] : raw.size();
        out.rest += raw.substr(at, end - at);
        at = end;
        if (parser.done() || out.code.failed()) continue;
        const auto used = parser.parse(as_bytes(out.rest));
        if (!used) {
            out.code = used.error().code();
            continue;
        }
        out.rest.erase(0, *used);
        out.done = parser.done();
    }
    return out;
}

inline outcome parse(std::string_view raw) { return parse(raw, {}); }

const std::string plain = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"abc\"\r\nx-amz-meta-a:  padded \t\r\n"
                          "Empty:\r\n\r\nhello";

TEST_CASE("a head is parsed, the body is left") {
    const auto out = parse(plain);
    REQUIRE(out.done);
    CHECK(out.rest == "hello");
    CHECK(out.head.status == 200);
    CHECK(out.head.reason == "OK");
    CHECK(out.head.content_length == 5);
    CHECK(out.head.keep_alive);
    CHECK_FALSE(out.head.chunked);
    CHECK(out.head.headers["etag"] == "\"abc\"");
    CHECK(out.head.headers["X-AMZ-META-A"] == "padded");
    CHECK(out.head.headers.find("empty") == std::string_view{});
    CHECK(out.head.headers.size() == 4);
}

const std::string samples[] = {
    plain,
    "HTTP/1.1 204 \r\n\r\n",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
    "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nFolded: a\r\n b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\x01\r\n\r\n",
    "HTTP/1.1 200 OK\nA: b\n\n",
    "HTTP/1.1 2x0 OK\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "ICY 200 OK\r\n\r\n",
    "\x16\x03\x01\x02",
};

TEST_CASE("where the bytes are cut makes no difference") {
    for (const auto& raw : samples) {
        CAPTURE(raw);
        const auto whole = parse(raw);
        for (std::size_t i = 0; i <= raw.size(); ++i) {
            CAPTURE(i);
            const auto cut = parse(raw, {i});
            REQUIRE(cut.done == whole.done);
            // what is wrong may show only when the head ends
            if (cut.code.failed() && whole.code.failed()) REQUIRE(cut.code == whole.code);
            if (whole.done) {
                REQUIRE_FALSE(cut.code.failed());
                REQUIRE(cut.text() == whole.text());
                REQUIRE(cut.rest == whole.rest);
            }
        }
        std::vector<std::size_t> every;
        for (std::size_t i = 1; i < raw.size(); ++i) every.push_back(i);
        const auto bytewise = parse(raw, every);
        CHECK(bytewise.done == whole.done);
        if (whole.done) CHECK(bytewise.text() == whole.text());
    }
}

TEST_CASE("what is no response is refused") {
    for (const auto* raw : {"ICY 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nA: b\x01\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\x7f\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                            "HTTP/1.1 200 OK\r\n: no name\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"}) {
        CAPTURE(raw);
        const auto out = parse(raw);
        CHECK(out.code == errc::malformed_response);
        CHECK_FALSE(out.done);
    }
    std::string zero = "HTTP/1.1 200 OK\r\nA: b";
    zero += '\0';
    zero += "\r\n\r\n";
    CHECK(parse(zero).code == errc::malformed_response);
}

TEST_CASE("a head that says two things about its body leaves no doubt which holds") {
    const auto out = parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n");
    CHECK((out.code == errc::malformed_response || (out.head.chunked && !out.head.content_length)));
    const auto other = parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK((other.code == errc::malformed_response || (other.head.chunked && !other.head.content_length)));
    const auto same = parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n");
    CHECK((same.code == errc::malformed_response || same.head.content_length == 3));
}

TEST_CASE("the head's size is limited, but for its first line") {
    const std::string start = "HTTP/1.1 200 OK\r\nA: ";
    const auto of_size = [&](std::size_t n) { return start + std::string(n - start.size() - 4, 'x') + "\r\n\r\n"; };
    CHECK(parse(of_size(1000), {}, 1000).done);
    const auto over = parse(of_size(1000 + start.size()), {}, 1000);
    CHECK(over.code == errc::header_too_large);
    CHECK(over.code == condition::limit);
    // the end need not come for the limit to hold
    std::string endless = start;
    endless.append(5000, 'x');
    std::vector<std::size_t> cuts;
    for (std::size_t i = 100; i < endless.size(); i += 100) cuts.push_back(i);
    CHECK(parse(endless, cuts, 1000).code == errc::header_too_large);
}

TEST_CASE("very many fields stay within the limit on size") {
    std::string raw = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 5000; ++i) raw += "a: b\r\n";
    raw += "\r\n";
    const auto out = parse(raw);
    REQUIRE(out.done);
    CHECK(out.head.headers.size() == 5000);
}

TEST_CASE("one parser, many heads, memory reused") {
    head_parser parser;
    response_head head;
    CHECK_FALSE(parser.done());
    for (int i = 0; i < 3; ++i) {
        parser.start(head);
        CHECK(head.status == 0);
        const auto used = parser.parse(as_bytes(plain));
        REQUIRE(used.has_value());
        CHECK(*used == plain.size() - 5);
        CHECK(parser.done());
        CHECK(head.headers.size() == 4);
    }
}

TEST_CASE("empty lines before a status line are skipped, but not for ever") {
    std::string blank;
    for (int i = 0; i < 100; ++i) blank += "\r\n";
    CHECK(parse(blank + plain).code == errc::malformed_response);
}

} // namespace head_parser_test
