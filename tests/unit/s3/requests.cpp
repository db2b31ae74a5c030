// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/s3/abort_multipart_upload.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/copy_object.hpp>
#include <penstock/s3/create_bucket.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/delete_bucket.hpp>
#include <penstock/s3/delete_object.hpp>
#include <penstock/s3/delete_objects.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/get_bucket_location.hpp>
#include <penstock/s3/get_object.hpp>
#include <penstock/s3/head_bucket.hpp>
#include <penstock/s3/head_object.hpp>
#include <penstock/s3/list_buckets.hpp>
#include <penstock/s3/list_multipart_uploads.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/s3/list_parts.hpp>
#include <penstock/s3/put_object.hpp>
#include <penstock/s3/upload_part.hpp>
#include <penstock/s3/upload_part_copy.hpp>
#include <penstock/xml/element.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <random>

/// What every builder sends, as one line each: method, place, query, headers.
namespace test_s3_requests {

namespace d = penstock::s3::detail;
namespace s3 = penstock::s3;
namespace xml = penstock::xml;
using penstock::errc;
using s3::object_address;

std::string shown(const d::operation& op) {
    std::string out = std::string{op.method} + " /" + op.bucket;
    if (!op.key.empty()) out += "/" + op.key;
    const auto query = penstock::aws::canonical_query(op.query);
    if (!query.empty()) out += "?" + query;
    for (std::size_t i = 0; i < op.headers.size(); ++i)
        out += " | " + std::string{op.headers[i].name} + ": " + std::string{op.headers[i].value};
    return out;
}

errc code_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const penstock::error& e) {
        CHECK(!e.detail().operation.empty());
        return static_cast<errc>(e.code().value());
    }
    return errc{};
}

