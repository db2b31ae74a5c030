// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/access_point.hpp>
#include <penstock/aws/arn.hpp>

#include <doctest/doctest.h>

namespace test_aws_access_point {

namespace aws = penstock::aws;
using penstock::errc;
using views = std::vector<std::string_view>;

TEST_CASE("aws/arn: its parts") {
    const auto point = aws::parse_arn("arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:name");
    REQUIRE(point);
    CHECK(point->partition == "aws-cn");
    CHECK(point->service == "s3");
    CHECK(point->region == "cn-north-1");
    CHECK(point->account_id == "123456789012");
    CHECK(point->resource == views{"accesspoint", "name"});

    const auto bucket = aws::parse_arn("arn:aws:s3:::bucket");
    REQUIRE(bucket);
    CHECK(bucket->region.empty());
    CHECK(bucket->account_id.empty());
    CHECK(bucket->resource == views{"bucket"});

    CHECK(aws::parse_arn("arn:aws:s3:r:a:x/y:z/")->resource == views{"x", "y", "z", ""});
    CHECK(aws::parse_arn("arn:aws:s3:r:a:/")->resource == views{"", ""});
}

TEST_CASE("aws/arn: what is none") {
    for (const char* bad : {"", "arn", "arn:", "arn:aws", "arn:aws:s3", "arn:aws:s3:r", "arn:aws:s3:r:a",
                            "arn:aws:s3:r:a:", "arn::s3:r:a:x", "arn:aws::r:a:x", "ARN:aws:s3:r:a:x",
                            " arn:aws:s3:r:a:x", "bucket"}) {
        CAPTURE(bad);
        CHECK_FALSE(aws::parse_arn(bad));
    }
}

TEST_CASE("aws/access_point: either separator") {
    for (const char* text : {"arn:aws:s3:us-west-2:123456789012:accesspoint:my-point",
                             "arn:aws:s3:us-west-2:123456789012:accesspoint/my-point"}) {
        const auto point = aws::parse_access_point(text);
        REQUIRE(point.has_value());
        CHECK(point->region == "us-west-2");
        CHECK(point->account_id == "123456789012");
        CHECK(point->name == "my-point");
    }
}

TEST_CASE("aws/access_point: each thing that is wrong is told, with the ARN and a remedy") {
    const std::string start = "arn:aws:s3:us-west-2:123456789012:";
    const struct {
        std::string arn;
        errc code;
        const char *message, *hint;
    } rows[] = {
        {"arn:aws:s3:us-west-2", errc::invalid_option, "a part is missing", "accesspoint/NAME"},
        {start, errc::invalid_option, "a part is missing", "accesspoint/NAME"},
        {"arn:aws:sqs:us-west-2:123456789012:accesspoint/p", errc::invalid_option, "'sqs'", "arn:aws:s3:"},
        {"arn:aws:s3:::lake", errc::invalid_option, "of a bucket", "'lake'"},
        {"arn:aws:s3:::lake/key", errc::invalid_option, "of a bucket", "'lake'"},
        {"arn:aws:s3express:us-west-2:123456789012:accesspoint/p--usw2-az1--xa-s3", errc::invalid_option,
         "s3express", "'p--usw2-az1--xa-s3', as the bucket"},
        {start + "bucket/lake", errc::invalid_option, "type 'bucket'", "accesspoint/NAME"},
        {start + "/p", errc::invalid_option, "type ''", "accesspoint/NAME"},
        {start + "accesspoint", errc::invalid_option, "no access point", "accesspoint/NAME"},
        {start + "accesspoint/", errc::invalid_option, "no access point", "accesspoint/NAME"},
        {start + "accesspoint/p/key", errc::invalid_option, "more than a name", "s3://ARN/key"},
        {start + "accesspoint/a_b", errc::invalid_option, "'a_b'", "lower-case"},
        {start + "accesspoint/-a", errc::invalid_option, "'-a'", "lower-case"},
        {start + "accesspoint/a.example", errc::invalid_option, "'a.example'", "lower-case"},
        {start + "accesspoint/" + std::string(51, 'a'), errc::invalid_option, "too long", "50"},
        {"arn:aws:s3:us-west-2:12_3:accesspoint/p", errc::invalid_option, "'12_3'", "12 digits"},
        {"arn:aws:s3:us-west-2::accesspoint/p", errc::invalid_option, "''", "12 digits"},
        {"arn:aws:s3:us west-2:123456789012:accesspoint/p", errc::invalid_region, "'us west-2'", "us-west-2"},
        {"arn:aws:s3:evil.example:123456789012:accesspoint/p", errc::invalid_region, "'evil.example'",
         "us-west-2"},
        {"arn:aws:s3::123456789012:accesspoint/m.mrap", errc::unsupported, "multi-region", "of a region"},
        {"arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/p", errc::unsupported,
         "s3-outposts", "bucket's name"},
        {"arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/p", errc::unsupported,
         "s3-object-lambda", "bucket's name"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.arn);
        const auto got = aws::parse_access_point(r.arn);
        REQUIRE_FALSE(got.has_value());
        const auto& f = got.error();
        CHECK(f.code() == r.code);
        CHECK(f.detail().bucket == r.arn);
        CHECK(f.detail().message.find(r.message) != std::string::npos);
        CHECK(f.detail().hint.find(r.hint) != std::string::npos);
    }
    // of 50 characters it is the longest that AWS allows
    CHECK(aws::parse_access_point(start + "accesspoint/" + std::string(50, 'a')).has_value());
    CHECK(aws::parse_access_point("arn:aws:s3:us-west-2:1:accesspoint/" + std::string(100'000, 'a'))
              .error()
              .message()
              .size() < 4000);
}

} // namespace test_aws_access_point
