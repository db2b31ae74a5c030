// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "scripted_store.hpp"

#include <doctest/doctest.h>

#include <penstock/s3/detail/body_validation.hpp>
#include <penstock/s3/detail/operation.hpp>

namespace test_body_validation {

using namespace scripted;
using enum checksum_algorithm;
using outcome = s3::get_object_outcome;

s3::get_object_body body(outcome what, std::uint64_t offset, std::uint64_t length, std::optional<std::uint64_t> size) {
    s3::get_object_body b;
    b.outcome = what;
    b.range = byte_range{offset, length};
    b.size = size;
    return b;
}

s3::object_checksums kept(std::string crc32, std::string type) {
    s3::object_checksums c;
    c.crc32 = std::move(crc32);
    c.type = std::move(type);
    return c;
}

TEST_CASE("what is compared: exactly what the value is of") {
    const auto asked = s3::get_object_options{}.checksum_mode(true);
    const auto part = s3::get_object_options{}.checksum_mode(true).part_number(2);
    const auto whole = body(outcome::whole, 0, 9, 9), unsized = body(outcome::whole, 0, 0, std::nullopt);
    const auto some = body(outcome::partial, 0, 5, 9), tail = body(outcome::partial, 5, 4, 9), all = body(outcome::partial, 0, 9, 9);
    const auto on = [](const auto& a, const auto& b, const auto& k) { return s3::detail::validation_of(a, b, k).has_value(); };
    const auto full = kept("y/Q5Jg==", "FULL_OBJECT"), untyped = kept("y/Q5Jg==", ""), composite = kept("y/Q5Jg==-2", "COMPOSITE");
    const auto of_part = kept("y/Q5Jg==", "COMPOSITE");

    for (const auto& value : {full, untyped}) {
        CHECK(on(asked, whole, value));
        CHECK(on(asked, unsized, value));
        CHECK(on(asked, all, value));
        CHECK(on(asked, body(outcome::range_ignored, 0, 9, 9), value));
        CHECK(!on(asked, some, value));
        CHECK(!on(asked, tail, value));
        CHECK(!on(part, tail, value)); // may be that of the whole object
        CHECK(!on(s3::get_object_options{}, whole, value));
        CHECK(!on(asked, body(outcome::not_modified, 0, 0, std::nullopt), value));
    }
    CHECK(!on(asked, whole, composite));
    CHECK(!on(asked, whole, kept("y/Q5Jg==-2", "")));
    CHECK(!on(asked, some, of_part)); // a range that happens to be a part
    CHECK(!on(asked, whole, of_part));
    CHECK(on(part, tail, of_part));
    CHECK(!on(part, tail, composite));
    CHECK(!on(asked, whole, s3::object_checksums{}));
}

const std::string digits = "123456789";
std::string answer(const std::string& field, const std::string& text) {
    return "HTTP/1.1 200 OK\r\nETag: \"e\"\r\n" + field + "\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

struct reading {
    std::string text;
    failure why;
    bool validated = false;
};

awaitable<void> read(s3::client c, s3::get_object_options asked, std::size_t step, reading* out) {
    auto reader = co_await c.open("s3://b/k", std::move(asked));
    std::string block(step, '\0');
    for (;;) {
        auto some = reader.read_some(std::as_writable_bytes(std::span{block}));
        auto got = co_await as_result(std::move(some));
        if (!got) {
            out->why = got.error();
            break;
        }
        if (*got == 0) break;
        out->text.append(block, 0, *got);
    }
    out->validated = reader.checksum_validated();
}

reading read(world& w, std::size_t step = 4, bool validating = true) {
    reading out;
    w.run(read(w.client(), s3::get_object_options{}.checksum_mode(validating), step, &out));
    return out;
}

TEST_CASE("a body that is what the store keeps passes, whatever the algorithm") {
    for (const auto a : {crc32, crc32c, crc64nvme, sha1, sha256})
        for (const std::size_t step : {1, 4, 9, 100}) {
            world w{{answer(std::string{checksum_header(a)} + ": " + checksum_of(a, digits), digits)}};
            const auto got = read(w, step);
            CHECK(got.text == digits);
            CHECK(got.validated);
            CHECK(w.how->requests[0].find("x-amz-checksum-mode: ENABLED\r\n") != std::string::npos);
        }
}

TEST_CASE("a body that is not ends in an error in place of its last bytes, with both values") {
    for (const bool sized : {true, false}) {
        const std::string field = "x-amz-checksum-crc32: y/Q5Jg==";
        const auto text = std::string{"123456780"};
        world w{{sized ? answer(field, text)
                       : "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nConnection: close\r\n" + field + "\r\n\r\n" + text}};
        const auto got = read(w);
        CHECK(got.why.code() == errc::bad_digest);
        CHECK(got.why.detail().message.find("CRC32 y/Q5Jg==, the bytes that came have " + checksum_of(crc32, text)) !=
              std::string::npos);
        CHECK(got.why.detail().key == "k");
        CHECK(!got.validated);
        if (sized) CHECK(got.text.size() < text.size());
    }
}

TEST_CASE("without the option nothing is asked for or compared; without a usable value nothing is compared") {
    world quiet{{answer("x-amz-checksum-crc32: AAAAAA==", digits)}};
    CHECK(read(quiet, 4, false).text == digits);
    CHECK(quiet.how->requests[0].find("checksum-mode") == std::string::npos);
    for (const char* field : {"x-amz-checksum-crc32: AAAAAA==-3", "x-amz-checksum-type: COMPOSITE\r\nx-amz-checksum-crc32: AAAAAA==",
                              "x-amz-other: 1"}) {
        world w{{answer(field, digits)}};
        const auto got = read(w);
        CHECK(got.text == digits);
        CHECK(!got.why);
        CHECK(!got.validated);
    }
}

TEST_CASE("an empty object passes or fails at its first read") {
    world good{{answer("x-amz-checksum-crc32: AAAAAA==", "")}};
    CHECK(read(good).validated);
    world bad{{answer("x-amz-checksum-crc32: y/Q5Jg==", "")}};
    CHECK(read(bad).why.code() == errc::bad_digest);
}

TEST_CASE("the comparison goes on over a connection that breaks, also where the whole comes again") {
    const std::string field = "ETag: \"e\"\r\nx-amz-checksum-crc64nvme: " + checksum_of(crc64nvme, digits) + "\r\n";
    const std::string cut = "HTTP/1.1 200 OK\r\n" + field + "Content-Length: 9\r\n\r\n1234";
    const auto rest = [&](const std::string& text) {
        return "HTTP/1.1 206 Partial Content\r\n" + field + "Content-Range: bytes 4-8/9\r\nContent-Length: 5\r\n\r\n" + text;
    };
    world ranged{{cut, rest("56789")}};
    CHECK(read(ranged, 3).validated);
    world ignoring{{cut, "HTTP/1.1 200 OK\r\n" + field + "Content-Length: 9\r\n\r\n" + digits}};
    const auto again = read(ignoring, 3);
    CHECK(again.text == digits);
    CHECK(again.validated);
    world damaged{{cut, rest("56780")}};
    CHECK(read(damaged, 3).why.code() == errc::bad_digest);
}

TEST_CASE("get validates as a reader does; head asks for checksums") {
    world w{{answer("x-amz-checksum-crc32: AAAAAA==", digits), answer("x-amz-checksum-crc32: y/Q5Jg==", "")}};
    CHECK(w.get(s3::get_object_options{}.checksum_mode(true)).error().code() == errc::bad_digest);
    const auto head = w.run(w.client().head("s3://b/k", s3::head_object_options{}.checksum_mode(true)));
    CHECK(head.checksums.crc32 == "y/Q5Jg==");
    CHECK(w.how->requests[1].find("x-amz-checksum-mode: ENABLED\r\n") != std::string::npos);
}

} // namespace test_body_validation
