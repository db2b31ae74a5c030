// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/service_endpoint.hpp>

#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

namespace test_aws_service_endpoint {

namespace aws = penstock::aws;
using aws::credential_service;
using penstock::errc;

/// "URL/prefix, service region"
std::string resolved(credential_service service, std::string_view url, std::string_view region,
                     aws::endpoint_switches on = {}) {
    const auto e = aws::resolve_service_endpoint(service, url, region, on);
    CHECK(e.url() == (e.to.tls ? "https://" : "http://") + e.host_header);
    return e.url() + e.path_prefix + ", " + e.service + " " + e.region;
}

penstock::failure refused(credential_service service, std::string_view url, std::string_view region,
                          aws::endpoint_switches on = {}) {
    try {
        aws::resolve_service_endpoint(service, url, region, on);
    } catch (const penstock::error& e) {
        return e.as_failure();
    }
    FAIL_CHECK("nothing was thrown");
    return {};
}

TEST_CASE("aws/service_endpoint: in the region") {
    CHECK(resolved(credential_service::sts, "", "eu-west-1") ==
          "https://sts.eu-west-1.amazonaws.com, sts eu-west-1");
    CHECK(resolved(credential_service::sso, "", "eu-west-1") ==
          "https://portal.sso.eu-west-1.amazonaws.com, awsssoportal eu-west-1");
    CHECK(resolved(credential_service::sso_oidc, "", "eu-west-1") ==
          "https://oidc.eu-west-1.amazonaws.com, sso-oauth eu-west-1");
    CHECK(resolved(credential_service::sso, "", "aws-cn-global") ==
          "https://portal.sso.cn-northwest-1.amazonaws.com.cn, awsssoportal cn-northwest-1");
}

TEST_CASE("aws/service_endpoint: the global one of STS, where it is asked for") {
    aws::endpoint_switches legacy;
    legacy.legacy_sts = true;
    CHECK(resolved(credential_service::sts, "", "aws-global") == "https://sts.amazonaws.com, sts us-east-1");
    CHECK(resolved(credential_service::sts, "", "eu-west-1", legacy) ==
          "https://sts.amazonaws.com, sts us-east-1");
    CHECK(resolved(credential_service::sts, "", "af-south-1", legacy) ==
          "https://sts.af-south-1.amazonaws.com, sts af-south-1");
    CHECK(resolved(credential_service::sts, "", "cn-north-1", legacy) ==
          "https://sts.cn-north-1.amazonaws.com.cn, sts cn-north-1");
    CHECK(resolved(credential_service::sso, "", "eu-west-1", legacy)
              .starts_with("https://portal.sso.eu-west-1."));
    legacy.fips = true;
    CHECK(resolved(credential_service::sts, "", "us-east-1", legacy) ==
          "https://sts-fips.us-east-1.amazonaws.com, sts us-east-1");
}

TEST_CASE("aws/service_endpoint: one's own") {
    CHECK(resolved(credential_service::sts, "http://127.0.0.1:9000/sts/", "eu-west-1") ==
          "http://127.0.0.1:9000/sts, sts eu-west-1");
    CHECK(resolved(credential_service::sts, "http://127.0.0.1:9000", "") == "http://127.0.0.1:9000, sts ");
}

TEST_CASE("aws/service_endpoint: refusals") {
    const auto none = refused(credential_service::sts, "", "");
    CHECK(none.code() == errc::invalid_region);
    CHECK(none.detail().message.find("sts") != std::string::npos);
    CHECK_FALSE(none.detail().hint.empty());
    // A region comes from a profile, and goes into the host name.
    for (const char* bad : {"evil.example/", "eu west-1", "EU-WEST-1", "eu-west-1\r\nX: 1", "-"})
        CHECK(refused(credential_service::sso, "", bad).code() == errc::invalid_region);
    CHECK(refused(credential_service::sso, "http://host", "eu west-1").code() == errc::invalid_region);
    for (const char* bad : {"host", "ftp://host", "http://key:SECRET@host"}) {
        const auto f = refused(credential_service::sts, bad, "eu-west-1");
        CHECK(f.code() == errc::invalid_endpoint);
        CHECK(f.message().find("SECRET") == std::string::npos);
    }
    for (const auto which : {&aws::endpoint_switches::fips, &aws::endpoint_switches::dual_stack}) {
        aws::endpoint_switches on;
        on.*which = true;
        const auto f = refused(credential_service::sts, "http://host:1", "eu-west-1", on);
        CHECK(f.code() == errc::invalid_option);
        CHECK(f.detail().message.find("http://host:1") != std::string::npos);
        CHECK_FALSE(f.detail().hint.empty());
    }
}

} // namespace test_aws_service_endpoint
