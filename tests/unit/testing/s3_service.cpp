// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/s3_service.hpp>

#include <penstock/aws/aws_chunked.hpp>
#include <penstock/aws/sigv4.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/testing/detail/digest.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/xml/element.hpp>

#include "folder_support.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace s3_service_test {

using namespace penstock;
using namespace std::chrono_literals;
using testing::detail::digest_kind;
using testing::detail::digest_of;
using testing::detail::to_base64;

struct answer {
    answer() = default;
    int status = 0;
    std::string code;
    http::header_list headers;
    std::string body;

    std::string text(std::string_view element) const {
        const auto open = "<" + std::string{element} + ">";
        const auto from = body.find(open);
        if (from == std::string::npos) return "(none)";
        return body.substr(from + open.size(), body.find('<', from + open.size()) - from - open.size());
    }
    std::vector<std::string> texts(std::string_view element) const {
        std::vector<std::string> out;
        const auto open = "<" + std::string{element} + ">";
        for (auto at = body.find(open); at != std::string::npos; at = body.find(open, at + 1))
            out.push_back(body.substr(at + open.size(), body.find('<', at + open.size()) - at - open.size()));
        return out;
    }
};

using fields = std::initializer_list<std::pair<std::string_view, std::string>>;

struct world {
    explicit world(testing::s3_service_options options = testing::s3_service_options(),
                   std::shared_ptr<testing::storage> where = testing::make_memory_storage())
        : store{std::move(where)}, service{std::move(options), store, clock, make_seeded_random(1)} {}

    answer run(testing::s3_request request, std::string_view body = {}, std::size_t piece = 1 << 20) {
        if (!request.headers.contains("host")) request.headers.add("Host", "localhost");
        if (!body.empty() || request.method == "PUT" || request.method == "POST")
            if (!request.headers.contains("transfer-encoding") && !no_length)
                request.content_length = body.size();
        auto exchange = service.start(std::move(request));
        early = exchange->refused();
        for (std::size_t at = 0; at < body.size(); at += piece)
            exchange->write(std::as_bytes(std::span{body.substr(at, piece)}));
        auto r = exchange->finish();
        answer out;
        out.status = r.status;
        out.code = r.code;
        out.headers = r.headers;
        out.body = r.body;
        if (r.object) {
            std::byte scratch[100];
            while (out.body.size() < r.length) {
                auto bytes = r.object->bytes->chunk(r.offset + out.body.size(), scratch);
                REQUIRE_FALSE(bytes.empty());
                bytes = bytes.first(std::min<std::size_t>(bytes.size(), r.length - out.body.size()));
                out.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            }
        }
        // Every error is a document that others can parse, and says the same as the head.
        if (r.status >= 400) {
            const auto document = xml::parse_document(r.body);
            REQUIRE(document.has_value());
            CHECK(document->find("Code")->text == r.code);
            CHECK(document->find("RequestId")->text == r.headers["x-amz-request-id"]);
            CHECK(document->find("Resource") != nullptr);
        }
        CHECK_FALSE(r.headers["x-amz-request-id"].empty());
        return out;
    }

    answer operator()(std::string method, std::string target, std::string_view body = {},
                      fields headers = {}) {
        testing::s3_request r{std::move(method), std::move(target)};
        for (const auto& [name, value] : headers) r.headers.add(name, value);
        return run(std::move(r), body);
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    std::shared_ptr<testing::storage> store;
    testing::s3_service service;
    bool early = false;
    bool no_length = false;
};

world with_bucket(testing::s3_service_options options = testing::s3_service_options()) {
    world w{std::move(options)};
    w.store->create_bucket("bucket", w.clock->wall_now());
    return w;
}

/// Requests by a client that has the right secret, signed by the library's own signer.
struct signed_world : world {
    signed_world()
        : world{testing::s3_service_options()
                    .credentials("AKIDEXAMPLE", "secret")
                    .credentials("ASIA", "temp", "token")} {
        store->create_bucket("bucket", clock->wall_now());
    }

    http::request make(std::string method, std::string path, std::string query = {}) {
        http::request r;
        r.method = std::move(method);
        r.path = std::move(path);
        r.query = std::move(query);
        r.headers.add("Host", "localhost");
        return r;
    }
    static testing::s3_request received(const http::request& r) {
        testing::s3_request out{r.method, r.path + (r.query.empty() ? "" : "?" + r.query)};
        out.headers = r.headers;
        return out;
    }
    answer send(http::request r, std::string_view body = {}, std::string hash = {}) {
        signer.sign(r, who, clock->wall_now(), hash.empty() ? aws::sha256_hex(body) : hash);
        return run(received(r), body);
    }

    aws::credentials who{"AKIDEXAMPLE", "secret"};
    aws::signer signer{"us-east-1"};
};

} // namespace s3_service_test

TEST_CASE("s3 service: put, get, head, delete") {
    using namespace s3_service_test;
    auto w = with_bucket();
    auto put = w("PUT", "/bucket/a/key", "hello",
                 {{"Content-Type", "text/x"}, {"X-Amz-Meta-Colour", "blue"}, {"Cache-Control", "no-store"}});
    CHECK(put.status == 200);
    CHECK(put.headers["etag"] == "\"5d41402abc4b2a76b9719d911017c592\"");
    auto got = w("GET", "/bucket/a/key");
    CHECK(got.status == 200);
    CHECK(got.body == "hello");
    CHECK(got.headers["content-type"] == "text/x");
    CHECK(got.headers["cache-control"] == "no-store");
    CHECK(got.headers["x-amz-meta-colour"] == "blue");
    CHECK(got.headers["last-modified"] == "Thu, 01 Jan 2026 00:00:00 GMT");
    CHECK(got.headers["accept-ranges"] == "bytes");
    auto head = w("HEAD", "/bucket/a/key");
    CHECK(head.status == 200);
    CHECK(head.headers["etag"] == put.headers["etag"]);
    CHECK(w("DELETE", "/bucket/a/key").status == 204);
    CHECK(w("DELETE", "/bucket/a/key").status == 204);
    CHECK(w("GET", "/bucket/a/key").code == "NoSuchKey");
    CHECK(w("GET", "/bucket/a/key").status == 404);
    CHECK(w("GET", "/nowhere/a/key").code == "NoSuchBucket");
    w("PUT", "/bucket/plain", "");
    CHECK(w("GET", "/bucket/plain").headers["content-type"] == "binary/octet-stream");
}

TEST_CASE("s3 service: ranges") {
    using namespace s3_service_test;
    auto w = with_bucket();
    w("PUT", "/bucket/k", "0123456789");
    w("PUT", "/bucket/empty", "");
    struct row {
        const char* range;
        int status;
        const char* body;
        const char* content_range;
    };
    for (const auto& [range, status, body, content_range] :
         {row{"bytes=0-0", 206, "0", "bytes 0-0/10"},
          {"bytes=2-4", 206, "234", "bytes 2-4/10"},
          {"bytes=7-", 206, "789", "bytes 7-9/10"},
          {"bytes=7-99", 206, "789", "bytes 7-9/10"},
          {"bytes=-3", 206, "789", "bytes 7-9/10"},
          {"bytes=-99", 206, "0123456789", "bytes 0-9/10"},
          {"bytes=0-", 206, "0123456789", "bytes 0-9/10"},
          {"bytes=9-18446744073709551615", 206, "9", "bytes 9-9/10"},
          {"bytes=9-99999999999999999999999999", 206, "9", "bytes 9-9/10"},
          {"bytes=0-18446744073709551615", 206, "0123456789", "bytes 0-9/10"},
          {"bytes=0-18446744073709551614", 206, "0123456789", "bytes 0-9/10"},
          {"bytes=0-18446744073709551616", 206, "0123456789", "bytes 0-9/10"},
          {"bytes=1-18446744073709551615", 206, "123456789", "bytes 1-9/10"},
          {"bytes=-18446744073709551615", 206, "0123456789", "bytes 0-9/10"},
          {"bytes=-99999999999999999999999999", 206, "0123456789", "bytes 0-9/10"},
          {"bytes=00000000000000000000000001-2", 206, "12", "bytes 1-2/10"},
          {"bytes=0-99999999999999999999999x", 200, "0123456789", ""},
          {"bytes=-99999999999999999999999x", 200, "0123456789", ""},
          {"bytes=4-2", 200, "0123456789", ""},
          {"bytes=a-b", 200, "0123456789", ""},
          {"bytes=1-2,4-5", 200, "0123456789", ""},
          {"items=1-2", 200, "0123456789", ""},
          {"bytes=", 200, "0123456789", ""},
          {"bytes=-", 200, "0123456789", ""},
          {"bytes=1", 200, "0123456789", ""}}) {
        const auto got = w("GET", "/bucket/k", {}, {{"Range", range}});
        CHECK_MESSAGE(got.status == status, range);
        CHECK_MESSAGE(got.body == body, range);
        CHECK_MESSAGE(got.headers["content-range"] == content_range, range);
    }
    for (const char* range :
         {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=10-18446744073709551615",
          "bytes=18446744073709551615-", "bytes=18446744073709551615-18446744073709551615",
          "bytes=99999999999999999999999-", "bytes=99999999999999999999-99999999999999999999"}) {
        const auto got = w("GET", "/bucket/k", {}, {{"Range", range}});
        CHECK_MESSAGE(got.status == 416, range);
        CHECK(got.code == "InvalidRange");
        CHECK(got.headers["content-range"] == "bytes */10");
    }
    const auto empty = w("GET", "/bucket/empty", {}, {{"Range", "bytes=0-"}});
    CHECK(empty.status == 416);
    CHECK(empty.headers["content-range"] == "bytes */0");
    CHECK(w("HEAD", "/bucket/k", {}, {{"Range", "bytes=2-4"}}).headers["content-range"] == "bytes 2-4/10");

    const auto etag = std::string{w("HEAD", "/bucket/k").headers["etag"]};
    CHECK(w("GET", "/bucket/k", {}, {{"Range", "bytes=2-4"}, {"If-Range", etag}}).status == 206);
    CHECK(w("GET", "/bucket/k", {}, {{"Range", "bytes=2-4"}, {"If-Range", "\"x\""}}).status == 200);
}

