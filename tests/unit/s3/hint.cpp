// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/s3/detail/hint.hpp>

#include "scripted_store.hpp"

#include <doctest/doctest.h>

namespace test_s3_hint {

using namespace penstock;
using s3::detail::circumstances;

struct cause {
    cause() = default;

    errc code = errc::access_denied;
    const char* operation = "get object";
    const char* service_code = "";
    const char* region = ""; ///< that the store named
    circumstances c;
};

std::string hint(const cause& of) {
    error_detail d;
    d.operation = of.operation;
    d.service_code = of.service_code;
    d.region = of.region;
    return s3::detail::hint_for(failure{of.code, d}, of.c);
}

circumstances on_aws(std::string_view key = "AKIAIOSFODNN7EXAMPLE") {
    circumstances c;
    c.on_aws = true;
    c.region = "us-east-1";
    c.access_key_id = key;
    return c;
}

circumstances elsewhere(std::string_view key = "minioadmin") {
    circumstances c;
    c.region = "us-east-1";
    c.access_key_id = key;
    return c;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("s3/hint: a signature that does not match is the clock's fault, the secret's, or the region's") {
    cause of;
    of.code = errc::signature_mismatch;
    of.c = on_aws();
    CHECK(has(hint(of), "secret access key"));
    CHECK(has(hint(of), "keys of another store than AWS need its endpoint (AWS_ENDPOINT_URL_S3)"));
    of.c.clock_difference = std::chrono::minutes{20};
    CHECK(hint(of) == "set the clock of this machine: it is 20 minutes behind the store's");
    of.c.clock_difference = -std::chrono::minutes{75};
    CHECK(hint(of) == "set the clock of this machine: it is 75 minutes ahead of the store's");
    of.c.clock_difference = std::chrono::minutes{14};
    CHECK(has(hint(of), "secret access key"));
    of.c = elsewhere();
    CHECK(has(hint(of), "secret access key"));
    CHECK(has(hint(of), "region 'us-east-1'"));
    of.code = errc::clock_skew;
    CHECK(hint(of) == "set the clock of this machine");
    of.c.clock_difference = std::chrono::seconds{60};
    CHECK(has(hint(of), "1 minute behind"));
}

TEST_CASE("s3/hint: keys sent to the wrong store") {
    cause of;
    of.code = errc::invalid_access_key;
    of.c = on_aws("minioadmin");
    CHECK(has(hint(of), "AWS_ENDPOINT_URL_S3"));
    of.c = on_aws();
    CHECK(has(hint(of), "check the access key id"));
    of.c = elsewhere();
    CHECK(has(hint(of), "check the access key id"));
    of.c = elsewhere("AKIAIOSFODNN7EXAMPLE");
    CHECK(has(hint(of), "look like AWS's"));
    for (const char* id : {"AKIA", "akiaiosfodnn7example", "BKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPL_"}) {
        of.c = on_aws(id);
        CHECK(has(hint(of), "not AWS's"));
    }
}

TEST_CASE("s3/hint: the permission that is missing") {
    cause of;
    of.c = on_aws();
    CHECK(has(hint(of), "must allow s3:GetObject"));
    CHECK(has(hint(of), "s3:ListBucket"));
    of.operation = "list objects";
    CHECK(hint(of) == "the user's and the bucket's policies must allow s3:ListBucket");
    of.operation = "copy object";
    CHECK(has(hint(of), "s3:GetObject on the source and s3:PutObject on the target"));
    of.operation = "something new";
    CHECK(has(hint(of), "policies"));
    of.operation = "get object";
    of.c.access_key_id = {};
    CHECK(has(hint(of), "give credentials"));
    of.c = on_aws();
    of.c.clock_difference = std::chrono::hours{2};
    CHECK(has(hint(of), "clock"));
}

TEST_CASE("s3/hint: buckets, regions, and what needs no hint") {
    cause of;
    of.code = errc::no_such_bucket;
    of.c = on_aws();
    CHECK(hint(of) == "check the bucket's name, the region ('us-east-1') and the endpoint");
    of.code = errc::wrong_region;
    CHECK(hint(of) == "set the region of the bucket");
    of.region = "eu-west-1";
    CHECK(hint(of) == "set the region to 'eu-west-1'");
    of.code = errc::invalid_request;
    CHECK(hint(of).empty());
    of.service_code = "InvalidBucketName";
    CHECK(has(hint(of), "lowercase"));
    for (const auto code : {errc::no_such_key, errc::bucket_exists, errc::bucket_not_empty, errc::expired_token}) {
        of.code = code;
        CHECK_FALSE(hint(of).empty());
    }
    of.code = errc::service_unavailable;
    CHECK(hint(of).empty());
}

std::string refused(std::string_view code, int status, std::string_view more_headers = "") {
    const std::string body = "<Error><Code>" + std::string{code} + "</Code><Message>no</Message></Error>";
    return "HTTP/1.1 " + std::to_string(status) + " No\r\n" + std::string{more_headers} +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

failure listing_fails(const std::string& answer, const char* endpoint = "http://store") {
    scripted::world w{{answer, answer, answer}, aws::retry_options::preset("none")};
    w.options.endpoint_url(endpoint);
    auto s3 = w.client();
    auto pages = s3.list("s3://bucket/");
    auto page = w.run(as_result(pages.next()));
    REQUIRE_FALSE(page.has_value());
    return page.error();
}

TEST_CASE("s3/hint: in what a client throws") {
    const auto denied = listing_fails(refused("AccessDenied", 403));
    CHECK(has(denied.detail().hint, "must allow s3:ListBucket"));
    CHECK(has(denied.message(), "hint: the user's and the bucket's policies must allow s3:ListBucket"));
    CHECK(denied.detail().credential_source == "static (...AKID)");
    // AWS's own text on a custom endpoint, and the other way round
    CHECK(has(listing_fails(refused("InvalidAccessKeyId", 403)).detail().hint, "belongs to this store"));
    CHECK(has(listing_fails(refused("InvalidAccessKeyId", 403), "https://s3.us-east-1.amazonaws.com").detail().hint,
              "AWS_ENDPOINT_URL_S3"));
    for (const char* code : {"SignatureDoesNotMatch", "InvalidSignatureException"}) {
        CHECK(has(listing_fails(refused(code, 403)).detail().hint, "region 'us-east-1' is the one this store signs for"));
        CHECK(has(listing_fails(refused(code, 403), "https://s3.us-east-1.amazonaws.com").detail().hint, "AWS_ENDPOINT_URL_S3"));
    }
    CHECK(has(listing_fails(refused("NoSuchBucket", 404)).detail().hint, "the region ('us-east-1')"));
    const auto late = listing_fails(refused("SignatureDoesNotMatch", 403, "Date: Thu, 01 Jan 2026 02:00:00 GMT\r\n"));
    CHECK(has(late.detail().hint, "behind the store's"));
    CHECK(late.message().find("HUSH") == std::string::npos);
}

} // namespace test_s3_hint
