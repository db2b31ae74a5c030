// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/bucket_name.hpp>

#include <doctest/doctest.h>

#include <string>

namespace bucket_name_test {

TEST_CASE("aws::valid_bucket_name") {
    using penstock::aws::valid_bucket_name;
    CHECK(valid_bucket_name("a"));
    CHECK(valid_bucket_name("Old_Bucket.1"));
    CHECK(valid_bucket_name("base--zone--x-s3"));
    CHECK(valid_bucket_name(std::string(255, 'a')));
    CHECK(!valid_bucket_name(std::string(256, 'a')));
    CHECK(!valid_bucket_name(""));
    CHECK(!valid_bucket_name("a/b"));
    CHECK(!valid_bucket_name("."));
    CHECK(!valid_bucket_name("_a"));
}

} // namespace bucket_name_test
