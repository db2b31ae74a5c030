// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/partition.hpp>

#include <doctest/doctest.h>

namespace test_aws_partition {

namespace aws = penstock::aws;

TEST_CASE("aws/partition: by the form of the region's name") {
    static constexpr struct {
        std::string_view region, id, suffix, dual_stack_suffix;
    } rows[] = {
        {"us-east-1", "aws", "amazonaws.com", "api.aws"},
        {"cn-north-1", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
        {"us-gov-west-1", "aws-us-gov", "amazonaws.com", "api.aws"},
        {"us-iso-east-1", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov"},
        {"us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"},
        {"us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
        {"eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
        {"eusc-de-east-1", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"},
        // regions still to come
        {"cn-new-99", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
        {"us-gov-north_2-1", "aws-us-gov", "amazonaws.com", "api.aws"},
        {"xx-new-9", "aws", "amazonaws.com", "api.aws"},
        // a beginning is not enough
        {"cn-north", "aws", "amazonaws.com", "api.aws"},
        {"cn--1", "aws", "amazonaws.com", "api.aws"},
        {"cn-north-", "aws", "amazonaws.com", "api.aws"},
        {"cn-north-1a", "aws", "amazonaws.com", "api.aws"},
        {"cn-", "aws", "amazonaws.com", "api.aws"},
        {"eusc-fr-east-1", "aws", "amazonaws.com", "api.aws"},
        {"", "aws", "amazonaws.com", "api.aws"},
        // the pseudo regions
        {"aws-global", "aws", "amazonaws.com", "api.aws"},
        {"aws-cn-global", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
        {"aws-iso-b-global", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.region);
        const auto& found = aws::partition_of(r.region);
        CHECK(found.id == r.id);
        CHECK(found.dns_suffix == r.suffix);
        CHECK(found.dual_stack_suffix == r.dual_stack_suffix);
        CHECK(&aws::partition_of(found.implicit_global_region) == &found);
    }
}

TEST_CASE("aws/partition: the region to sign for") {
    CHECK(aws::signing_region("eu-west-1") == "eu-west-1");
    CHECK(aws::signing_region("auto") == "auto");
    CHECK(aws::signing_region("") == "");
    CHECK(aws::signing_region("aws-global") == "us-east-1");
    CHECK(aws::signing_region("aws-cn-global") == "cn-northwest-1");
    CHECK(aws::signing_region("aws-us-gov-global") == "us-gov-west-1");
    CHECK(aws::signing_region("minio-global") == "minio-global");
    CHECK(aws::signing_region("-global") == "-global");
}

TEST_CASE("aws/partition: hosts of AWS") {
    for (const char* ours :
         {"s3.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com", "S3.AmazonAWS.com.",
          "s3.cn-north-1.amazonaws.com.cn", "s3.us-iso-east-1.c2s.ic.gov", "sts.us-east-1.api.aws",
          "bucket.vpce-1a2b3c4d-5e6f.s3.us-west-2.vpce.amazonaws.com", "s3.eusc-de-east-1.amazonaws.eu"}) {
        CAPTURE(ours);
        CHECK(aws::is_aws_host(ours));
    }
    for (const char* other :
         {"", "amazonaws.com", ".", "notamazonaws.com", "s3.amazonaws.com.evil.example",
          "amazonaws.com.minio.example", "127.0.0.1", "minio", "s3.us-west-004.backblazeb2.com"}) {
        CAPTURE(other);
        CHECK_FALSE(aws::is_aws_host(other));
    }
}

} // namespace test_aws_partition
