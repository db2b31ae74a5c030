// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/directory_bucket.hpp>

#include <doctest/doctest.h>

namespace test_aws_directory_bucket {

namespace aws = penstock::aws;

TEST_CASE("aws/directory_bucket: the zone in the name") {
    static constexpr struct {
        std::string_view bucket, zone;
    } rows[] = {
        {"logs--use1-az4--x-s3", "use1-az4"},
        {"logs--apne1-az1--x-s3", "apne1-az1"},
        {"logs--usw2-lax1-az1--x-s3", "usw2-lax1-az1"},
        {"point--use1-az4--xa-s3", "use1-az4"},
        {"a--b--use1-az4--x-s3", "use1-az4"},
        {"x--test1-long1-zone-ab1--x-s3", "test1-long1-zone-ab1"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.bucket);
        CHECK(aws::is_directory_bucket(r.bucket));
        CHECK(aws::zone_of_directory_bucket(r.bucket) == r.zone);
    }
}

TEST_CASE("aws/directory_bucket: a name without a zone, and other names") {
    for (const char* none :
         {"--x-s3", "logs--x-s3", "logs--useaz4--x-s3", "--use1-az4--x-s3", "logs----x-s3",
          "logs---az4--x-s3", "logs--use1_az4--x-s3", "logs--USE1-az4--x-s3", "a--use1.az-4--x-s3"}) {
        CAPTURE(none);
        CHECK(aws::is_directory_bucket(none));
        CHECK_FALSE(aws::zone_of_directory_bucket(none));
    }
    for (const char* other : {"", "logs", "x-s3", "-x-s3", "logs--use1-az4--x-s3x", "logs--use1-az4--x-S3"}) {
        CAPTURE(other);
        CHECK_FALSE(aws::is_directory_bucket(other));
        CHECK_FALSE(aws::zone_of_directory_bucket(other));
    }
}

} // namespace test_aws_directory_bucket