const object_address at{"b", "k"};
const penstock::wall_time noon{std::chrono::seconds{1'398'796'238}};

TEST_CASE("s3: head object") {
    CHECK(shown(d::make_head_object(at)) == "HEAD /b/k");
    const auto op = d::make_head_object(at, s3::head_object_options{}
                                                .version_id("v/1")
                                                .part_number(7)
                                                .if_match("e")
                                                .if_none_match("\"f\"")
                                                .if_modified_since(noon)
                                                .if_unmodified_since(noon));
    CHECK(shown(op) == "HEAD /b/k?partNumber=7&versionId=v%2F1 | If-Match: \"e\" | If-None-Match: \"f\" | "
                       "If-Modified-Since: Tue, 29 Apr 2014 18:30:38 GMT | "
                       "If-Unmodified-Since: Tue, 29 Apr 2014 18:30:38 GMT");
    CHECK(!op.has_body);
    CHECK(code_of([] { d::make_head_object(at, s3::head_object_options{}.part_number(10'001)); }) ==
          errc::invalid_option);
}

TEST_CASE("s3: get object") {
    using options = s3::get_object_options;
    using range = s3::object_range;
    CHECK(shown(d::make_get_object(at)) == "GET /b/k");
    CHECK(shown(d::make_get_object(at, options{}.range(range::slice(0, 1)))) ==
          "GET /b/k | Range: bytes=0-0");
    CHECK(shown(d::make_get_object(at, options{}.range(penstock::byte_range{10, 90}))) ==
          "GET /b/k | Range: bytes=10-99");
    CHECK(shown(d::make_get_object(at, options{}.range(range::from(5)))) == "GET /b/k | Range: bytes=5-");
    CHECK(shown(d::make_get_object(at, options{}.range(range::suffix(5)))) == "GET /b/k | Range: bytes=-5");
    CHECK(shown(d::make_get_object(at, options{}.part_number(1).version_id("v"))) ==
          "GET /b/k?partNumber=1&versionId=v");
    CHECK(shown(d::make_get_object(at, options{}.if_match("W/\"e\"").range(range::from(0)))) ==
          "GET /b/k | Range: bytes=0- | If-Match: W/\"e\"");

    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    CHECK(d::range_header(range::slice(top, 1)) == "bytes=18446744073709551615-18446744073709551615");
    CHECK(d::range_header(range::slice(0, top)) == "bytes=0-18446744073709551614");
    CHECK(d::range_header(range{}) == "");
    CHECK(d::range_header(range::slice(1, top)) == "bytes=1-18446744073709551615");
    for (const auto bad : {range::slice(0, 0), range::slice(5, 0), range::suffix(0), range::slice(2, top),
                           range::slice(top, 2)})
        CHECK(code_of([&] { d::make_get_object(at, options{}.range(bad)); }) == errc::invalid_option);
    CHECK(code_of([] { d::make_get_object(at, options{}.part_number(1).range(range::from(0))); }) ==
          errc::invalid_option);
}

TEST_CASE("s3: put object") {
    const std::string_view text = "body";
    const auto op = d::make_put_object(at, {penstock::as_bytes(text)},
                                       s3::put_object_options{}
                                           .content_type("text/csv")
                                           .content_encoding("gzip")
                                           .content_disposition("attachment")
                                           .content_language("en")
                                           .cache_control("no-cache")
                                           .storage_class("STANDARD_IA")
                                           .metadata("color", "blue")
                                           .metadata("age", "7")
                                           .tag("a b", "c&d=e")
                                           .tag("x", "")
                                           .if_none_match("*"));
    CHECK(shown(op) ==
          "PUT /b/k | Content-Type: text/csv | Content-Encoding: gzip | Content-Disposition: attachment | "
          "Content-Language: en | Cache-Control: no-cache | x-amz-storage-class: STANDARD_IA | "
          "x-amz-meta-age: 7 | x-amz-meta-color: blue | x-amz-tagging: a%20b=c%26d%3De&x= | "
          "If-None-Match: *");
    CHECK(op.has_body);
    CHECK(op.body.size() == 1);
    const auto empty = d::make_put_object(at, {}, s3::put_object_options{}.if_match("e"));
    CHECK(shown(empty) == "PUT /b/k | If-Match: \"e\"");
    CHECK(empty.has_body);
    const std::string breaks[] = {"a\r\nb: c", "a\nb", {"a\0b", 3}};
    for (const auto& bad : breaks) {
        CHECK_THROWS_AS(d::make_put_object(at, {}, s3::put_object_options{}.content_type(bad)),
                        penstock::error);
        CHECK_THROWS_AS(d::make_put_object(at, {}, s3::put_object_options{}.metadata("m", bad)),
                        penstock::error);
        CHECK_THROWS_AS(d::make_put_object(at, {}, s3::put_object_options{}.metadata(bad, "m")),
                        penstock::error);
    }
    CHECK_THROWS_AS(d::make_put_object(at, {}, s3::put_object_options{}.metadata("two words", "m")),
                    penstock::error);
}

TEST_CASE("s3: delete object") {
    CHECK(shown(d::make_delete_object(at)) == "DELETE /b/k");
    CHECK(shown(d::make_delete_object(at, s3::delete_object_options{}.version_id("v").if_match("e"))) ==
          "DELETE /b/k?versionId=v | If-Match: \"e\"");
}

TEST_CASE("s3: delete objects") {
    std::vector<s3::object_identifier> objects;
    objects.emplace_back("a&b");
    objects.emplace_back("c", "v1");
    objects.emplace_back(" d\r\n");
    objects.back().if_match = "\"e\"";
    const auto op = d::make_delete_objects("b", objects, s3::delete_objects_options{}.quiet(true));
    CHECK(shown(op) ==
          "POST /b?delete= | Content-Type: application/xml | Content-MD5: mnWWQ997rfPuIPgbyXYjng==");
    CHECK(op.owned_body ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          "<Object><Key>a&amp;b</Key></Object><Object><Key>c</Key><VersionId>v1</VersionId></Object>"
          "<Object><Key> d&#13;\n</Key><ETag>&quot;e&quot;</ETag></Object><Quiet>true</Quiet></Delete>");
    CHECK(d::make_delete_objects("b", objects).owned_body.find("Quiet") == std::string::npos);

    const std::vector<s3::object_identifier> thousand(1000, s3::object_identifier{"k"});
    CHECK_NOTHROW(d::make_delete_objects("b", thousand));
    const std::vector<s3::object_identifier> too_many(1001, s3::object_identifier{"k"});
    CHECK(code_of([&] { d::make_delete_objects("b", too_many); }) == errc::invalid_option);
    CHECK(code_of([] { d::make_delete_objects("b", {}); }) == errc::invalid_option);
    for (const std::string bad : {"", "\x01", "a\xff", "\xef\xbf\xbf"}) {
        const s3::object_identifier one{bad};
        CHECK(!d::deletable_in_batch(bad));
        CHECK(code_of([&] { d::make_delete_objects("b", {&one, 1}); }) == errc::invalid_option);
    }
}

TEST_CASE("s3: copy object") {
    const object_address from{"src", "a b/\xc3\xa9?#+%"};
    CHECK(shown(d::make_copy_object(from, at)) ==
          "PUT /b/k | x-amz-copy-source: src/a%20b/%C3%A9%3F%23%2B%25");
    const auto op = d::make_copy_object(from, at,
                                        s3::copy_object_options{}
                                            .source_version_id("v/1=")
                                            .replace_metadata()
                                            .content_type("text/plain")
                                            .metadata("m", "1")
                                            .replace_tags()
                                            .tag("t", "1")
                                            .storage_class("GLACIER")
                                            .source_if_match("e")
                                            .source_if_none_match("f")
                                            .source_if_modified_since(noon)
                                            .source_if_unmodified_since(noon)
                                            .if_none_match("*"));
    CHECK(shown(op) ==
          "PUT /b/k | x-amz-copy-source: src/a%20b/%C3%A9%3F%23%2B%25?versionId=v%2F1%3D | "
          "x-amz-metadata-directive: REPLACE | x-amz-tagging-directive: REPLACE | "
          "Content-Type: text/plain | x-amz-storage-class: GLACIER | x-amz-meta-m: 1 | "
          "x-amz-tagging: t=1 | x-amz-copy-source-if-match: \"e\" | "
          "x-amz-copy-source-if-none-match: \"f\" | "
          "x-amz-copy-source-if-modified-since: Tue, 29 Apr 2014 18:30:38 GMT | "
          "x-amz-copy-source-if-unmodified-since: Tue, 29 Apr 2014 18:30:38 GMT | If-None-Match: *");
    CHECK(op.has_body);
    CHECK(shown(d::make_copy_object({"arn:aws:s3:us-west-2:123456789012:accesspoint/p", "a b"}, at)) ==
          "PUT /b/k | x-amz-copy-source: arn%3Aaws%3As3%3Aus-west-2%3A123456789012%3Aaccesspoint/p/object/a%20b");
    // What the store would silently ignore is refused.
    CHECK(code_of([&] { d::make_copy_object(from, at, s3::copy_object_options{}.content_type("x")); }) ==
          errc::invalid_option);
    CHECK(code_of([&] { d::make_copy_object(from, at, s3::copy_object_options{}.metadata("m", "x")); }) ==
          errc::invalid_option);
    CHECK(code_of([&] { d::make_copy_object(from, at, s3::copy_object_options{}.tag("m", "x")); }) ==
          errc::invalid_option);
    CHECK(code_of([&] { d::make_copy_object({"src", ""}, at); }) == errc::missing_key);
    CHECK(code_of([&] { d::make_copy_object({"", "k"}, at); }) == errc::missing_bucket);
    CHECK(code_of([&] { d::make_copy_object(from, {"b", ""}); }) == errc::missing_key);
}

TEST_CASE("s3: list objects") {
    CHECK(shown(d::make_list_objects_v2("b")) == "GET /b?encoding-type=url&list-type=2");
    CHECK(
        shown(d::make_list_objects_v2("b", s3::list_objects_options{}
                                               .prefix("a b/")
                                               .delimiter("/")
                                               .start_after("\x01+")
                                               .max_keys(0)
                                               .continuation_token("t/=")
                                               .fetch_owner(true)
                                               .encode_keys(false))) ==
        "GET "
        "/b?continuation-token=t%2F%3D&delimiter=%2F&fetch-owner=true&list-type=2&max-keys=0&prefix=a%20b%2F&"
        "start-after=%01%2B");
}

TEST_CASE("s3: operations on buckets") {
    CHECK(shown(d::make_list_buckets()) == "GET /");
    CHECK(shown(d::make_list_buckets(s3::list_buckets_options{}
                                         .prefix("p")
                                         .region("eu-west-1")
                                         .max_buckets(5)
                                         .continuation_token("t"))) ==
          "GET /?bucket-region=eu-west-1&continuation-token=t&max-buckets=5&prefix=p");
    CHECK(shown(d::make_delete_bucket("b")) == "DELETE /b");
    CHECK(shown(d::make_head_bucket("b")) == "HEAD /b");
    CHECK(shown(d::make_get_bucket_location("b")) == "GET /b?location=");
    for (const std::string_view nowhere : {"us-east-1", "auto", ""}) {
        const auto op = d::make_create_bucket("b", nowhere);
        CHECK(shown(op) == "PUT /b");
        CHECK(op.owned_body.empty());
        CHECK(op.has_body);
    }
    CHECK(d::make_head_bucket("b").plane == penstock::aws::api_plane::data);
    CHECK(d::make_delete_bucket("b").plane == penstock::aws::api_plane::control);
    const auto op = d::make_create_bucket("b", "eu-central-1");
    CHECK(op.plane == penstock::aws::api_plane::control);
    CHECK(shown(op) == "PUT /b | Content-Type: application/xml");
    CHECK(op.owned_body ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          "<LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>");
    const auto zonal = [](const char* zone, const char* type, const char* redundancy) {
        return std::string{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CreateBucketConfiguration "
                           "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Location><Name>"} +
               zone + "</Name><Type>" + type + "</Type></Location><Bucket><DataRedundancy>" + redundancy +
               "</DataRedundancy><Type>Directory</Type></Bucket></CreateBucketConfiguration>";
    };
    CHECK(d::make_create_bucket("b--use1-az4--x-s3", "us-east-1").owned_body ==
          zonal("use1-az4", "AvailabilityZone", "SingleAvailabilityZone"));
    CHECK(d::make_create_bucket("b--usw2-lax1-az1--x-s3", "us-west-2").owned_body ==
          zonal("usw2-lax1-az1", "LocalZone", "SingleLocalZone"));
}

TEST_CASE("s3: multipart uploads") {
    const std::string_view text = "body";
    const auto create = d::make_create_multipart_upload(
        at, s3::create_multipart_upload_options{}.content_type("text/csv").metadata("m", "1"));
    CHECK(shown(create) == "POST /b/k?uploads= | Content-Type: text/csv | x-amz-meta-m: 1");
    CHECK(create.has_body);
    const auto part = d::make_upload_part(at, "u/1", 3, {penstock::as_bytes(text)});
    CHECK(shown(part) == "PUT /b/k?partNumber=3&uploadId=u%2F1");
    CHECK(part.body.size() == 1);
    CHECK(shown(d::make_upload_part_copy({"s", "o"}, at, "u", 3)) ==
          "PUT /b/k?partNumber=3&uploadId=u | x-amz-copy-source: s/o");
    const auto copy = d::make_upload_part_copy({"s", "o"}, at, "u", 3,
                                               s3::upload_part_copy_options{}
                                                   .source_range(penstock::byte_range{5, 10})
                                                   .source_if_match("e")
                                                   .source_version_id("v"));
    CHECK(shown(copy) == "PUT /b/k?partNumber=3&uploadId=u | x-amz-copy-source: s/o?versionId=v | "
                         "x-amz-copy-source-range: bytes=5-14 | x-amz-copy-source-if-match: \"e\"");
    CHECK(shown(d::make_abort_multipart_upload(at, "u")) == "DELETE /b/k?uploadId=u");
    CHECK(shown(d::make_list_parts(at, "u")) == "GET /b/k?uploadId=u");
    CHECK(shown(d::make_list_parts(at, "u", s3::list_parts_options{}.part_number_marker(5).max_parts(2))) ==
          "GET /b/k?max-parts=2&part-number-marker=5&uploadId=u");
    CHECK(shown(d::make_list_multipart_uploads("b")) == "GET /b?encoding-type=url&uploads=");
    CHECK(
        shown(d::make_list_multipart_uploads(
            "b",
            s3::list_multipart_uploads_options{}.prefix("p").delimiter("/").markers("k", "u").max_uploads(
                9))) ==
        "GET "
        "/b?delimiter=%2F&encoding-type=url&key-marker=k&max-uploads=9&prefix=p&upload-id-marker=u&uploads=");

    CHECK(code_of([] {
              d::make_upload_part_copy(
                  {"s", "o"}, at, "u", 3,
                  s3::upload_part_copy_options{}.source_range(penstock::byte_range{5, 0}));
          }) == errc::invalid_option);
    for (const std::uint32_t bad : {0U, 10'001U, 4'294'967'295U}) {
        CHECK(code_of([&] { d::make_upload_part(at, "u", bad, {}); }) == errc::invalid_option);
        CHECK(code_of([&] { d::make_upload_part_copy({"s", "o"}, at, "u", bad); }) == errc::invalid_option);
    }
    CHECK(code_of([] { d::make_upload_part(at, "", 1, {}); }) == errc::invalid_option);
    CHECK(code_of([] { d::make_abort_multipart_upload(at, ""); }) == errc::invalid_option);
    CHECK(code_of([] { d::make_list_parts(at, ""); }) == errc::invalid_option);
}

TEST_CASE("s3: complete multipart upload") {
    std::vector<s3::completed_part> parts;
    parts.emplace_back(1U, s3::entity_tag{"\"e1\""});
    parts.emplace_back(3U, s3::entity_tag{"e3"});
    parts.back().checksums.crc32c = "sOO8/Q==";
    const auto op = d::make_complete_multipart_upload(
        at, "u", parts, s3::complete_multipart_upload_options{}.if_none_match("*"));
    CHECK(shown(op) == "POST /b/k?uploadId=u | If-None-Match: * | Content-Type: application/xml");
    CHECK(op.owned_body ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          "<Part><PartNumber>1</PartNumber><ETag>&quot;e1&quot;</ETag></Part>"
          "<Part><PartNumber>3</PartNumber><ETag>e3</ETag><ChecksumCRC32C>sOO8/Q==</ChecksumCRC32C>"
          "</Part></CompleteMultipartUpload>");

    const auto refused = [&](auto change) {
        auto changed = parts;
        change(changed);
        return code_of([&] { d::make_complete_multipart_upload(at, "u", changed); }) == errc::invalid_option;
    };
    CHECK(refused([](auto& p) { p.clear(); }));
    CHECK(refused([](auto& p) { std::swap(p[0], p[1]); }));
    CHECK(refused([](auto& p) { p[1].number = 1; }));
    CHECK(refused([](auto& p) { p[0].number = 0; }));
    CHECK(refused([](auto& p) { p[1].number = 10'001; }));
    CHECK(refused([](auto& p) { p[1].etag = {}; }));
    CHECK(code_of([&] { d::make_complete_multipart_upload(at, "", parts); }) == errc::invalid_option);
}

TEST_CASE("s3: no operation without its bucket and key") {
    const std::function<void(const object_address&)> on_objects[] = {
        [](const auto& a) { d::make_head_object(a); },
        [](const auto& a) { d::make_get_object(a); },
        [](const auto& a) { d::make_put_object(a, {}); },
        [](const auto& a) { d::make_delete_object(a); },
        [](const auto& a) { d::make_create_multipart_upload(a); },
        [](const auto& a) { d::make_upload_part(a, "u", 1, {}); },
        [](const auto& a) {
            d::make_upload_part_copy({"s", "o"}, a, "u", 1);
        },
        [](const auto& a) { d::make_abort_multipart_upload(a, "u"); },
        [](const auto& a) { d::make_list_parts(a, "u"); },
    };
    for (const auto& make : on_objects) {
        CHECK(code_of([&] { make({"", "k"}); }) == errc::missing_bucket);
        CHECK(code_of([&] { make({"b", ""}); }) == errc::missing_key);
        CHECK(code_of([&] { make({"b/c", "k"}); }) == errc::invalid_option);
        CHECK(code_of([&] { make({"..", "k"}); }) == errc::invalid_option);
        CHECK(code_of([&] { make({"arn:aws:s3:::b", "k"}); }) == errc::invalid_option);
        CHECK(code_of([&] { make({"arn:aws:s3:us-west-2:1:accesspoint/p", "k"}); }) == errc{});
    }
    const std::function<void(std::string_view)> on_buckets[] = {
        [](auto b) { d::make_list_objects_v2(b); },
        [](auto b) { d::make_create_bucket(b, ""); },
        [](auto b) { d::make_delete_bucket(b); },
        [](auto b) { d::make_head_bucket(b); },
        [](auto b) { d::make_get_bucket_location(b); },
        [](auto b) { d::make_list_multipart_uploads(b); },
        [](auto b) {
            const s3::object_identifier one{"k"};
            d::make_delete_objects(b, {&one, 1});
        },
    };
    for (const auto& make : on_buckets) {
        CHECK(code_of([&] { make(""); }) == errc::missing_bucket);
        CHECK(code_of([&] { make("a b"); }) == errc::invalid_option);
    }
}

std::string random_key(std::mt19937& random) {
    std::string key(1 + random() % 40, '\0');
    for (auto& c : key) c = static_cast<char>(random() % 256);
    return key;
}

TEST_CASE("s3: any bytes of a key survive path, query and copy source") {
    std::mt19937 random{20260101};
    for (int i = 0; i < 2'000; ++i) {
        const auto key = random_key(random);
        const auto op = d::make_get_object({"b", key});
        const auto path = penstock::aws::uri_encode(op.key, true);
        REQUIRE(penstock::aws::uri_decode(path) == key);

        const auto list =
            d::make_list_objects_v2("b", s3::list_objects_options{}.prefix(key).start_after(key));
        int found = 0;
        for (const auto& p : penstock::aws::parse_query(penstock::aws::canonical_query(list.query)))
            if (p.name == "prefix" || p.name == "start-after") found += p.value == key;
        REQUIRE(found == 2);

        const auto source = d::copy_source({"b", key}, key);
        const auto mark = source.find('?');
        REQUIRE(penstock::aws::uri_decode(source.substr(2, mark - 2)) == key);
        REQUIRE(penstock::aws::uri_decode(source.substr(source.find('=') + 1)) == key);
        REQUIRE(penstock::http::valid_header("x-amz-copy-source", source));
    }
}

TEST_CASE("s3: a key that a batch delete takes survives its document") {
    std::mt19937 random{20260102};
    int taken = 0;
    for (int i = 0; i < 5'000; ++i) {
        auto key = random_key(random);
        if (i % 2) // mostly text, or hardly one would be valid
            for (auto& c : key)
                c = static_cast<char>(" \t\r\n<>&'\"]aA~"[static_cast<unsigned char>(c) % 13]);
        const s3::object_identifier one{key};
        if (!d::deletable_in_batch(key)) {
            CHECK_THROWS_AS(d::make_delete_objects("b", {&one, 1}), penstock::error);
            continue;
        }
        ++taken;
        const auto document = xml::parse_document(d::make_delete_objects("b", {&one, 1}).owned_body).value();
        REQUIRE(document.find("Object")->find("Key")->text == key);
    }
    CHECK(taken >= 2'500);
}

} // namespace test_s3_requests
