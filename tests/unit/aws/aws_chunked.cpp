// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/aws_chunked.hpp>

#include <doctest/doctest.h>

namespace test_aws_chunked {

namespace aws = penstock::aws;
namespace http = penstock::http;
using aws::chunk_framing;
using penstock::errc;

constexpr chunk_framing framings[] = {chunk_framing::signed_chunks,
                                      chunk_framing::signed_chunks_signed_trailer,
                                      chunk_framing::unsigned_trailer};

aws::chunk_signer make_signer(const std::string& secret = "SECRETVALUE") {
    return {aws::credentials{"AKID", secret}, "20240315T010203Z", "eu-central-1", "s3", std::string(64, 'a')};
}

std::vector<http::header_view> trailers_of(chunk_framing framing) {
    if (framing == chunk_framing::signed_chunks) return {};
    return {{"x-amz-checksum-crc32", "wp5V0A=="}, {"x-amz-meta-x", "1"}};
}

std::string encode(chunk_framing framing, std::string_view payload, std::size_t chunk_size) {
    aws::aws_chunked_encoder encoder;
    if (framing != chunk_framing::unsigned_trailer)
        encoder = aws::aws_chunked_encoder{framing, make_signer()};
    std::string out;
    for (std::size_t at = 0; at < payload.size(); at += chunk_size) {
        const auto chunk = payload.substr(at, chunk_size);
        encoder.append_header(out, chunk);
        out += chunk;
        encoder.append_chunk_end(out);
    }
    encoder.append_end(out, trailers_of(framing));
    return out;
}

/// The payload, or "error <S3 code>". Pieces of `step` bytes.
std::string decode(aws::aws_chunked_decoder& decoder, std::string_view body, std::size_t step) {
    std::string out;
    while (!body.empty()) {
        auto part = body.substr(0, step);
        body.remove_prefix(part.size());
        while (!part.empty() && !decoder.finished()) {
            const auto before = part.size();
            const auto piece = decoder.next(part);
            if (!piece) {
                CHECK(piece.error().message().find("SECRETVALUE") == std::string::npos);
                CHECK_FALSE(decoder.finished());
                return "error " + piece.error().detail().service_code;
            }
            if (part.size() == before) return "error: nothing taken";
            out += *piece;
        }
        if (!part.empty()) return "error: bytes after the end";
    }
    const auto ended = decoder.finish();
    if (!ended) return "error " + ended.error().detail().service_code;
    return out;
}

std::string decode(std::string_view body, chunk_framing framing, bool verify = true,
                   aws::aws_chunked_limits limits = {}) {
    std::optional<aws::chunk_signer> signer;
    if (verify) signer = make_signer();
    aws::aws_chunked_decoder decoder{framing, signer, limits};
    return decode(decoder, body, body.size() + 1);
}

TEST_CASE("aws/aws_chunked: names of the framings") {
    for (const auto f : framings) CHECK(aws::chunk_framing_of(aws::payload_hash_of(f)) == f);
    CHECK_FALSE(aws::chunk_framing_of("UNSIGNED-PAYLOAD"));
    CHECK_FALSE(aws::chunk_framing_of(""));
}

TEST_CASE("aws/aws_chunked: the length is known in advance, and every split decodes to the payload") {
    for (const auto framing : framings) {
        for (const std::size_t size : {0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 1000}) {
            for (const std::size_t chunk : {1, 15, 16, 256, 4096}) {
                std::string payload;
                for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>(i * 7 + '\r');
                const auto body = encode(framing, payload, chunk);
                CHECK(aws::aws_chunked_length(framing, size, chunk, trailers_of(framing)) == body.size());
                CHECK(decode(body, framing) == payload);
                CHECK(decode(body, framing, false) == payload);
            }
        }
        const std::string payload = "a payload of three chunks\r\n0\r\n\r\n";
        const auto body = encode(framing, payload, 12);
        for (std::size_t step = 1; step <= body.size(); ++step) {
            aws::aws_chunked_decoder decoder{framing, make_signer()};
            CHECK(decode(decoder, body, step) == payload);
            CHECK(decoder.payload_size() == payload.size());
            REQUIRE(decoder.trailers().size() == trailers_of(framing).size());
            if (!trailers_of(framing).empty())
                CHECK(decoder.trailers()["x-amz-checksum-crc32"] == "wp5V0A==");
        }
    }
}

TEST_CASE("aws/aws_chunked: unsigned text is what the documentation shows") {
    CHECK(encode(chunk_framing::unsigned_trailer, "hello world", 8) ==
          "8\r\nhello wo\r\n3\r\nrld\r\n0\r\nx-amz-checksum-crc32:wp5V0A==\r\nx-amz-meta-x:1\r\n\r\n");
}

TEST_CASE("aws/aws_chunked: every cut is incomplete") {
    for (const auto framing : framings) {
        const auto body = encode(framing, "some payload", 5);
        for (std::size_t n = 0; n < body.size(); ++n)
            CHECK(decode(body.substr(0, n), framing) == "error IncompleteBody");
        CHECK(decode(body + "x", framing) == "error: bytes after the end");
    }
}

TEST_CASE("aws/aws_chunked: every changed byte of a signed body is noticed") {
    for (const auto framing : {chunk_framing::signed_chunks, chunk_framing::signed_chunks_signed_trailer}) {
        const std::string payload = "some payload";
        const auto body = encode(framing, payload, 5);
        for (std::size_t i = 0; i < body.size(); ++i) {
            auto changed = body;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CAPTURE(i);
            const auto got = decode(changed, framing);
            CHECK(got.substr(0, 5) == "error");
        }
    }
}

TEST_CASE("aws/aws_chunked: a wrong secret, or another order of chunks, does not match") {
    const auto framing = chunk_framing::signed_chunks;
    const auto body = encode(framing, "0123456789", 5);
    aws::aws_chunked_decoder other{framing, make_signer("OTHER")};
    CHECK(decode(other, body, body.size()) == "error SignatureDoesNotMatch");
    const auto first = body.substr(0, body.find("01234") + 7);
    const auto swapped = body.substr(first.size(), first.size()) + first + body.substr(2 * first.size());
    CHECK(swapped.size() == body.size());
    CHECK(decode(swapped, framing) == "error SignatureDoesNotMatch");
}

TEST_CASE("aws/aws_chunked: malformed bodies") {
    struct row {
        const char *body, *error;
    };
    static constexpr row rows[] = {
        {"\r\n", "error InvalidChunkSizeError"},
        {"x\r\n", "error InvalidChunkSizeError"},
        {"-1\r\n", "error InvalidChunkSizeError"},
        {"+1\r\nx\r\n", "error InvalidChunkSizeError"},
        {"0x1\r\nx\r\n", "error InvalidChunkSizeError"},
        {"1 \r\nx\r\n", "error InvalidChunkSizeError"},
        {"1\nx\r\n", "error InvalidChunkSizeError"},
        {"1\r\nxy\r\n", "error InvalidChunkSizeError"},
        {"1\r\nx\n\r\n", "error InvalidChunkSizeError"},
        {"10000000000000000\r\n", "error InvalidChunkSizeError"},
        {"0\r\nno colon\r\n\r\n", "error MalformedTrailerError"},
        {"0\r\n: no name\r\n\r\n", "error MalformedTrailerError"},
        {"0\r\nbad name: 1\r\n\r\n", "error MalformedTrailerError"},
        {"0\r\nname: \x01\r\n\r\n", "error MalformedTrailerError"},
        {"0\r\na:1\n\r\n", "error MalformedTrailerError"},
        {"ffffffffffffffff\r\n", "error IncompleteBody"},
        {"1\r\nx\r\nffffffffffffffff\r\n", "error EntityTooLarge"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.body);
        CHECK(decode(r.body, chunk_framing::unsigned_trailer) == r.error);
    }
    CHECK(decode("1\r\nx\r\n", chunk_framing::signed_chunks) == "error SignatureDoesNotMatch");
    CHECK(decode("1;other=1\r\nx\r\n", chunk_framing::signed_chunks) == "error SignatureDoesNotMatch");
    CHECK(decode("0\r\na:1\r\n\r\n", chunk_framing::signed_chunks, false) == "error MalformedTrailerError");
    CHECK(decode("0\r\nA: 1 \r\n\r\n", chunk_framing::unsigned_trailer) == "");
}

TEST_CASE("aws/aws_chunked: a signed trailer that lacks its signature does not match") {
    auto body = encode(chunk_framing::signed_chunks_signed_trailer, "x", 5);
    const auto at = body.find("x-amz-trailer-signature");
    body = body.substr(0, at) + "\r\n";
    CHECK(decode(body, chunk_framing::signed_chunks_signed_trailer) == "error SignatureDoesNotMatch");
}

TEST_CASE("aws/aws_chunked: limits") {
    const auto framing = chunk_framing::unsigned_trailer;
    aws::aws_chunked_limits limits;
    limits.max_payload = 10;
    limits.max_line = 20;
    limits.max_trailers = 2;
    CHECK(decode("a\r\n0123456789\r\n0\r\n\r\n", framing, false, limits) == "0123456789");
    CHECK(decode("b\r\n0123456789a\r\n0\r\n\r\n", framing, false, limits) == "error EntityTooLarge");
    CHECK(decode("5\r\n01234\r\n6\r\n567890\r\n", framing, false, limits) == "error EntityTooLarge");
    CHECK(decode(std::string(21, '0') + "\r\n", framing, false, limits) == "error InvalidChunkSizeError");
    CHECK(decode(std::string(1000, '0'), framing, false, limits) == "error InvalidChunkSizeError");
    CHECK(decode("0\r\na:" + std::string(100, 'x') + "\r\n\r\n", framing, false, limits) ==
          "error MalformedTrailerError");
    CHECK(decode("0\r\na:1\r\nb:2\r\nc:3\r\n\r\n", framing, false, limits) == "error MalformedTrailerError");
}

TEST_CASE("aws/aws_chunked: a failure lasts") {
    aws::aws_chunked_decoder decoder{chunk_framing::unsigned_trailer};
    std::string_view in = "zz\r\n0\r\n\r\n";
    CHECK(decoder.next(in).has_error());
    CHECK(decoder.next(in).has_error());
    const auto ended = decoder.finish();
    REQUIRE(ended.has_error());
    CHECK(ended.error().code() == errc::invalid_request);
    CHECK(ended.error().detail().http_status == 400);
}

} // namespace test_aws_chunked
