// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/s3/uri.hpp>

#include <doctest/doctest.h>

namespace test_s3_uri {

using penstock::errc;
using penstock::s3::object_address;
using penstock::s3::parse_url;

TEST_CASE("s3::parse_url keeps the key byte for byte") {
    const struct {
        std::string_view url, bucket, key;
    } table[] = {
        {"s3://b", "b", ""},
        {"s3://b/", "b", ""},
        {"s3://b/k", "b", "k"},
        {"s3a://b/k", "b", "k"},
        {"s3n://b/k", "b", "k"},
        {"S3://b/k", "b", "k"},
        {"s3://my.bucket-1_x/a/b/c.csv", "my.bucket-1_x", "a/b/c.csv"},
        {"s3://b//k", "b", "/k"},
        {"s3://b/a//b", "b", "a//b"},
        {"s3://b/../k", "b", "../k"},
        {"s3://b/./a/..", "b", "./a/.."},
        {"s3://b/dir/", "b", "dir/"},
        {"s3://b/a?b=c#d", "b", "a?b=c#d"},
        {"s3://b/100%25", "b", "100%25"},
        {"s3://b/a+b c", "b", "a+b c"},
        {"s3://b/ ", "b", " "},
        {"s3://b/s3://c/d", "b", "s3://c/d"},
        {"s3://b/user@host:1", "b", "user@host:1"},
        {"s3://b/\xf0\x9f\x90\xb1\xff\x01\n", "b", "\xf0\x9f\x90\xb1\xff\x01\n"},
    };
    for (const auto& row : table) {
        CAPTURE(row.url);
        const auto got = parse_url(row.url);
        REQUIRE(got.has_value());
        CHECK(got->bucket == row.bucket);
        CHECK(got->key == row.key);
        // The same by separate parameters.
        CHECK(*got == object_address{std::string{row.bucket}, std::string{row.key}});
        CHECK(*got == object_address{row.url});
        if (!row.key.empty()) CHECK(parse_url(got->url()).value() == *got);
    }
}

TEST_CASE("s3::parse_url takes an access point's ARN for a bucket") {
    const std::string arn = "arn:aws:s3:us-west-2:123456789012:accesspoint";
    const struct {
        std::string url, bucket, key;
    } table[] = {
        {"s3://" + arn + "/point", arn + "/point", ""},
        {"s3://" + arn + "/point/", arn + "/point", ""},
        {"s3://" + arn + "/point/k", arn + "/point", "k"},
        {"s3://" + arn + ":point/k", arn + ":point", "k"},
        {"s3://" + arn + "/point//a/b:c/../@", arn + "/point", "/a/b:c/../@"},
        {"s3://point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias/k", "point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias",
         "k"},
    };
    for (const auto& row : table) {
        CAPTURE(row.url);
        const auto got = parse_url(row.url);
        REQUIRE(got.has_value());
        CHECK(got->bucket == row.bucket);
        CHECK(got->key == row.key);
        CHECK(parse_url(got->url()).value() == *got);
    }
}

TEST_CASE("s3::parse_url refuses other ARNs, with a remedy") {
    const struct {
        std::string_view url;
        errc code;
        const char* hint;
    } table[] = {
        {"s3://arn:aws:s3:::lake/key", errc::invalid_option, "'lake'"},
        {"s3://arn:aws:s3:us-west-2:123456789012:bucket/lake/key", errc::invalid_option, "accesspoint/NAME"},
        {"s3://arn:aws:s3:us-west-2:123456789012:accesspoint", errc::invalid_option, "accesspoint/NAME"},
        {"s3://arn:aws:s3:us-west-2:123456789012:accesspoint/a_b/key", errc::invalid_option, "lower-case"},
        {"s3://arn:aws:s3::123456789012:accesspoint/m.mrap/key", errc::unsupported, "of a region"},
        {"s3://arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/p/k", errc::unsupported, "bucket"},
        {"s3://arn:aws:s3/key", errc::invalid_url, "accesspoint/NAME/key"},
        {"s3://arn:/key", errc::invalid_url, "accesspoint/NAME/key"},
    };
    for (const auto& row : table) {
        CAPTURE(row.url);
        const auto got = parse_url(row.url);
        REQUIRE(!got);
        CHECK(got.error().code() == row.code);
        CHECK(got.error().detail().hint.find(row.hint) != std::string::npos);
    }
}

TEST_CASE("s3::parse_url keeps a NUL") {
    const std::string url{"s3://b/a\0b", 10};
    CHECK(parse_url(url)->key == std::string{"a\0b", 3});
}

TEST_CASE("s3::parse_url refuses with a remedy") {
    const struct {
        std::string_view url;
        errc code;
    } table[] = {
        {"", errc::invalid_url},
        {"s3", errc::invalid_url},
        {"s3:", errc::invalid_url},
        {"s3:/b/k", errc::invalid_url},
        {"s3:b/k", errc::invalid_url},
        {"bucket/key", errc::invalid_url},
        {"/tmp/file", errc::invalid_url},
        {"file:///tmp/file", errc::invalid_url},
        {"s4://b/k", errc::invalid_url},
        {"https://b.s3.amazonaws.com/k", errc::invalid_url},
        {" s3://b/k", errc::invalid_url},
        {"s3://", errc::missing_bucket},
        {"s3:///", errc::missing_bucket},
        {"s3:///key", errc::missing_bucket},
        {"s3://b ucket/k", errc::invalid_url},
        {"s3://b?x/k", errc::invalid_url},
        {"s3://b%41/k", errc::invalid_url},
        {"s3://../k", errc::invalid_url},
        {"s3://./k", errc::invalid_url},
        {"s3://-b/k", errc::invalid_url},
        {"s3://b-/k", errc::invalid_url},
        {"s3://b\n/k", errc::invalid_url},
        {"s3://b\xc3\xa9/k", errc::invalid_url},
        {"s3://b:9000/k", errc::invalid_url},
    };
    for (const auto& row : table) {
        CAPTURE(row.url);
        const auto got = parse_url(row.url);
        REQUIRE(!got);
        CHECK(got.error().code() == row.code);
        CHECK(!got.error().detail().hint.empty());
        CHECK_THROWS_AS(object_address{row.url}, penstock::error);
    }
}

TEST_CASE("s3::parse_url never repeats a secret") {
    const std::string_view table[] = {
        "s3://AKID:SECRET@bucket/key", "s3://AKID:SEC/SECRET@bucket/key",
        "https://AKID:SECRET@host/b",  "https://host/b?X-Amz-Signature=SECRET",
        "https://host/SECRET@b",       "s3://arn:SECRET@bucket/key",
        "s3://arn:SEC/SECRET@bucket",  "s3://arn:a:b:c:d:SECRET@bucket/key",
    };
    for (const auto url : table) {
        CAPTURE(url);
        const auto got = parse_url(url);
        REQUIRE(!got);
        CHECK(got.error().message().find("SEC") == std::string::npos);
    }
}

} // namespace test_s3_uri
