// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "scripted_store.hpp"

#include <doctest/doctest.h>

#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/detail/trailing_body.hpp>

namespace test_trailing_body {

using namespace scripted;
using enum checksum_algorithm;
using s3::detail::trailing_body;

std::string some_text(std::size_t size) {
    std::string out(size, '\0');
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 131 + i / 251);
    return out;
}

class text_stream final : public http::body_stream {
  public:
    text_stream(std::string text, std::size_t step) : text_{std::move(text)}, step_{step} {}
    std::uint64_t size() const noexcept override { return text_.size() + missing; }
    void rewind() noexcept override { at_ = 0; }
    result<std::span<const std::byte>> next() override {
        if (fails && at_ >= text_.size() / 2) return failure{errc::service_error, "the disk is gone"};
        const auto some = as_bytes(text_).subspan(at_, std::min(step_, text_.size() - at_));
        at_ += some.size();
        return some;
    }
    std::size_t missing = 0;
    bool fails = false;

  private:
    std::string text_;
    std::size_t step_;
    std::size_t at_ = 0;
};

s3::detail::body_pieces cut(std::string_view text, std::size_t step) {
    s3::detail::body_pieces out;
    for (std::size_t at = 0; at < text.size(); at += step) out.push_back(as_bytes(text.substr(at, step)));
    return out;
}

std::string all_of(trailing_body& body) {
    body.rewind();
    std::string out;
    for (;;) {
        const auto more = body.next();
        REQUIRE(more.has_value());
        if (more->empty()) return out;
        out += as_text(*more);
    }
}

TEST_CASE("what is sent decodes to the body and its checksum, whatever its pieces, and has the length that was said") {
    const auto text = some_text(70'000);
    const auto key = aws::chunk_signer{aws::credentials{"AKID", "HUSH"}, "20130524T000000Z", "us-east-1", "s3", std::string(64, 'a')};
    for (const auto framing : {aws::chunk_framing::unsigned_trailer, aws::chunk_framing::signed_chunks_signed_trailer})
        for (const std::size_t size : {0, 1, 8191, 8192, 8193, 70'000})
            for (const std::size_t step : {100, 8192, 30'000, 100'000})
                for (const bool streamed : {false, true}) {
                    const auto payload = text.substr(0, size);
                    std::shared_ptr<http::body_stream> source;
                    if (streamed) source = std::make_shared<text_stream>(payload, step);
                    trailing_body body{crc64nvme, streamed ? s3::detail::body_pieces{} : cut(payload, step), source, 8192};
                    body.frame(framing);
                    for (int sending = 0; sending < 2; ++sending) {
                        body.sign_with(key);
                        const auto encoded = all_of(body);
                        CHECK(encoded.size() == body.size());
                        aws::aws_chunked_decoder decoder{framing, key};
                        std::string decoded;
                        for (std::string_view in = encoded; !in.empty() && !decoder.finished();) {
                            const auto some = decoder.next(in);
                            REQUIRE(some.has_value());
                            decoded += *some;
                        }
                        CHECK(decoder.finish().has_value());
                        CHECK(decoded == payload);
                        CHECK(decoder.trailers()["x-amz-checksum-crc64nvme"] == checksum_of(crc64nvme, payload));
                    }
                }
}

TEST_CASE("a sending that ended half way leaves nothing behind in the next") {
    const auto text = some_text(20'000);
    trailing_body body{sha256, cut(text, 20'000), nullptr, 8192};
    const auto whole = all_of(body);
    body.rewind();
    for (int i = 0; i < 3; ++i) CHECK(body.next().has_value());
    CHECK(all_of(body) == whole);
}

TEST_CASE("a source that fails or ends early ends the body in an error") {
    for (const bool fails : {true, false}) {
        auto source = std::make_shared<text_stream>(some_text(20'000), 1000);
        source->fails = fails;
        source->missing = fails ? 0 : 1;
        trailing_body body{crc32, {}, source, 8192};
        failure why;
        for (int i = 0; i < 100 && !why; ++i)
            if (const auto more = body.next(); !more) why = more.error();
        CHECK(why.code() == (fails ? errc::service_error : errc::body_too_short));
    }
}

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";
bool has(const std::string& request, const std::string& text) { return request.find(text) != std::string::npos; }

TEST_CASE("the request says how its body is coded, beside what the caller said of it; each sending has the checksum of all of it") {
    const auto text = some_text(100'000);
    world w{{say::nothing(), "HTTP/1.1 503 S\r\nContent-Length: 0\r\n\r\n", ok}};
    w.run(w.client().put("s3://b/k", text, s3::put_object_options{}.content_encoding("gzip").trailing_checksum(crc32c)));
    REQUIRE(w.how->requests.size() == 3);
    for (const auto& sent : w.how->requests) {
        CHECK(has(sent, "\r\nContent-Encoding: aws-chunked,gzip\r\n"));
        CHECK(has(sent, "\r\nx-amz-decoded-content-length: 100000\r\n"));
        CHECK(has(sent, "\r\nx-amz-trailer: x-amz-checksum-crc32c\r\n"));
        CHECK(has(sent, "\r\nx-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\r\n"));
        CHECK(has(sent, "\r\nx-amz-checksum-crc32c:" + checksum_of(crc32c, text) + "\r\nx-amz-trailer-signature:"));
        CHECK(!has(sent, "\r\nx-amz-checksum-crc32c: "));
    }
}

TEST_CASE("anonymous, or with payloads that are not signed, the trailer is not signed either") {
    world w{{ok}};
    w.options.anonymous();
    w.run(w.client().put("s3://b/k", "body", s3::put_object_options{}.trailing_checksum(sha1)));
    CHECK(has(w.how->requests[0], "\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n"));
    CHECK(has(w.how->requests[0], "\r\n4\r\nbody\r\n0\r\nx-amz-checksum-sha1:" + checksum_of(sha1, "body") + "\r\n\r\n"));
    world unsigned_payload{{ok}};
    unsigned_payload.options.sign_payload(false);
    unsigned_payload.run(unsigned_payload.client().put("s3://b/k", "", s3::put_object_options{}.trailing_checksum(crc32)));
    CHECK(has(unsigned_payload.how->requests[0], "\r\n\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"));
}

TEST_CASE("what no trailer can be is refused") {
    const auto code_of = [](const s3::put_object_options& o) -> error_code {
        try {
            s3::detail::make_put_object({"b", "k"}, {}, o);
        } catch (const error& e) {
            return e.code();
        }
        return {};
    };
    CHECK(code_of(s3::put_object_options{}.trailing_checksum(md5)) == errc::invalid_option);
    s3::body_checksum small;
    small.in_trailer = true;
    small.chunk_size = 8191;
    CHECK(code_of(s3::put_object_options{}.checksum(small)) == errc::invalid_option);
}

} // namespace test_trailing_body