TEST_CASE("s3 service: conditions of reads") {
    using namespace s3_service_test;
    auto w = with_bucket();
    const auto etag = std::string{w("PUT", "/bucket/k", "x").headers["etag"]};
    const std::string bare = etag.substr(1, etag.size() - 2);
    const std::string then = "Thu, 01 Jan 2026 00:00:00 GMT", before = "Wed, 31 Dec 2025 23:59:59 GMT",
                      later = "Thu, 01 Jan 2026 00:00:01 GMT";
    struct row {
        std::vector<std::pair<std::string, std::string>> headers;
        int status;
    };
    const std::vector<row> rows{
        {{{"If-Match", etag}}, 200},
        {{{"If-Match", bare}}, 200},
        {{{"If-Match", "\"a\", " + etag}}, 200},
        {{{"If-Match", "*"}}, 200},
        {{{"If-Match", "\"a\""}}, 412},
        {{{"If-Match", ""}}, 412},
        {{{"If-None-Match", etag}}, 304},
        {{{"If-None-Match", "W/" + etag}}, 304},
        {{{"If-None-Match", "*"}}, 304},
        {{{"If-None-Match", "\"a\""}}, 200},
        {{{"If-Modified-Since", before}}, 200},
        {{{"If-Modified-Since", then}}, 304},
        {{{"If-Modified-Since", later}}, 304},
        {{{"If-Modified-Since", "rubbish"}}, 200},
        {{{"If-Unmodified-Since", before}}, 412},
        {{{"If-Unmodified-Since", then}}, 200},
        {{{"If-Unmodified-Since", later}}, 200},
        // RFC 9110, section 13.2.2: tags beat dates.
        {{{"If-Match", etag}, {"If-Unmodified-Since", before}}, 200},
        {{{"If-None-Match", "\"a\""}, {"If-Modified-Since", later}}, 200},
        {{{"If-None-Match", etag}, {"If-Modified-Since", before}}, 304},
        {{{"If-Match", "\"a\""}, {"If-None-Match", etag}}, 412},
    };
    for (const auto& [headers, status] : rows) {
        testing::s3_request r{"GET", "/bucket/k"};
        for (const auto& [name, value] : headers) r.headers.add(name, value);
        CHECK_MESSAGE(w.run(std::move(r)).status == status, headers.front().first, ": ",
                      headers.front().second);
    }
    CHECK(w("GET", "/bucket/k", {}, {{"If-None-Match", etag}}).headers["etag"] == etag);
    CHECK(w("GET", "/bucket/k", {}, {{"If-Match", "\"a\""}, {"Range", "bytes=0-0"}}).code ==
          "PreconditionFailed");
}

TEST_CASE("s3 service: conditions of writes") {
    using namespace s3_service_test;
    auto w = with_bucket();
    CHECK(w("PUT", "/bucket/k", "1", {{"If-Match", "\"a\""}}).code == "NoSuchKey");
    CHECK(w("PUT", "/bucket/k", "1", {{"If-None-Match", "*"}}).status == 200);
    CHECK(w("PUT", "/bucket/k", "2", {{"If-None-Match", "*"}}).code == "PreconditionFailed");
    CHECK(w.early); // before the body came
    CHECK(w("PUT", "/bucket/k", "2", {{"If-None-Match", "\"a\""}}).code == "NotImplemented");
    const auto etag = std::string{w("HEAD", "/bucket/k").headers["etag"]};
    CHECK(w("PUT", "/bucket/k", "2", {{"If-Match", "\"a\""}}).status == 412);
    CHECK(w("PUT", "/bucket/k", "2", {{"If-Match", etag}}).status == 200);
    CHECK(w("DELETE", "/bucket/k", {}, {{"If-Match", etag}}).status == 412);
    CHECK(w("GET", "/bucket/k").body == "2");
    CHECK(w("DELETE", "/bucket/none", {}, {{"If-Match", etag}}).code == "NoSuchKey");
    CHECK(w("DELETE", "/bucket/k", {}, {{"If-Match", "*"}}).status == 204);

    // Who comes second loses, even where both started before either was done.
    testing::s3_request first{"PUT", "/bucket/race"}, second{"PUT", "/bucket/race"};
    for (auto* r : {&first, &second}) {
        r->headers.add("If-None-Match", "*");
        r->headers.add("Host", "localhost");
        r->content_length = 1;
    }
    auto a = w.service.start(first), b = w.service.start(second);
    a->write(std::as_bytes(std::span{"a", 1}));
    b->write(std::as_bytes(std::span{"b", 1}));
    CHECK(b->finish().status == 200);
    CHECK(a->finish().status == 412);
    CHECK(w("GET", "/bucket/race").body == "b");
}

TEST_CASE("s3 service: digests of a body") {
    using namespace s3_service_test;
    auto w = with_bucket();
    const auto md5 = to_base64(digest_of(digest_kind::md5, "body"));
    CHECK(w("PUT", "/bucket/k", "body", {{"Content-MD5", md5}}).status == 200);
    CHECK(w("PUT", "/bucket/bad", "bodx", {{"Content-MD5", md5}}).code == "BadDigest");
    CHECK(w("PUT", "/bucket/bad", "body", {{"Content-MD5", "rubbish"}}).code == "InvalidDigest");
    CHECK(w("PUT", "/bucket/bad", "body", {{"x-amz-content-sha256", aws::sha256_hex("bodx")}}).code ==
          "XAmzContentSHA256Mismatch");
    for (auto kind : {digest_kind::crc32, digest_kind::crc32c, digest_kind::crc64nvme, digest_kind::sha1,
                      digest_kind::sha256}) {
        const auto header = testing::detail::checksum_header(kind);
        const auto value = to_base64(digest_of(kind, "body"));
        CHECK(w("PUT", "/bucket/k", "body", {{header, value}}).headers[header] == value);
        CHECK(w("HEAD", "/bucket/k", {}, {{"x-amz-checksum-mode", "ENABLED"}}).headers[header] == value);
        CHECK(w("HEAD", "/bucket/k").headers[header].empty());
        CHECK(w("GET", "/bucket/k", {}, {{"x-amz-checksum-mode", "ENABLED"}, {"Range", "bytes=0-1"}})
                  .headers[header]
                  .empty());
        CHECK(w("PUT", "/bucket/bad", "bodx", {{header, value}}).code == "BadDigest");
        CHECK(w("PUT", "/bucket/bad", "body", {{header, "YQ=="}}).code == "InvalidRequest");
    }
    CHECK(w("PUT", "/bucket/bad", "body",
            {{"x-amz-checksum-crc32", to_base64(digest_of(digest_kind::crc32, "body"))},
             {"x-amz-checksum-sha1", to_base64(digest_of(digest_kind::sha1, "body"))}})
              .code == "InvalidRequest");
    for (const std::string name : {"md5", "sha512", "xxhash64", "crc32x"}) // as if it had been compared
        CHECK(w("PUT", "/bucket/bad", "body", {{"x-amz-checksum-" + name, "YQ=="}}).code == "InvalidRequest");
    CHECK(w("GET", "/bucket/bad").status == 404);
}

