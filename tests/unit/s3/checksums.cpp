// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "scripted_store.hpp"
#include "support/run.hpp"

#include <doctest/doctest.h>

#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/checksum/part_checksums.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/upload_part.hpp>

namespace test_s3_checksums {

using namespace scripted;
using enum checksum_algorithm;
namespace d = s3::detail;

const s3::object_address at{"b", "k"};
const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";
const std::string slow_down = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n";

template <class F>
error_code code_of(F f) {
    try {
        f();
    } catch (const error& e) {
        return e.code();
    }
    return {};
}

std::string document(const std::string& text) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}
const std::string created = document("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
const std::string completed = document("<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");

bool has(const std::string& request, const std::string& text) { return request.find(text) != std::string::npos; }

TEST_CASE("no checksum is sent unless it is asked for") {
    world w{{ok}};
    w.run(w.client().put("s3://b/k", "body"));
    CHECK(!has(w.how->requests[0], "checksum"));
    CHECK(!has(w.how->requests[0], "MD5"));
}

TEST_CASE("each algorithm goes in a header field of its own, over plain HTTP beside the signed hash") {
    for (const auto a : {crc32, crc32c, crc64nvme, sha1, sha256, md5}) {
        world w{{ok}};
        w.run(w.client().put("s3://b/k", "body", s3::put_object_options{}.checksum(a)));
        const auto& sent = w.how->requests[0];
        CHECK(has(sent, "\r\n" + std::string{checksum_header(a)} + ": " + checksum_of(a, "body") + "\r\n"));
        CHECK(has(sent, "\r\nx-amz-content-sha256: "));
        CHECK(has(sent, "MD5") == (a == md5));
        std::string name{checksum_header(a)};
        for (auto& c : name) c = static_cast<char>(std::tolower(c));
        CHECK(has(sent, (a == md5 ? "=" : ";") + name + ";")); // signed; MD5's comes first
    }
}

TEST_CASE("an empty body has a checksum, too; a known one is sent as it is") {
    world w{{ok, ok}};
    w.run(w.client().put("s3://b/k", "", s3::put_object_options{}.checksum(crc32)));
    CHECK(has(w.how->requests[0], "x-amz-checksum-crc32: AAAAAA==\r\n"));
    w.run(w.client().put("s3://b/k", "body", s3::put_object_options{}.checksum(crc32, "y/Q5Jg==")));
    CHECK(has(w.how->requests[1], "x-amz-checksum-crc32: y/Q5Jg==\r\n"));
}

TEST_CASE("a repeated request carries the checksum of the whole body once more") {
    const std::string body(3'000'000, 'x');
    world w{{slow_down, say::nothing(), ok}};
    w.run(w.client().put("s3://b/k", body, s3::put_object_options{}.checksum(crc64nvme)));
    REQUIRE(w.how->requests.size() == 3);
    for (const auto& sent : w.how->requests) {
        const auto field = "x-amz-checksum-crc64nvme: " + checksum_of(crc64nvme, body) + "\r\n";
        CHECK(has(sent, field));
        CHECK(sent.find("\r\nx-amz-checksum-", sent.find(field) + field.size()) == std::string::npos);
    }
}

TEST_CASE("values that are none of their algorithm, and MD5 where the store keeps checksums, are refused") {
    CHECK(code_of([] { d::make_put_object(at, {}, s3::put_object_options{}.checksum(crc32, "rosUhgp5mIg=")); }) ==
          errc::invalid_option);
    CHECK(code_of([] { d::make_put_object(at, {}, s3::put_object_options{}.checksum(md5, "rubbish")); }) ==
          errc::invalid_option);
    CHECK(code_of([] { d::make_copy_object(at, at, s3::copy_object_options{}.checksum(md5)); }) == errc::invalid_option);
    const auto create = [](checksum_algorithm a, checksum_type t) {
        return code_of([&] { d::make_create_multipart_upload(at, s3::create_multipart_upload_options{}.checksum(a, t)); });
    };
    CHECK(create(md5, checksum_type::composite) == errc::invalid_option);
    CHECK(create(sha1, checksum_type::full_object) == errc::invalid_option);
    CHECK(create(crc64nvme, checksum_type::composite) == errc::invalid_option);
    CHECK(create(crc32, checksum_type::composite) == error_code{});
    std::vector<s3::completed_part> parts;
    parts.emplace_back(1U, s3::entity_tag{"e"});
    CHECK(code_of([&] {
              d::make_complete_multipart_upload(
                  at, "u", parts, s3::complete_multipart_upload_options{}.checksum(md5, "x", checksum_type::composite));
          }) == errc::invalid_option);
}

TEST_CASE("multipart: create, part, complete and copy say what they must") {
    const auto create = d::make_create_multipart_upload(at, s3::create_multipart_upload_options{}.checksum(crc32c));
    CHECK(create.headers["x-amz-checksum-algorithm"] == "CRC32C");
    CHECK(create.headers["x-amz-checksum-type"] == "FULL_OBJECT");
    const auto hashed = d::make_create_multipart_upload(at, s3::create_multipart_upload_options{}.checksum(sha256));
    CHECK(hashed.headers["x-amz-checksum-type"] == "COMPOSITE");
    const auto part = d::make_upload_part(at, "u", 1, {}, s3::upload_part_options{}.checksum(md5));
    CHECK(part.checksum->algorithm == md5);
    std::vector<s3::completed_part> parts;
    parts.emplace_back(1U, s3::entity_tag{"e"});
    const auto complete = d::make_complete_multipart_upload(
        at, "u", parts,
        s3::complete_multipart_upload_options{}.checksum(crc32, "y/Q5Jg==", checksum_type::full_object).object_size(9));
    CHECK(complete.headers["x-amz-checksum-crc32"] == "y/Q5Jg==");
    CHECK(complete.headers["x-amz-checksum-type"] == "FULL_OBJECT");
    CHECK(complete.headers["x-amz-mp-object-size"] == "9");
    CHECK(d::make_copy_object(at, at, s3::copy_object_options{}.checksum(sha1)).headers["x-amz-checksum-algorithm"] == "SHA1");
}

TEST_CASE("a batch delete is guarded by the checksum of choice") {
    const std::vector<s3::object_identifier> keys(1, s3::object_identifier{"k"});
    const auto op = d::make_delete_objects("b", keys, s3::delete_objects_options{}.checksum(sha256));
    CHECK(op.headers["x-amz-checksum-sha256"] == checksum_of(sha256, op.owned_body));
    CHECK(!op.headers.find("Content-MD5"));
}

awaitable<void> write_parts(s3::client c, std::string first, std::string second, s3::put_object_options options) {
    auto w = c.create("s3://b/k", std::move(options));
    co_await w.write(first);
    co_await w.write(second);
    co_await w.commit();
}

TEST_CASE("a writer gives every part a checksum, and the object the one of its parts") {
    const std::string first(std::size_t{1} << 20, '1'), second = "the rest";
    for (const auto a : {crc32, crc32c, crc64nvme, sha1, sha256, md5}) {
        CAPTURE(to_string(a));
        world w{{created, ok, slow_down, ok, completed}};
        w.options.part_size(std::uint64_t{1} << 20).upload_concurrency(1);
        w.run(write_parts(w.client(), first, second, s3::put_object_options{}.checksum(a)));
        const auto& sent = w.how->requests;
        REQUIRE(sent.size() == 5);
        const auto field = [a](const std::string& value) { return std::string{checksum_header(a)} + ": " + value + "\r\n"; };
        CHECK(has(sent[1], field(checksum_of(a, first))));
        CHECK(has(sent[2], field(checksum_of(a, second))));
        CHECK(has(sent[3], field(checksum_of(a, second))));
        if (a == md5) { // guards each part on its way; the store keeps none
            CHECK(!has(sent[0] + sent[4], "checksum"));
            continue;
        }
        CHECK(has(sent[0], "x-amz-checksum-algorithm: " + std::string{to_string(a)} + "\r\n"));
        const auto type = is_crc(a) ? checksum_type::full_object : checksum_type::composite;
        part_checksums whole{a, type};
        whole.add(checksum_of(a, first), first.size());
        whole.add(checksum_of(a, second), second.size());
        CHECK(has(sent[4], field(is_crc(a) ? checksum_of(a, first + second) : whole.finish())));
        CHECK(has(sent[4], "x-amz-checksum-type: " + std::string{to_string(type)} + "\r\n"));
        CHECK(has(sent[4], "x-amz-mp-object-size: " + std::to_string(first.size() + second.size()) + "\r\n"));
        CHECK(has(sent[4], "<Checksum" + std::string{to_string(a)} + ">" + checksum_of(a, second) + "<"));
    }
}

TEST_CASE("a known checksum of the whole is compared for an object in parts where it can be") {
    const std::string first(std::size_t{1} << 20, '1'), second = "the rest";
    world w{{created, ok, ok, completed}};
    w.options.part_size(std::uint64_t{1} << 20).upload_concurrency(1);
    w.run(write_parts(w.client(), first, second, s3::put_object_options{}.checksum(crc32, "y/Q5Jg==")));
    CHECK(has(w.how->requests[3], "x-amz-checksum-crc32: y/Q5Jg==\r\n"));
    world hashed{{created, ok, ok, completed}};
    hashed.options.part_size(std::uint64_t{1} << 20);
    const auto failed = hashed.run(as_result(write_parts(
        hashed.client(), first, second, s3::put_object_options{}.checksum(sha1, checksum_of(sha1, first + second)))));
    REQUIRE(failed.has_error());
    CHECK(failed.error().code() == errc::invalid_option);
    CHECK(hashed.how->requests.empty());
}

} // namespace test_s3_checksums
