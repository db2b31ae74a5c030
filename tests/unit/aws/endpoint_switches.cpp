// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/endpoint_switches.hpp>

#include <doctest/doctest.h>

namespace test_aws_endpoint_switches {

namespace aws = penstock::aws;

TEST_CASE("aws/endpoint_switches: what is said stays, the rest is filled in") {
    using s = aws::endpoint_switches;
    for (const auto member : {&s::dual_stack, &s::fips, &s::accelerate, &s::use_arn_region, &s::express_sessions,
                              &s::legacy_us_east_1, &s::legacy_sts}) {
        s said, otherwise;
        CHECK_FALSE(aws::complete_switches(said, otherwise).*member);
        otherwise.*member = true;
        CHECK(aws::complete_switches(said, otherwise).*member == true);
        said.*member = false;
        CHECK(aws::complete_switches(said, otherwise).*member == false);
        CHECK(aws::complete_switches(said, s{}).*member == false);
    }
}

} // namespace test_aws_endpoint_switches