TEST_CASE("s3 service: a body shorter or longer than promised is not stored") {
    using namespace s3_service_test;
    auto w = with_bucket();
    for (const std::string_view body : {"", "shor", "longer"}) {
        testing::s3_request r{"PUT", "/bucket/k"};
        r.headers.add("Host", "localhost");
        r.content_length = 5;
        auto e = w.service.start(r);
        if (!body.empty()) e->write(std::as_bytes(std::span{body}));
        CHECK(e->finish().code == "IncompleteBody");
    }
    CHECK(w("GET", "/bucket/k").status == 404);
    w.no_length = true;
    CHECK(w("PUT", "/bucket/k", "x").status == 411);
    testing::s3_request r{"PUT", "/bucket/k"};
    r.headers.add("Host", "localhost");
    r.content_length = std::uint64_t{6} << 30;
    auto e = w.service.start(r);
    CHECK(e->refused());
    CHECK(e->finish().code == "EntityTooLarge");
}

TEST_CASE("s3 service: buckets") {
    using namespace s3_service_test;
    world w;
    CHECK(w("GET", "/").texts("Name").empty());
    CHECK(w("PUT", "/my-bucket").status == 200);
    CHECK(w("PUT", "/my-bucket").code == "BucketAlreadyOwnedByYou");
    CHECK(w("PUT", "/My_Bucket").code == "InvalidBucketName");
    CHECK(w("PUT", "/other",
            "<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></"
            "CreateBucketConfiguration>")
              .status == 200);
    CHECK(w("PUT", "/third",
            "<CreateBucketConfiguration><LocationConstraint>mars-1</LocationConstraint></"
            "CreateBucketConfiguration>")
              .code == "IllegalLocationConstraintException");
    CHECK(w("PUT", "/third", "<rubbish").code == "MalformedXML");
    CHECK(w("GET", "/").texts("Name") == std::vector<std::string>{"my-bucket", "other"});
    CHECK(w("HEAD", "/my-bucket").headers["x-amz-bucket-region"] == "us-east-1");
    CHECK(w("HEAD", "/nothing").status == 404);
    CHECK(w("GET", "/my-bucket?location").body.find("<LocationConstraint xmlns") != std::string::npos);
    w("PUT", "/my-bucket/k", "x");
    CHECK(w("DELETE", "/my-bucket").code == "BucketNotEmpty");
    w("DELETE", "/my-bucket/k");
    CHECK(w("DELETE", "/my-bucket").status == 204);
    CHECK(w("DELETE", "/my-bucket").code == "NoSuchBucket");
}

TEST_CASE("s3 service: a bucket in the host name") {
    using namespace s3_service_test;
    auto w = with_bucket(testing::s3_service_options().base_domain("s3.example"));
    w("PUT", "/bucket/k/y", "x");
    CHECK(w("GET", "/k/y", {}, {{"Host", "bucket.s3.localhost:9000"}}).body == "x");
    CHECK(w("GET", "/k/y", {}, {{"Host", "bucket.localhost"}}).body == "x");
    CHECK(w("GET", "/k/y", {}, {{"Host", "BUCKET.S3.example"}}).body == "x");
    CHECK(w("GET", "/bucket/k/y", {}, {{"Host", "s3.localhost:80"}}).body == "x");
    CHECK(w("GET", "/bucket/k/y", {}, {{"Host", "127.0.0.1:80"}}).body == "x");
    CHECK(w("GET", "/?list-type=2", {}, {{"Host", "bucket.s3.example"}}).texts("Key") ==
          std::vector<std::string>{"k/y"});
}

TEST_CASE("s3 service: what it does not do, it says") {
    using namespace s3_service_test;
    auto w = with_bucket();
    w("PUT", "/bucket/k", "x");
    for (const char* target : {"/bucket?acl", "/bucket?policy", "/bucket/k?acl",
                               "/bucket/k?attributes"}) {
        CHECK_MESSAGE(w("GET", target).code == "NotImplemented", target);
        CHECK(w("GET", target).status == 501);
    }
    CHECK(w("GET", "/bucket/k?versionId=null").body == "x");
    CHECK(w("POST", "/bucket").code == "NotImplemented");
    CHECK(w("POST", "/bucket/k").code == "MethodNotAllowed");
    CHECK(w("PATCH", "/bucket/k").status == 405);
    CHECK(w("PUT", "/").code == "MethodNotAllowed");
    CHECK(w("PUT", "/bucket/k", "x", {{"x-amz-object-lock-mode", "GOVERNANCE"}}).code == "NotImplemented");
    CHECK(w("PUT", "/bucket/k", "x", {{"x-amz-storage-class", "GLACIER"}}).code == "InvalidStorageClass");
    CHECK(w("PUT", "/bucket/k", "x", {{"x-amz-meta-long", std::string(2100, 'x')}}).code ==
          "MetadataTooLarge");
    CHECK(w("PUT", "/bucket/" + std::string(1025, 'k'), "x").code == "KeyTooLongError");
    CHECK(w("PUT", "/bucket/" + std::string(1024, 'k'), "x").status == 200);
    CHECK(w("GET", "/bucket/%zz").code == "InvalidURI");
    CHECK(w("GET", "rubbish").code == "InvalidURI");
    CHECK(w("GET", "http://localhost/bucket/k").body == "x");
    CHECK(w("GET", "/bucket/k", {}, {{"x-amz-expected-bucket-owner", "111122223333"}}).code ==
          "AccessDenied");
}

