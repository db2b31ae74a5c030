// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/answer.hpp"

#include "support/get_object.hpp"

#include <penstock/s3/get_object.hpp>
#include <penstock/s3/head_object.hpp>

#include <doctest/doctest.h>

#include <random>

namespace test_s3_get_object {

namespace d = penstock::s3::detail;
namespace s3 = penstock::s3;
using penstock::byte_range;
using penstock::errc;
using test_s3_answer::answer;
using options = s3::get_object_options;
using outcome = s3::get_object_outcome;
using range = s3::object_range;

TEST_CASE("s3: Content-Range") {
    const auto good = [](std::string_view text) { return d::parse_content_range(text).value(); };
    CHECK(good("bytes 0-4/10").range == byte_range{0, 5});
    CHECK(good("bytes 0-4/10").total == 10);
    CHECK(good("bytes 9-9/10").range == byte_range{9, 1});
    CHECK(good("Bytes  0-0/1 ").range == byte_range{0, 1});
    CHECK(good("bytes 0-4/*").range == byte_range{0, 5});
    CHECK(!good("bytes 0-4/*").total);
    CHECK(!good("bytes */0").range);
    CHECK(good("bytes */0").total == 0);
    CHECK(good("bytes 5497558138879-5497558138879/5497558138880").range == byte_range{5497558138879, 1});
    for (const std::string_view bad : {"",
                                       "bytes",
                                       "bytes ",
                                       "bytes */*",
                                       "bytes 0-4",
                                       "bytes 0-4/",
                                       "bytes 5-4/10",
                                       "bytes 0-10/10",
                                       "bytes -4/10",
                                       "bytes 0-/10",
                                       "bytes 0-4/10x",
                                       "bytes 0-4/-1",
                                       "bytes 0 - 4/10",
                                       "items 0-4/10",
                                       "bytes=0-4/10",
                                       "bytes 0-18446744073709551615/*",
                                       "bytes 0-18446744073709551616/*",
                                       "bytes 0-4/18446744073709551616",
                                       "bytes +0-4/10",
                                       "bytes 0-4/10, bytes 5-6/10",
                                       "<request-range>/262144"}) {
        CAPTURE(bad);
        CHECK(!d::parse_content_range(bad));
    }
}

TEST_CASE("s3: a whole object") {
    const auto got = test::parse_get_object({}, answer(200, {{"Content-Length", "5"},
                                                          {"ETag", "\"e\""},
                                                          {"Last-Modified", "Fri, 24 May 2013 00:00:00 GMT"},
                                                          {"Content-Type", "text/csv"},
                                                          {"x-amz-meta-Color", "blue"},
                                                          {"X-Amz-Meta-color", "green"},
                                                          {"x-amz-meta-", "none"},
                                                          {"x-amz-checksum-crc32c", "sOO8/Q=="},
                                                          {"x-amz-checksum-type", "FULL_OBJECT"},
                                                          {"x-amz-storage-class", "GLACIER"},
                                                          {"x-amz-restore", "ongoing-request=\"false\""},
                                                          {"x-amz-server-side-encryption", "aws:kms"},
                                                          {"x-amz-version-id", "v"}}))
                         .value();
    CHECK(got.outcome == outcome::whole);
    CHECK(got.range == byte_range{0, 5});
    const auto& m = got.metadata;
    CHECK(m.size == 5);
    CHECK(m.etag.raw() == "\"e\"");
    CHECK(m.etag.value() == "e");
    CHECK(m.last_modified == penstock::wall_time{std::chrono::seconds{1'369'353'600}});
    CHECK(m.content_type == "text/csv");
    CHECK(m.metadata.at("Color") == "blue");
    CHECK(m.metadata.at("color") == "green");
    CHECK(m.checksums.crc32c == "sOO8/Q==");
    CHECK(m.checksums.type == "FULL_OBJECT");
    CHECK(m.storage_class == "GLACIER");
    CHECK(m.restore == "ongoing-request=\"false\"");
    CHECK(m.server_side_encryption == "aws:kms");
    CHECK(m.version_id == "v");

    const auto chunked = test::parse_get_object({}, answer(200)).value();
    CHECK(chunked.outcome == outcome::whole);
    CHECK(!chunked.metadata.size);
    const auto empty = test::parse_get_object({}, answer(200, {{"Content-Length", "0"}})).value();
    CHECK(empty.outcome == outcome::whole);
    CHECK(empty.metadata.size == 0);
}

TEST_CASE("s3: fields that make no sense are left empty") {
    const auto m = d::parse_head_object(answer(200, {{"Last-Modified", "yesterday"},
                                                     {"x-amz-mp-parts-count", "many"},
                                                     {"x-amz-tagging-count", "-1"},
                                                     {"x-amz-delete-marker", "perhaps"},
                                                     {"ETag", "bare"}}))
                       .value();
    CHECK(!m.last_modified);
    CHECK(!m.parts_count);
    CHECK(!m.tag_count);
    CHECK(!m.delete_marker);
    CHECK(m.etag.value() == "bare");
    CHECK(!m.size);
}

TEST_CASE("s3: metadata of one name is joined") {
    const auto m =
        d::parse_head_object(answer(200, {{"x-amz-meta-a", "1"}, {"X-AMZ-META-a", "2"}})).value().metadata;
    CHECK(m.size() == 1);
    CHECK(m.at("a") == "1,2");
}

TEST_CASE("s3: a range that was asked for is what comes") {
    const struct {
        range asked;
        std::string_view content_range, content_length;
        byte_range body;
    } table[] = {
        {range::slice(0, 5), "bytes 0-4/10", "5", {0, 5}},
        {range::slice(0, 5), "bytes 0-4/*", "5", {0, 5}},
        {range::slice(5, 100), "bytes 5-9/10", "5", {5, 5}},
        {range::slice(5, 100), "bytes 5-9/*", "5", {5, 5}},
        {range::slice(0, 10), "bytes 0-9/10", "10", {0, 10}},
        {range::from(3), "bytes 3-9/10", "7", {3, 7}},
        {range::from(0), "bytes 0-9/10", "10", {0, 10}},
        {range::suffix(3), "bytes 7-9/10", "3", {7, 3}},
        {range::suffix(30), "bytes 0-9/10", "10", {0, 10}},
        {range::suffix(3), "bytes 7-9/*", "3", {7, 3}},
        {range::slice(UINT64_MAX - 1, 2),
         "bytes 18446744073709551614-18446744073709551614/18446744073709551615",
         "1",
         {UINT64_MAX - 1, 1}},
    };
    for (const auto& row : table) {
        CAPTURE(row.content_range);
        const auto head = answer(206, {{"Content-Range", row.content_range},
                                       {"Content-Length", row.content_length},
                                       {"ETag", "\"e\""}});
        const auto got = test::parse_get_object(options{}.range(row.asked), head);
        REQUIRE(got.has_value());
        CHECK(got->outcome == outcome::partial);
        CHECK(got->range == row.body);
        CHECK(got->metadata.size == d::parse_content_range(row.content_range)->total);
        // Chunked, the length is not said beforehand.
        CHECK(test::parse_get_object(options{}.range(row.asked),
                                  answer(206, {{"Content-Range", row.content_range}}))
                  ->range == row.body);
    }
}

TEST_CASE("s3: another range than asked for never passes") {
    const struct {
        range asked;
        std::string_view content_range, content_length;
    } table[] = {
        {range::slice(0, 5), "", "5"},
        {range::slice(0, 5), "nonsense", "5"},
        {range::slice(0, 5), "bytes */10", "5"},
        {range::slice(0, 5), "bytes 1-5/10", "5"},
        {range::slice(0, 5), "bytes 0-5/10", "6"},
        {range::slice(0, 5), "bytes 0-3/10", "4"},
        {range::slice(0, 5), "bytes 0-9/*", "10"},
        {range::slice(0, 5), "bytes 0-4/10", "6"},
        {range::slice(0, 5), "bytes 0-4/10", "4"},
        {range::from(3), "bytes 3-8/10", "6"},
        {range::from(3), "bytes 2-9/10", "8"},
        {range::suffix(3), "bytes 6-8/10", "3"},
        {range::suffix(3), "bytes 6-9/10", "4"},
        {range::suffix(3), "bytes 8-9/10", "2"},
        {range::suffix(3), "bytes 6-9/*", "4"},
        {range{}, "bytes 0-9/10", "10"},
        {range{}, "", "10"},
    };
    for (const auto& row : table) {
        CAPTURE(row.content_range);
        auto head = answer(206, {{"Content-Length", row.content_length}});
        if (!row.content_range.empty()) head.headers.add("Content-Range", row.content_range);
        const auto got = test::parse_get_object(options{}.range(row.asked), head);
        REQUIRE(!got);
        CHECK(got.error().code() == errc::malformed_response);
        CHECK(!got.error().detail().message.empty());
    }
}

TEST_CASE("s3: a part comes as the store cut it") {
    const auto head = answer(206, {{"Content-Range", "bytes 8388608-10000000/10000001"},
                                   {"Content-Length", "1611393"},
                                   {"x-amz-mp-parts-count", "2"}});
    const auto got = test::parse_get_object(options{}.part_number(2), head).value();
    CHECK(got.outcome == outcome::partial);
    CHECK(got.range == byte_range{8388608, 1611393});
    CHECK(got.metadata.size == 10000001);
    CHECK(got.metadata.parts_count == 2);
    CHECK(test::parse_get_object(options{}.part_number(1), answer(200, {{"Content-Length", "5"}}))->outcome ==
          outcome::whole);
    // The same for HEAD: the size is the object's, not the part's.
    CHECK(d::parse_head_object(head)->size == 10000001);
}

TEST_CASE("s3: a store that ignores ranges is found out") {
    const auto asked = options{}.range(range::slice(5, 5));
    const auto got = test::parse_get_object(asked, answer(200, {{"Content-Length", "100"}})).value();
    CHECK(got.outcome == outcome::range_ignored);
    CHECK(got.range == byte_range{0, 100});
    CHECK(got.metadata.size == 100);
    CHECK(test::parse_get_object(options{}.range(range::from(0)), answer(200))->outcome ==
          outcome::range_ignored);

    const auto with = [](std::string_view content_range, std::string_view length) {
        return answer(200, {{"Content-Length", length}, {"Content-Range", content_range}});
    };
    CHECK(test::parse_get_object(asked, with("bytes 0-99/100", "100"))->outcome == outcome::range_ignored);
    CHECK(test::parse_get_object({}, with("bytes 0-99/100", "100"))->outcome == outcome::whole);
    // 200 for what is plainly the range.
    const auto odd = test::parse_get_object(asked, with("bytes 5-9/100", "5")).value();
    CHECK(odd.outcome == outcome::partial);
    CHECK(odd.range == byte_range{5, 5});
    // And what is neither.
    for (const auto& head :
         {with("bytes 6-9/100", "4"), with("bytes 0-99/100", "5"), with("bytes 5-9/100", "100"),
          with("nonsense", "100"), with("bytes */100", "100")}) {
        const auto bad = test::parse_get_object(asked, head);
        REQUIRE(!bad);
        CHECK(bad.error().code() == errc::malformed_response);
    }
    CHECK(!test::parse_get_object({}, with("bytes 5-9/100", "5")));
}

TEST_CASE("s3: 304 is an answer") {
    const auto got = test::parse_get_object(options{}.if_none_match("e"),
                                         answer(304, {{"ETag", "\"e\""}, {"Content-Length", "0"}}))
                         .value();
    CHECK(got.outcome == outcome::not_modified);
    CHECK(got.metadata.etag.value() == "e");
    CHECK(!got.metadata.size);
    const auto head = d::parse_head_object(answer(304));
    REQUIRE(!head);
    CHECK(head.error().code() == errc::not_modified);
}

TEST_CASE("s3: 416") {
    const auto asked = options{}.range(range::suffix(8));
    const std::string document = "<Error><Code>InvalidRange</Code><Message>m</Message><ActualObjectSize>";
    const auto empty = test::parse_get_object(asked, answer(416, {{"Content-Range", "bytes */0"},
                                                               {"Content-Length", "200"},
                                                               {"Content-Type", "application/xml"},
                                                               {"ETag", "\"e\""}}))
                           .value();
    CHECK(empty.outcome == outcome::empty);
    CHECK(empty.metadata.size == 0);
    CHECK(empty.range == byte_range{});
    CHECK(empty.metadata.etag.value() == "e");
    CHECK(empty.metadata.content_type.empty()); // it was the error document's
    CHECK(test::parse_get_object(asked, answer(416), document + "0</ActualObjectSize></Error>")->outcome ==
          outcome::empty);

    for (const auto& got :
         {test::parse_get_object(asked, answer(416, {{"Content-Range", "bytes */3"}})),
          test::parse_get_object(asked, answer(416), document + "3</ActualObjectSize></Error>"),
          test::parse_get_object(asked, answer(416, {{"Content-Range", "bytes */3"}}),
                              document + "0</ActualObjectSize></Error>")}) {
        REQUIRE(!got);
        CHECK(got.error().code() == errc::range_not_satisfiable);
        CHECK(got.error().detail().hint.find("3 bytes") != std::string::npos);
    }
    const auto silent = test::parse_get_object(asked, answer(416));
    REQUIRE(!silent);
    CHECK(silent.error().code() == errc::range_not_satisfiable);
}

TEST_CASE("s3: 206 for the end of an empty object, as MinIO says it") {
    const auto say = [](const options& asked, const char* range, const char* length) {
        return test::parse_get_object(asked, answer(206, {{"Content-Range", range}, {"Content-Length", length}, {"ETag", "\"e\""}}));
    };
    const auto last = options{}.range(range::suffix(8));
    const auto empty = say(last, "bytes 0--1/0", "0").value();
    CHECK(empty.outcome == outcome::empty);
    CHECK(empty.metadata.size == 0);
    CHECK(empty.metadata.etag.value() == "e");
    for (const auto& wrong : {say(last, "bytes 0--1/0", "1"), say(last, "bytes 0--1/5", "0"), say(last, "bytes 0--2/0", "0"),
                              say(options{}.range(range::from(0)), "bytes 0--1/0", "0"), say(options{}, "bytes 0--1/0", "0")}) {
        REQUIRE(!wrong);
        CHECK(wrong.error().code() == errc::malformed_response);
    }
}

TEST_CASE("s3: errors of a GET") {
    const struct {
        int status;
        std::string_view body;
        errc code;
    } table[] = {
        {412, "precondition failed", errc::precondition_failed},
        {412, "", errc::precondition_failed},
        {404, "", errc::no_such_key},
        {404, "<Error><Code>NoSuchBucket</Code></Error>", errc::no_such_bucket},
        {404, "<Error><Code>NoSuchVersion</Code></Error>", errc::no_such_key},
        {403, "<Error><Code>NoSuchKey</Code></Error>", errc::no_such_key},
        {403, "<Error><Code>AccessDenied</Code></Error>", errc::access_denied},
        {400, "bad_request", errc::invalid_request},
        {301, "", errc::wrong_region},
        {503, "", errc::service_unavailable},
        {503, "<Error><Code>SlowDown</Code></Error>", errc::throttled},
        {204, "", errc::malformed_response},
        {207, "", errc::malformed_response},
    };
    for (const auto& row : table) {
        CAPTURE(row.status);
        CAPTURE(row.body);
        const auto got = test::parse_get_object({}, answer(row.status), row.body);
        REQUIRE(!got);
        CHECK(got.error().code() == row.code);
        CHECK(got.error().detail().http_status == row.status);
        CHECK(got.error().detail().operation == "get object");
    }
}

TEST_CASE("s3: whatever the numbers, the body lies where the range says") {
    std::mt19937_64 random{7};
    int accepted = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto number = [&] { return random() % 12; };
        const auto first = number(), last = number(), total = number(), length = number();
        const range asked = i % 3 == 0   ? range::slice(number(), 1 + number())
                            : i % 3 == 1 ? range::from(number())
                                         : range::suffix(1 + number());
        const auto text =
            "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(total);
        const auto size = std::to_string(length);
        const auto got = test::parse_get_object(
            options{}.range(asked), answer(206, {{"Content-Range", text}, {"Content-Length", size}}));
        // What RFC 9110 says the answer must be, worked out the plain way.
        std::uint64_t begin = asked.offset(), end = total;
        if (asked.what() == range::kind::slice) end = std::min<std::uint64_t>(total, begin + asked.length());
        if (asked.what() == range::kind::suffix) begin = total > asked.length() ? total - asked.length() : 0;
        const bool right = begin < end && first == begin && last + 1 == end && length == end - begin;
        CAPTURE(text);
        REQUIRE(got.has_value() == right);
        accepted += right;
    }
    CHECK(accepted > 5);
}

} // namespace test_s3_get_object