TEST_CASE("s3 service: every key survives") {
    using namespace s3_service_test;
    auto w = with_bucket();
    std::vector<std::string> keys{"a+b c%20\xc3\xa9/..;?#",
                                  "/lead",
                                  "x//y",
                                  "..",
                                  "a/../b",
                                  "<&>\"'",
                                  "\r\n\t",
                                  "end/",
                                  std::string{"\0\x01\x7f", 3},
                                  "\xff\xfe",
                                  "\xe2\x82\xac",
                                  std::string(1024, '/')};
    for (const auto& k : keys) {
        const auto target = "/bucket/" + aws::uri_encode(k, true);
        CHECK(w("PUT", target, k).status == 200);
        CHECK(w("GET", target).body == k);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::string> listed;
    for (const auto& k : w("GET", "/bucket?list-type=2&encoding-type=url").texts("Key"))
        listed.push_back(aws::uri_decode(k).value());
    CHECK(listed == keys);
    // XML cannot hold some of them: an error that says so beats a document that nobody can read.
    CHECK(w("GET", "/bucket?list-type=2").code == "InvalidArgument");
    CHECK(w("GET", "/bucket?list-type=2&encoding-type=base64").code == "InvalidArgument");
}

TEST_CASE("s3 service: lists, their pages and prefixes") {
    using namespace s3_service_test;
    auto w = with_bucket();
    std::vector<std::string> keys;
    for (const char* d : {"a/", "b/", "b-", "c/d/", ""})
        for (int i = 0; i < 5; ++i) keys.push_back(d + std::to_string(i));
    for (const auto& k : keys) w("PUT", "/bucket/" + k, k);
    std::sort(keys.begin(), keys.end());

    auto pages = [&](const std::string& parameters, int size) {
        std::pair<std::vector<std::string>, std::vector<std::string>> out;
        std::string token;
        for (int n = 0; n < 100; ++n) {
            const auto page =
                w("GET", "/bucket?list-type=2&max-keys=" + std::to_string(size) + parameters +
                             (token.empty() ? "" : "&continuation-token=" + aws::uri_encode(token)));
            REQUIRE(page.status == 200);
            for (const auto& k : page.texts("Key")) out.first.push_back(k);
            auto prefixes = page.texts("Prefix");
            for (std::size_t i = 1; i < prefixes.size(); ++i)
                out.second.push_back(prefixes[i]); // the first is the request's
            CHECK(page.text("KeyCount") == std::to_string(page.texts("Key").size() + prefixes.size() - 1));
            if (page.text("IsTruncated") == "false") return out;
            CHECK(page.texts("Key").size() + prefixes.size() - 1 == std::size_t(size));
            token = page.text("NextContinuationToken");
        }
        FAIL("the list has no end");
        return out;
    };
    for (int size : {1, 2, 3, 25, 1000, 5000}) {
        if (size <= 1000) CHECK(pages("", size).first == keys);
        const auto [top, prefixes] = pages("&delimiter=%2F", std::min(size, 1000));
        CHECK(top == std::vector<std::string>{"0", "1", "2", "3", "4", "b-0", "b-1", "b-2", "b-3", "b-4"});
        CHECK(prefixes == std::vector<std::string>{"a/", "b/", "c/"});
        const auto [none, below] = pages("&delimiter=%2F&prefix=c%2F", std::min(size, 1000));
        CHECK(none.empty());
        CHECK(below == std::vector<std::string>{"c/d/"});
    }
    CHECK(pages("&prefix=b", 2).first.size() == 10);
    CHECK(pages("&delimiter=-", 1000).second == std::vector<std::string>{"b-"});
    CHECK(w("GET", "/bucket?list-type=2&start-after=b%2F3").texts("Key").front() == "b/4");
    CHECK(w("GET", "/bucket?list-type=2&max-keys=5000").text("MaxKeys") == "1000");
    CHECK(w("GET", "/bucket?list-type=2&max-keys=0").text("IsTruncated") == "false");
    for (const char* bad : {"-1", "x", "1x", "99999999999999999999"})
        CHECK_MESSAGE(w("GET", std::string{"/bucket?list-type=2&max-keys="} + bad).code == "InvalidArgument",
                      bad);
    CHECK(w("GET", "/bucket?list-type=2&continuation-token=rubbish").code == "InvalidArgument");
    CHECK(w("GET", "/bucket?list-type=2&fetch-owner=true").text("DisplayName") != "(none)");

    // Version 1, by markers.
    std::vector<std::string> found;
    std::string marker;
    for (int n = 0; n < 100; ++n) {
        const auto page = w("GET", "/bucket?max-keys=3&marker=" + aws::uri_encode(marker));
        for (const auto& k : page.texts("Key")) found.push_back(k);
        if (page.text("IsTruncated") == "false") break;
        CHECK(page.text("NextMarker") == "(none)"); // only with a delimiter
        marker = page.texts("Key").back();
    }
    CHECK(found == keys);
    found.clear();
    marker.clear();
    for (int n = 0; n < 100; ++n) {
        const auto page = w("GET", "/bucket?max-keys=1&delimiter=%2F&marker=" + aws::uri_encode(marker));
        const auto prefixes = page.texts("Prefix");
        found.push_back(prefixes.size() > 1 ? prefixes[1] : page.text("Key"));
        if (page.text("IsTruncated") == "false") break;
        marker = page.text("NextMarker");
    }
    CHECK(found == std::vector<std::string>{"0", "1", "2", "3", "4", "a/", "b-0", "b-1", "b-2", "b-3", "b-4",
                                            "b/", "c/"});
}

TEST_CASE("s3 service: a page of common prefixes is one list, and touches one key of each") {
    using namespace s3_service_test;
    /// Counts what a page costs its storage.
    struct counting_storage final : testing::storage {
        std::vector<testing::bucket_record> buckets() override { return inner->buckets(); }
        bool has_bucket(const std::string& b) override { return inner->has_bucket(b); }
        void create_bucket(const std::string& b, wall_time now) override { inner->create_bucket(b, now); }
        void delete_bucket(const std::string& b) override { inner->delete_bucket(b); }
        std::shared_ptr<const testing::stored_object> find(const std::string& b,
                                                           const std::string& k) override {
            return inner->find(b, k);
        }
        void list(const std::string& b, const std::string& prefix, const std::string& from,
                  const testing::list_visitor& visit) override {
            ++lists;
            inner->list(b, prefix, from, [&](const testing::object_record& r) {
                ++keys;
                return visit(r);
            });
        }
        std::unique_ptr<testing::staged_bytes> stage() override { return inner->stage(); }
        std::shared_ptr<testing::stored_bytes>
        join(std::vector<std::shared_ptr<testing::staged_bytes>> pieces) override {
            return inner->join(std::move(pieces));
        }
        void put(const std::string& b, testing::object_record r,
                 std::shared_ptr<testing::stored_bytes> bytes) override {
            inner->put(b, std::move(r), std::move(bytes));
        }
        bool remove(const std::string& b, const std::string& k) override { return inner->remove(b, k); }

        std::shared_ptr<testing::storage> inner = testing::make_memory_storage();
        int lists = 0;
        int keys = 0;
    };
    const auto store = std::make_shared<counting_storage>();
    world w{testing::s3_service_options(), store};
    w("PUT", "/bucket");
    for (int d = 100; d < 150; ++d)
        for (int n = 0; n < 5; ++n) w("PUT", "/bucket/" + std::to_string(d) + "/" + std::to_string(n), "x");
    w("PUT", "/bucket/\xff\xff/x", "x"); // nothing sorts behind this prefix
    const auto page = w("GET", "/bucket?list-type=2&delimiter=%2F&max-keys=20");
    CHECK(page.texts("Prefix").size() == 21); // the request's own, too
    CHECK(store->lists == 1);
    CHECK(store->keys == 21); // one more, to know that there is more
    const auto last = w("GET", "/bucket?list-type=2&delimiter=%FF&encoding-type=url&start-after=149%2F4");
    CHECK(last.texts("Prefix") == std::vector<std::string>{"", "%FF"});
    CHECK(last.text("IsTruncated") == "false");
    CHECK(store->lists == 2);
}

TEST_CASE("s3 service: batch delete") {
    using namespace s3_service_test;
    auto w = with_bucket();
    for (const char* k : {"a", "b", "c&"}) w("PUT", "/bucket/" + aws::uri_encode(k), k);
    const auto etag = std::string{w("HEAD", "/bucket/b").headers["etag"]};
    auto run = [&](const std::string& inner, bool digest = true) {
        const auto body = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + inner + "</Delete>";
        if (!digest) return w("POST", "/bucket?delete", body);
        return w("POST", "/bucket?delete", body,
                 {{"Content-MD5", to_base64(digest_of(digest_kind::md5, body))}});
    };
    CHECK(run("<Object><Key>a</Key></Object>", false).code == "InvalidRequest");
    CHECK(run("").code == "MalformedXML");
    const auto some = run("<Object><Key>a</Key></Object><Object><Key>b</Key><ETag>\"x\"</ETag></Object>"
                          "<Object><Key>c&amp;</Key></Object><Object><Key>none</Key></Object>"
                          "<Object><Key>b</Key><VersionId>v</VersionId></Object><Object/>");
    CHECK(some.status == 200);
    CHECK(some.texts("Code") ==
          std::vector<std::string>{"PreconditionFailed", "InvalidArgument", "InvalidArgument"});
    CHECK(w("GET", "/bucket?list-type=2").texts("Key") == std::vector<std::string>{"b"});
    const auto quiet = run("<Quiet>true</Quiet><Object><Key>b</Key><ETag>" + etag + "</ETag></Object>");
    CHECK(quiet.body.find("Deleted") == std::string::npos);
    CHECK(w("GET", "/bucket/b").status == 404);
    std::string many;
    for (int i = 0; i < 1001; ++i) many += "<Object><Key>k</Key></Object>";
    CHECK(run(many).code == "MalformedXML");
    const std::string bomb =
        "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><Delete><Object><Key>&a;</Key></Object></Delete>";
    CHECK(w("POST", "/bucket?delete", bomb, {{"Content-MD5", to_base64(digest_of(digest_kind::md5, bomb))}})
              .code == "MalformedXML");
    CHECK(w("POST", "/bucket?delete", std::string(5 << 20, 'x')).code == "MaxMessageLengthExceeded");
}

TEST_CASE("s3 service: copies") {
    using namespace s3_service_test;
    auto w = with_bucket();
    w.store->create_bucket("other", {});
    w("PUT", "/bucket/a%20b", "text",
      {{"x-amz-meta-k", "v"}, {"Content-Type", "t/u"}, {"x-amz-tagging", "t=1"}});
    const auto etag = std::string{w("HEAD", "/bucket/a%20b").headers["etag"]};
    auto copy = w("PUT", "/other/c", {}, {{"x-amz-copy-source", "/bucket/a%20b"}});
    CHECK(copy.status == 200);
    CHECK(copy.text("ETag") == "&quot;" + etag.substr(1, 32) + "&quot;");
    auto got = w("GET", "/other/c");
    CHECK(got.body == "text");
    CHECK(got.headers["x-amz-meta-k"] == "v");
    CHECK(got.headers["x-amz-tagging-count"] == "1");
    w("PUT", "/other/c", {},
      {{"x-amz-copy-source", "bucket/a%20b"},
       {"x-amz-metadata-directive", "REPLACE"},
       {"x-amz-meta-n", "w"}});
    got = w("GET", "/other/c");
    CHECK(got.headers["x-amz-meta-n"] == "w");
    CHECK_FALSE(got.headers.contains("x-amz-meta-k"));
    struct row {
        std::vector<std::pair<std::string, std::string>> headers;
        const char* code;
    };
    for (const auto& [headers, code] : std::vector<row>{
             {{{"x-amz-copy-source", "bucket/none"}}, "NoSuchKey"},
             {{{"x-amz-copy-source", "none/k"}}, "NoSuchBucket"},
             {{{"x-amz-copy-source", "rubbish"}}, "InvalidArgument"},
             {{{"x-amz-copy-source", "bucket/"}}, "InvalidArgument"},
             {{{"x-amz-copy-source", "bucket/%zz"}}, "InvalidArgument"},
             {{{"x-amz-copy-source", "bucket/a%20b?versionId=x"}}, "NoSuchVersion"},
             {{{"x-amz-copy-source", "bucket/a%20b"}, {"x-amz-metadata-directive", "WHAT"}},
              "InvalidArgument"},
             {{{"x-amz-copy-source", "bucket/a%20b"}, {"x-amz-copy-source-if-match", "\"x\""}},
              "PreconditionFailed"},
             {{{"x-amz-copy-source", "bucket/a%20b"}, {"x-amz-copy-source-if-none-match", etag}},
              "PreconditionFailed"},
             {{{"x-amz-copy-source", "bucket/a%20b"}, {"If-None-Match", "*"}}, "PreconditionFailed"},
         }) {
        testing::s3_request r{"PUT", "/other/c"};
        for (const auto& [name, value] : headers) r.headers.add(name, value);
        CHECK_MESSAGE(w.run(std::move(r)).code == code, headers[0].second);
    }
    CHECK(w("PUT", "/bucket/a%20b", {}, {{"x-amz-copy-source", "bucket/a%20b"}}).code == "InvalidRequest");
    CHECK(w("PUT", "/bucket/a%20b", {},
            {{"x-amz-copy-source", "bucket/a%20b"}, {"x-amz-metadata-directive", "REPLACE"}})
              .status == 200);
}

TEST_CASE("s3 service: multipart uploads") {
    using namespace s3_service_test;
    auto w = with_bucket(testing::s3_service_options().min_part_size(4).max_uploads(3));
    CHECK(w("POST", "/nowhere/k?uploads").code == "NoSuchBucket");
    const auto id = w("POST", "/bucket/k?uploads", {}, {{"x-amz-meta-a", "b"}}).text("UploadId");
    const auto base = "/bucket/k?uploadId=" + id;
    auto part = [&](int n, std::string_view body) {
        return std::string{w("PUT", base + "&partNumber=" + std::to_string(n), body).headers["etag"]};
    };
    const auto one = part(1, "first"), two = part(2, "xx"), three = part(3, "third"),
               last = part(10'000, "!");
    CHECK(part(2, "second") != two);
    CHECK(w("GET", "/bucket/k").status == 404);
    CHECK(w("PUT", base + "&partNumber=0", "x").code == "InvalidArgument");
    CHECK(w("PUT", base + "&partNumber=10001", "x").code == "InvalidArgument");
    CHECK(w("PUT", base + "&partNumber=x", "x").code == "InvalidArgument");
    CHECK(w("PUT", "/bucket/k?partNumber=1", "x").code == "InvalidArgument");
    CHECK(w("PUT", "/bucket/other?uploadId=" + id + "&partNumber=1", "x").code == "NoSuchUpload");
    CHECK(w.early);
    CHECK(w("GET", base).texts("PartNumber") == std::vector<std::string>{"1", "2", "3", "10000"});
    CHECK(w("GET", base + "&max-parts=2").text("NextPartNumberMarker") == "2");
    CHECK(w("GET", base + "&max-parts=2&part-number-marker=2").texts("PartNumber") ==
          std::vector<std::string>{"3", "10000"});
    CHECK(w("GET", "/bucket?uploads").text("UploadId") == id);
    CHECK(w.service.open_uploads() == 1);

    const auto second = part(2, "second");
    auto complete = [&](std::vector<std::pair<int, std::string>> parts, fields headers = {}) {
        std::string body = "<CompleteMultipartUpload>";
        for (const auto& [n, etag] : parts)
            body +=
                "<Part><PartNumber>" + std::to_string(n) + "</PartNumber><ETag>" + etag + "</ETag></Part>";
        return w("POST", base, body + "</CompleteMultipartUpload>", headers);
    };
    CHECK(complete({}).code == "MalformedXML");
    CHECK(complete({{2, second}, {1, one}}).code == "InvalidPartOrder");
    CHECK(complete({{1, one}, {1, one}}).code == "InvalidPartOrder");
    CHECK(complete({{1, one}, {5, one}}).code == "InvalidPart");
    CHECK(complete({{1, one}, {2, two}}).code == "InvalidPart"); // replaced since
    CHECK(complete({{1, one}, {10'000, last}, {20'000, last}}).code == "InvalidPart");
    CHECK(w("POST", base,
            "<CompleteMultipartUpload><Part><PartNumber>99999999999</PartNumber><ETag>x</ETag></Part></"
            "CompleteMultipartUpload>")
              .code == "MalformedXML");
    CHECK(complete({{1, one}, {3, three}}, {{"x-amz-mp-object-size", "1"}}).code == "InvalidRequest");
    CHECK(complete({{1, one}, {3, three}}, {{"If-Match", "\"x\""}}).code == "NoSuchKey");
    const auto done = complete({{1, one}, {2, second}, {10'000, last}},
                               {{"x-amz-mp-object-size", "12"}, {"If-None-Match", "*"}});
    CHECK(done.status == 200);
    auto raw = [](const std::string& text) { return digest_of(digest_kind::md5, text); };
    const auto etag = testing::detail::to_hex(raw(raw("first") + raw("second") + raw("!"))) + "-3";
    CHECK(done.text("ETag") == "&quot;" + etag + "&quot;");
    const auto got = w("GET", "/bucket/k");
    CHECK(got.body == "firstsecond!");
    CHECK(got.headers["x-amz-meta-a"] == "b");
    CHECK(w("GET", "/bucket/k?partNumber=2").body == "second");
    CHECK(w("GET", "/bucket/k?partNumber=2").headers["content-range"] == "bytes 5-10/12");
    CHECK(w("GET", "/bucket/k?partNumber=2").headers["x-amz-mp-parts-count"] == "3");
    CHECK(w("GET", "/bucket/k?partNumber=4").code == "InvalidPartNumber");
    CHECK(complete({{1, one}}).code == "NoSuchUpload");

    const auto small = w("POST", "/bucket/k?uploads").text("UploadId");
    const auto tiny =
        std::string{w("PUT", "/bucket/k?partNumber=1&uploadId=" + small, "abc").headers["etag"]};
    CHECK(
        w("POST", "/bucket/k?uploadId=" + small,
          "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + tiny +
              "</ETag></Part><Part><PartNumber>2</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>")
            .code == "InvalidPart");
    w("PUT", "/bucket/k?partNumber=2&uploadId=" + small, "abc");
    CHECK(w("POST", "/bucket/k?uploadId=" + small,
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + tiny +
                "</ETag></Part><Part><PartNumber>2</PartNumber><ETag>" + tiny +
                "</ETag></Part></CompleteMultipartUpload>")
              .code == "EntityTooSmall");
    CHECK(w("DELETE", "/bucket/k?uploadId=" + small).status == 204);
    CHECK(w("DELETE", "/bucket/k?uploadId=" + small).code == "NoSuchUpload");
    for (int i = 0; i < 3; ++i) CHECK(w("POST", "/bucket/k?uploads").status == 200);
    CHECK(w("POST", "/bucket/k?uploads").code == "SlowDown");
    CHECK(w("GET", "/bucket?uploads&max-uploads=2").text("IsTruncated") == "true");
}

TEST_CASE("s3 service: copying goes in slices, and what happens between them counts") {
    using namespace s3_service_test;
    const std::string data(3 << 20, 'x');
    const auto md5 = testing::detail::to_hex(digest_of(digest_kind::md5, data));
    auto make = [](std::string method, std::string target, fields headers = {}) {
        testing::s3_request r{std::move(method), std::move(target)};
        r.headers.add("Host", "localhost");
        for (const auto& [name, value] : headers) r.headers.add(name, value);
        return r;
    };
    const test::temporary_folder folder;
    for (const bool files : {false, true}) {
        INFO(files);
        world w{testing::s3_service_options().min_part_size(1),
                files ? testing::make_folder_storage(folder.path().string())
                      : testing::make_memory_storage()};
        w("PUT", "/bucket");
        // Does one slice, lets something else happen, does the rest.
        auto copy = [&](fields headers, auto meanwhile, std::string target = "/bucket/copy") {
            w("PUT", "/bucket/src", data);
            auto r = make("PUT", std::move(target), headers);
            r.headers.add("x-amz-copy-source", "bucket/src");
            auto e = w.service.start(std::move(r));
            int slices = 0;
            while (e->work())
                if (++slices == 2) meanwhile();
            CHECK(slices == 11); // 256 KiB each; the last one says that it was the last
            return e->finish();
        };
        CHECK(copy({}, [&] { CHECK(w("GET", "/bucket/copy").status == 404); }).status == 200);
        CHECK(w("GET", "/bucket/copy").headers["etag"] == "\"" + md5 + "\"");
        w("DELETE", "/bucket/copy");
        // The source is what it was when the copy began.
        CHECK(copy({}, [&] { w("DELETE", "/bucket/src"); }).status == 200);
        CHECK(w("GET", "/bucket/copy").body == data);
        w("DELETE", "/bucket/copy");
        CHECK(copy({{"If-None-Match", "*"}}, [&] { w("PUT", "/bucket/copy", "first"); }).code ==
              "PreconditionFailed");
        CHECK(w("GET", "/bucket/copy").body == "first");
        w("DELETE", "/bucket/copy");
        w("PUT", "/other");
        CHECK(copy(
                  {}, [&] { w("DELETE", "/other"); }, "/other/copy")
                  .code == "NoSuchBucket");
        CHECK(w("HEAD", "/other").status == 404);

        const auto id =
            w("POST", "/bucket/up?uploads", {}, {{"x-amz-checksum-algorithm", "CRC32"}}).text("UploadId");
        CHECK(copy(
                  {}, [&] { w("DELETE", "/bucket/up?uploadId=" + id); },
                  "/bucket/up?partNumber=1&uploadId=" + id)
                  .code == "NoSuchUpload");

        // A whole from its parts: copied in a folder, read for its checksum anywhere.
        auto complete = [&](auto meanwhile) {
            const auto upload =
                w("POST", "/bucket/up?uploads", {},
                  {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}})
                    .text("UploadId");
            const auto base = "/bucket/up?uploadId=" + upload;
            const auto one = std::string{w("PUT", base + "&partNumber=1", data).headers["etag"]};
            const auto two = std::string{w("PUT", base + "&partNumber=2", "tail").headers["etag"]};
            auto e = w.service.start(make("POST", base));
            const auto list = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + one +
                              "</ETag></Part><Part><PartNumber>2</PartNumber><ETag>" + two +
                              "</ETag></Part></CompleteMultipartUpload>";
            e->write(std::as_bytes(std::span{list}));
            int slices = 0;
            while (e->work())
                if (++slices == 2) meanwhile(base);
            CHECK(slices == 12);
            return e->finish();
        };
        CHECK(complete([&](const std::string& base) {
                  w("PUT", base + "&partNumber=1", "another");
              }).status == 200);
        const auto got = w("GET", "/bucket/up", {}, {{"x-amz-checksum-mode", "ENABLED"}});
        CHECK(got.body == data + "tail"); // the parts that were named
        CHECK(got.headers["x-amz-checksum-crc32"] == to_base64(digest_of(digest_kind::crc32, data + "tail")));
        CHECK(complete([&](const std::string& base) { w("DELETE", base); }).code == "NoSuchUpload");
        CHECK(w.service.open_uploads() == 0);
        if (files) CHECK(std::filesystem::is_empty(folder.path() / ".penstock" / "tmp"));
    }
}

TEST_CASE("s3 service: parts in a folder hold no descriptors while they wait") {
    using namespace s3_service_test;
    const test::temporary_folder folder;
    world w{testing::s3_service_options().min_part_size(1),
            testing::make_folder_storage(folder.path().string())};
    w("PUT", "/bucket");
    const auto base = "/bucket/k?uploadId=" + w("POST", "/bucket/k?uploads").text("UploadId");
    static constexpr int count = 100;
    std::string list = "<CompleteMultipartUpload>", all;
    std::size_t accepted = 0;
    answer done;
    {
        const folder_test::few_descriptors limit{10};
        for (int n = 1; n <= count; ++n) {
            const auto body = "part " + std::to_string(n) + ";";
            const auto put = w("PUT", base + "&partNumber=" + std::to_string(n), body);
            accepted += put.status == 200;
            list += "<Part><PartNumber>" + std::to_string(n) + "</PartNumber><ETag>" +
                    std::string{put.headers["etag"]} + "</ETag></Part>";
            all += body;
        }
        done = w("POST", base, list + "</CompleteMultipartUpload>");
    }
    CHECK(accepted == count);
    CHECK(done.status == 200);
    CHECK(w("GET", "/bucket/k").body == all);
    CHECK(std::filesystem::is_empty(folder.path() / ".penstock" / "tmp"));
}

TEST_CASE("s3 service: what fails inside is told without the server's paths") {
    using namespace s3_service_test;
    const test::temporary_folder folder;
    world w{testing::s3_service_options(), testing::make_folder_storage(folder.path().string())};
    w("PUT", "/bucket");
    w("PUT", "/bucket/k", "x");
    // A file in the place of the storage's own folder.
    std::filesystem::remove_all(folder.path() / ".penstock");
    folder_test::write_file(folder.path() / ".penstock", "");
    const auto path = folder.path().string();
    const std::string document = "<Delete><Object><Key>k</Key></Object></Delete>";
    const auto md5 = to_base64(digest_of(digest_kind::md5, document));
    const auto put = w("PUT", "/bucket/k", "y");
    CHECK(put.status == 500);
    CHECK(put.text("Message") == "We encountered an internal error: Not a directory");
    CHECK(put.body.find(path) == std::string::npos);
    std::vector<answer> starved;
    {
        const folder_test::few_descriptors limit{1};
        for (const auto& [method, target] : {std::pair{"GET", "/bucket/k"},
                                             {"GET", "/bucket?list-type=2"},
                                             {"DELETE", "/bucket/k"},
                                             {"HEAD", "/bucket/k"},
                                             {"DELETE", "/bucket"}})
            starved.push_back(w(method, target));
        starved.push_back(w("POST", "/bucket?delete", document, {{"Content-MD5", md5}}));
    }
    for (const auto& a : starved) {
        CHECK(a.body.find("<Code>InternalError</Code>") != std::string::npos);
        CHECK(a.body.find("Too many open files") != std::string::npos);
        CHECK(a.body.find(path) == std::string::npos);
        CHECK(a.body.find(".penstock") == std::string::npos);
    }
    CHECK(w("GET", "/bucket/k").body == "x");
}

TEST_CASE("s3 service: parts by copy, and checksums of the whole") {
    using namespace s3_service_test;
    auto w = with_bucket(testing::s3_service_options().min_part_size(1));
    w("PUT", "/bucket/src", "0123456789");
    for (const auto& [kind, type] : {std::pair{digest_kind::crc32, "COMPOSITE"},
                                     {digest_kind::crc32c, "FULL_OBJECT"},
                                     {digest_kind::crc64nvme, "FULL_OBJECT"},
                                     {digest_kind::sha256, "COMPOSITE"}}) {
        const std::string name{testing::detail::checksum_name(kind)};
        const auto id = w("POST", "/bucket/dst?uploads", {},
                          {{"x-amz-checksum-algorithm", name}, {"x-amz-checksum-type", type}})
                            .text("UploadId");
        const auto base = "/bucket/dst?uploadId=" + id;
        const auto copied =
            w("PUT", base + "&partNumber=1", {},
              {{"x-amz-copy-source", "bucket/src"}, {"x-amz-copy-source-range", "bytes=2-4"}});
        CHECK(copied.text("Checksum" + name) == to_base64(digest_of(kind, "234")));
        const auto put = w("PUT", base + "&partNumber=2", "tail",
                           {{testing::detail::checksum_header(kind), to_base64(digest_of(kind, "tail"))}});
        CHECK(put.status == 200);
        for (const char* bad : {"bytes=2-10", "bytes=5-4", "bytes=-3", "bytes=3-", "2-3",
                                "bytes=99999999999999999999-999999999999999999999"})
            CHECK_MESSAGE(w("PUT", base + "&partNumber=3", {},
                            {{"x-amz-copy-source", "bucket/src"}, {"x-amz-copy-source-range", bad}})
                                  .code == "InvalidArgument",
                          bad);
        const auto list = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" +
                          testing::detail::to_hex(digest_of(digest_kind::md5, "234")) +
                          "</ETag></Part><Part><PartNumber>2</PartNumber><ETag>" +
                          std::string{put.headers["etag"]} + "</ETag></Part></CompleteMultipartUpload>";
        const auto wanted =
            std::string{type} == "COMPOSITE"
                ? to_base64(digest_of(kind, digest_of(kind, "234") + digest_of(kind, "tail"))) + "-2"
                : to_base64(digest_of(kind, "234tail"));
        // What the client says here is of the object, not of the document that it sends.
        const auto header = testing::detail::checksum_header(kind);
        CHECK(w("POST", base, list, {{header, to_base64(digest_of(kind, "another"))}}).code == "BadDigest");
        const auto done = w("POST", base, list, {{header, wanted}});
        CHECK(done.status == 200);
        CHECK(done.text("Checksum" + name) == wanted);
        const auto head = w("HEAD", "/bucket/dst", {}, {{"x-amz-checksum-mode", "ENABLED"}});
        CHECK(head.headers[testing::detail::checksum_header(kind)] == wanted);
        CHECK(head.headers["x-amz-checksum-type"] == type);
    }
    CHECK(w("POST", "/bucket/d?uploads", {},
            {{"x-amz-checksum-algorithm", "SHA256"}, {"x-amz-checksum-type", "FULL_OBJECT"}})
              .code == "InvalidRequest");
    CHECK(w("POST", "/bucket/d?uploads", {}, {{"x-amz-checksum-algorithm", "MD17"}}).code ==
          "InvalidRequest");
    const auto id =
        w("POST", "/bucket/d?uploads", {}, {{"x-amz-checksum-algorithm", "SHA256"}}).text("UploadId");
    CHECK(w("PUT", "/bucket/d?partNumber=1&uploadId=" + id, "x",
            {{"x-amz-checksum-crc32", to_base64(digest_of(digest_kind::crc32, "x"))}})
              .code == "InvalidRequest");
}

TEST_CASE("s3 service: signatures") {
    using namespace s3_service_test;
    signed_world w;
    CHECK(w.send(w.make("PUT", "/bucket/a%20b%2Bc"), "body").status == 200);
    CHECK(w.send(w.make("GET", "/bucket/a%20b%2Bc")).body == "body");
    CHECK(w.send(w.make("GET", "/bucket", "list-type=2&prefix=a%20b")).texts("Key") ==
          std::vector<std::string>{"a b+c"});
    CHECK(w.send(w.make("PUT", "/bucket/k"), "body", std::string{aws::unsigned_payload}).status == 200);
    CHECK(w("GET", "/bucket/k").code == "AccessDenied");

    w.who = {"AKIDEXAMPLE", "wrong"};
    CHECK(w.send(w.make("GET", "/bucket/k")).code == "SignatureDoesNotMatch");
    w.who = {"NOBODY", "secret"};
    CHECK(w.send(w.make("GET", "/bucket/k")).code == "InvalidAccessKeyId");
    w.who = {"ASIA", "temp", "token"};
    CHECK(w.send(w.make("GET", "/bucket/k")).status == 200);
    w.who = {"ASIA", "temp", "another"};
    CHECK(w.send(w.make("GET", "/bucket/k")).code == "InvalidToken");
    w.who = {"ASIA", "temp"};
    CHECK(w.send(w.make("GET", "/bucket/k")).code == "InvalidToken");
    w.who = {"AKIDEXAMPLE", "secret", "token for nothing"};
    CHECK(w.send(w.make("GET", "/bucket/k")).code == "InvalidToken");
    w.who = {"AKIDEXAMPLE", "secret"};

    for (const auto skew : {16min, -16min}) {
        auto r = w.make("GET", "/bucket/k");
        w.signer.sign(r, w.who, w.clock->wall_now() + skew, aws::empty_payload_hash);
        CHECK(w.run(w.received(r)).code == "RequestTimeTooSkewed");
    }
    auto changed = w.make("GET", "/bucket/k");
    w.signer.sign(changed, w.who, w.clock->wall_now(), aws::empty_payload_hash);
    changed.path = "/bucket/another";
    CHECK(w.run(w.received(changed)).code == "SignatureDoesNotMatch");

    auto body = w.make("PUT", "/bucket/k");
    w.signer.sign(body, w.who, w.clock->wall_now(), aws::sha256_hex("promised"));
    CHECK(w.run(w.received(body), "came").code == "XAmzContentSHA256Mismatch");

    aws::signer elsewhere{"eu-west-1"};
    auto region = w.make("GET", "/bucket/k");
    elsewhere.sign(region, w.who, w.clock->wall_now(), aws::empty_payload_hash);
    const auto refused = w.run(w.received(region));
    CHECK(refused.code == "AuthorizationHeaderMalformed");
    CHECK(refused.text("Region") == "us-east-1");
    CHECK(refused.headers["x-amz-bucket-region"] == "us-east-1");
}

TEST_CASE("s3 service: a hash that is none is refused, whatever is asked for") {
    using namespace s3_service_test;
    signed_world w;
    CHECK(w.send(w.make("PUT", "/bucket/k"), "body").status == 200);
    const std::string good = aws::sha256_hex("body");
    for (const std::string& hash :
         {std::string{"garbage"}, good.substr(1), good + "0", "g" + good.substr(1), std::string(64, '-'),
          std::string{"unsigned-payload"}, std::string{"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}}) {
        for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
            const auto refused = w.send(w.make(method, "/bucket/k"), *method == 'P' ? "new" : "", hash);
            CHECK_MESSAGE(refused.status == 400, method, " ", hash);
            CHECK_MESSAGE(refused.code == "InvalidArgument", method, " ", hash);
            CHECK(w.early); // before the body
        }
        CHECK(w.send(w.make("PUT", "/bucket/other"), "x", hash).status == 400);
    }
    testing::s3_request none{"GET", "/bucket/k"};
    none.headers.add("x-amz-content-sha256", "");
    auto open = with_bucket();
    CHECK(open.run(none).code == "InvalidArgument");
    CHECK(open("PUT", "/bucket/k", "x", {{"x-amz-content-sha256", "garbage"}}).code == "InvalidArgument");
    CHECK(open("PUT", "/bucket/k", "x").status == 200);
    std::string upper = good;
    for (auto& c : upper) c = c >= 'a' ? static_cast<char>(c - 32) : c;
    CHECK(w.send(w.make("PUT", "/bucket/k"), "body", upper).status == 200); // the same number
    CHECK(w.send(w.make("GET", "/bucket/k")).body == "body");
}

TEST_CASE("s3 service: a body that nobody wants must be what was signed, too") {
    using namespace s3_service_test;
    signed_world w;
    CHECK(w.send(w.make("PUT", "/bucket/k"), "body").status == 200);
    auto altered = [&](http::request r) {
        w.signer.sign(r, w.who, w.clock->wall_now(), aws::sha256_hex("promised"));
        return w.run(w.received(r), "came").code;
    };
    auto copy = w.make("PUT", "/bucket/copy");
    copy.headers.add("x-amz-copy-source", "bucket/k");
    for (const auto& r : {w.make("DELETE", "/bucket/k"), w.make("POST", "/bucket/k", "uploads="), copy,
                          w.make("GET", "/bucket/k"), w.make("DELETE", "/bucket"), w.make("GET", "/")})
        CHECK_MESSAGE(altered(r) == "XAmzContentSHA256Mismatch", r.method, " ", r.path, "?", r.query);
    CHECK(w.service.open_uploads() == 0);
    CHECK(w.send(w.make("GET", "/bucket/copy")).status == 404);
    CHECK(w.send(w.make("GET", "/bucket/k"), "as promised").body == "body");

    const auto md5 = to_base64(digest_of(digest_kind::md5, "promised"));
    auto open = with_bucket();
    open("PUT", "/bucket/k", "x");
    CHECK(open("DELETE", "/bucket/k", "came", {{"Content-MD5", md5}}).code == "BadDigest");
    testing::s3_request longer{"DELETE", "/bucket/k"};
    longer.headers.add("Host", "localhost");
    longer.content_length = 5;
    auto e = open.service.start(longer);
    e->write(std::as_bytes(std::span{"four", 4}));
    CHECK(e->finish().code == "IncompleteBody");
    CHECK(open("DELETE", "/bucket/k", std::string(5 << 20, 'x')).code == "MaxMessageLengthExceeded");
    CHECK(open("GET", "/bucket/k").body == "x");
    CHECK(open("DELETE", "/bucket/k", "promised", {{"Content-MD5", md5}}).status == 204);
}

TEST_CASE("s3 service: presigned URLs") {
    using namespace s3_service_test;
    signed_world w;
    w.send(w.make("PUT", "/bucket/k"), "body");
    auto presign = [&](std::string method, std::string query = {}) {
        auto r = w.make(std::move(method), "/bucket/k", std::move(query));
        r.query = w.signer.presign(r, w.who, w.clock->wall_now(), 60s);
        return r;
    };
    const auto get = presign("GET", "response-content-type=text%2Fmine");
    CHECK(w.run(w.received(get)).body == "body");
    CHECK(w.run(w.received(get)).headers["content-type"] == "text/mine");
    CHECK(w.run(w.received(presign("PUT")), "new").status == 200);
    CHECK(w.run(w.received(presign("GET"))).body == "new");
    auto forged = get;
    forged.method = "DELETE";
    CHECK(w.run(w.received(forged)).code == "SignatureDoesNotMatch");
    CHECK(w.run(w.received(presign("GET", "response-content-type=a%0D%0Ab"))).code == "InvalidArgument");
    w.clock->advance(61s);
    CHECK(w.run(w.received(get)).code == "AccessDenied");
    auto open = with_bucket();
    open("PUT", "/bucket/k", "x");
    CHECK(open("GET", "/bucket/k?response-content-type=x").code == "InvalidRequest");
}

TEST_CASE("s3 service: aws-chunked bodies") {
    using namespace s3_service_test;
    signed_world w;
    const std::string payload(100'000, 'p');
    const auto crc = to_base64(digest_of(digest_kind::crc32, payload));
    auto send = [&](aws::chunk_framing framing, bool trailer, auto change, std::size_t piece) {
        auto r = w.make("PUT", "/bucket/chunked");
        r.headers.add("Content-Encoding", "aws-chunked,gzip");
        r.headers.add("x-amz-decoded-content-length", std::uint64_t{payload.size()});
        if (trailer) r.headers.add("x-amz-trailer", "x-amz-checksum-crc32");
        const auto seed = w.signer.sign(r, w.who, w.clock->wall_now(), aws::payload_hash_of(framing));
        aws::aws_chunked_encoder encoder;
        if (framing != aws::chunk_framing::unsigned_trailer)
            encoder = {framing, aws::chunk_signer{w.who, r.headers["x-amz-date"], "us-east-1", "s3", seed}};
        std::string body;
        for (std::size_t at = 0; at < payload.size(); at += 8192) {
            const auto chunk = std::string_view{payload}.substr(at, 8192);
            encoder.append_header(body, chunk);
            body += chunk;
            encoder.append_chunk_end(body);
        }
        const http::header_view trailers[]{{"x-amz-checksum-crc32", crc}};
        encoder.append_end(body, trailer ? std::span<const http::header_view>{trailers}
                                         : std::span<const http::header_view>{});
        change(body);
        return w.run(w.received(r), body, piece);
    };
    auto unchanged = [](std::string&) {};
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
        CHECK(send(aws::chunk_framing::signed_chunks, false, unchanged, piece).status == 200);
        CHECK(send(aws::chunk_framing::signed_chunks_signed_trailer, true, unchanged, piece).status == 200);
        CHECK(send(aws::chunk_framing::unsigned_trailer, true, unchanged, piece).status == 200);
        auto got = w.send(w.make("GET", "/bucket/chunked"));
        CHECK(got.body == payload);
        CHECK(got.headers["content-encoding"] == "gzip"); // aws-chunked is not what the object is
        w.send(w.make("DELETE", "/bucket/chunked"));
    }
    auto flip = [](std::string& body) { body[body.size() / 2] ^= 1; };
    auto cut = [](std::string& body) { body.resize(body.size() - 10); };
    auto more = [](std::string& body) { body += "x"; };
    auto wrong_trailer = [](std::string& body) {
        auto& c = body[body.rfind("crc32:") + 6];
        c = c == 'A' ? 'B' : 'A';
    };
    CHECK(send(aws::chunk_framing::signed_chunks, false, flip, 1000).code == "SignatureDoesNotMatch");
    CHECK(send(aws::chunk_framing::unsigned_trailer, true, flip, 1000).code == "BadDigest");
    CHECK(send(aws::chunk_framing::unsigned_trailer, true, wrong_trailer, 1000).code == "BadDigest");
    CHECK(send(aws::chunk_framing::signed_chunks_signed_trailer, true, wrong_trailer, 1000).code ==
          "SignatureDoesNotMatch");
    CHECK(send(aws::chunk_framing::signed_chunks, false, cut, 1000).code == "IncompleteBody");
    CHECK(send(aws::chunk_framing::signed_chunks, false, more, 1000).code == "InvalidRequest");
    CHECK(w.send(w.make("GET", "/bucket/chunked")).code == "NoSuchKey");
    auto no_length = w.make("PUT", "/bucket/chunked");
    CHECK(w.send(no_length, "0\r\n\r\n", std::string{aws::streaming_unsigned_trailer}).status == 411);
}

TEST_CASE("s3 service: no request makes it fall") {
    using namespace s3_service_test;
    // Bytes that nobody planned: every answer is one of HTTP's, and the service goes on.
    auto w = with_bucket(testing::s3_service_options().anonymous(true).credentials("a", "b"));
    auto random = make_seeded_random(42);
    static constexpr std::string_view pieces[] = {"/",
                                                  "bucket",
                                                  "?",
                                                  "&",
                                                  "=",
                                                  "%",
                                                  "%2",
                                                  "%00",
                                                  "uploads",
                                                  "uploadId",
                                                  "partNumber",
                                                  "list-type=2",
                                                  "continuation-token=",
                                                  "delete",
                                                  "tagging",
                                                  "prefix",
                                                  "max-keys=",
                                                  "9",
                                                  "-",
                                                  "\xff",
                                                  "..",
                                                  "X-Amz-Signature",
                                                  "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                                                  "+",
                                                  ":"};
    static constexpr std::string_view methods[] = {"GET", "PUT", "POST", "DELETE", "HEAD", "X"};
    static constexpr std::string_view names[] = {"Range",
                                                 "x-amz-copy-source",
                                                 "Authorization",
                                                 "x-amz-date",
                                                 "x-amz-content-sha256",
                                                 "x-amz-decoded-content-length",
                                                 "If-Match",
                                                 "x-amz-checksum-crc32",
                                                 "Content-MD5",
                                                 "x-amz-trailer",
                                                 "x-amz-tagging",
                                                 "x-amz-copy-source-range",
                                                 "x-amz-checksum-algorithm"};
    auto soup = [&](std::size_t most) {
        std::string s;
        for (auto n = random->below(most); n > 0; --n) s += pieces[random->below(std::size(pieces))];
        return s;
    };
    for (int i = 0; i < 3000; ++i) {
        testing::s3_request r{std::string{methods[random->below(std::size(methods))]}, "/" + soup(8)};
        for (auto n = random->below(4); n > 0; --n) {
            auto value = random->below(4) == 0 ? std::string{aws::streaming_unsigned_trailer} : soup(4);
            r.headers.add(names[random->below(std::size(names))], value);
        }
        const auto got = w.run(std::move(r), soup(6), 3);
        CHECK(got.status >= 200);
        CHECK(got.status < 600);
        CHECK(got.status != 500);
    }
}
