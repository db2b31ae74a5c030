// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/detail/s3_endpoint_rules.hpp>
#include <penstock/aws/endpoint.hpp>

#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

#include <functional>

// What AWS's own cases (conformance: endpoint-rules) do not say: our defaults, our refusals, and their
// stories.

namespace test_s3_endpoint_rules {

namespace aws = penstock::aws;
using penstock::errc;

const std::string arn = "arn:aws:s3:us-west-2:123456789012:accesspoint/point";
const std::string express = "logs--usw2-az1--x-s3";

aws::endpoint_settings settings(std::string region,
                                const std::function<void(aws::endpoint_request&)>& change = {}) {
    aws::endpoint_request asked;
    asked.region = std::move(region);
    if (change) change(asked);
    return aws::make_endpoint_settings(asked, aws::environment{{}});
}

/// "URL/prefix, service region"
std::string resolved(const aws::endpoint_settings& s, std::string_view bucket,
                     aws::api_plane plane = aws::api_plane::data) {
    const auto e = aws::resolve_endpoint(s, bucket, plane);
    const std::string auth = e.auth == aws::auth_scheme::sigv4 ? "" : " session";
    CHECK(e.url() == (e.to.tls ? "https://" : "http://") + e.host_header);
    return e.url() + e.path_prefix + ", " + e.service + " " + e.region + auth;
}

penstock::failure refused(const std::function<void()>& f) {
    try {
        f();
    } catch (const penstock::error& e) {
        return e.as_failure();
    }
    FAIL_CHECK("nothing was thrown");
    return {};
}

bool says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

TEST_CASE("aws/endpoint: an access point's alias is a bucket's name") {
    CHECK(
        resolved(settings("us-west-2"), "point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias") ==
        "https://point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias.s3.us-west-2.amazonaws.com, s3 us-west-2");
}

TEST_CASE("aws/endpoint: an access point by its ARN, also from another region") {
    for (const char* region : {"us-west-2", "eu-west-1", "aws-global"})
        CHECK(resolved(settings(region), arn) ==
              "https://point-123456789012.s3-accesspoint.us-west-2.amazonaws.com, s3 us-west-2");
    // on a custom endpoint as well: path style is only its default
    CHECK(resolved(settings("us-west-2", [](auto& r) { r.endpoint_url = "http://store.example:9000/base"; }),
                   arn) == "http://point-123456789012.store.example:9000/base, s3 us-west-2");
}

TEST_CASE("aws/endpoint: where an access point's ARN cannot go") {
    const struct {
        std::function<void(aws::endpoint_request&)> change;
        const char *message, *hint;
    } rows[] = {
        {[](auto& r) { r.switches.use_arn_region = false, r.region = "eu-west-1"; }, "use_arn_region is off",
         "region to us-west-2"},
        {[](auto& r) { r.region = "cn-north-1"; }, "partition aws,", "region of partition aws;"},
        {[](auto& r) { r.path_style = true; }, "no path style", "alias"},
        {[](auto& r) { r.switches.accelerate = true; }, "no Transfer Acceleration", "accelerate off"},
        {[](auto& r) { r.endpoint_url = "http://127.0.0.1:9000"; }, "http://127.0.0.1:9000 has none",
         "alias"},
        {[](auto& r) { r.endpoint_url = "http://[::1]:9000"; }, "http://[::1]:9000 has none", "alias"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.message);
        const auto s = settings("us-west-2", r.change);
        const auto f = refused([&] { aws::resolve_endpoint(s, arn); });
        CHECK(f.code() == errc::invalid_option);
        CHECK(f.detail().bucket == arn);
        CHECK(says(f.detail().message, r.message));
        CHECK(says(f.detail().hint, r.hint));
    }
    const auto made =
        refused([] { aws::resolve_endpoint(settings("us-west-2"), arn, aws::api_plane::control); });
    CHECK(says(made.detail().hint, "bucket's name"));
    // The same region is no reason to look at use_arn_region.
    CHECK(resolved(settings("us-west-2", [](auto& r) { r.switches.use_arn_region = false; }), arn)
              .ends_with("us-west-2"));
    CHECK(
        refused([] { aws::resolve_endpoint(settings("us-west-2"), "arn:aws:s3:::lake"); }).detail().bucket ==
        "arn:aws:s3:::lake");
    CHECK(refused([] {
              aws::resolve_endpoint(settings("us-west-2"), "arn:aws:s3::1:accesspoint/m.mrap");
          }).code() == errc::unsupported);
}

TEST_CASE("aws/endpoint: directory buckets") {
    const auto s = settings("us-west-2");
    CHECK(resolved(s, express) == "https://logs--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com, "
                                  "s3express us-west-2 session");
    CHECK(resolved(s, express, aws::api_plane::control) ==
          "https://s3express-control.us-west-2.amazonaws.com/logs--usw2-az1--x-s3, s3express us-west-2");
    CHECK(resolved(s, "", aws::api_plane::control) ==
          "https://s3express-control.us-west-2.amazonaws.com, s3express us-west-2");
    CHECK(resolved(settings("us-west-2", [](auto& r) { r.switches.express_sessions = false; }), express) ==
          "https://logs--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com, s3express us-west-2");
    // They have no path style on AWS, and on other endpoints that of the endpoint.
    CHECK(resolved(settings("us-west-2", [](auto& r) { r.path_style = true; }), express) ==
          resolved(s, express));
    const auto custom = [](std::optional<bool> path_style) {
        return settings("us-west-2",
                        [&](auto& r) { r.endpoint_url = "http://store.example", r.path_style = path_style; });
    };
    CHECK(resolved(custom({}), express) ==
          "http://store.example/logs--usw2-az1--x-s3, s3express us-west-2 session");
    CHECK(resolved(custom(true), express) == resolved(custom({}), express));
    CHECK(resolved(custom(false), express) ==
          "http://logs--usw2-az1--x-s3.store.example, s3express us-west-2 session");
    CHECK(resolved(custom({}), express, aws::api_plane::control) ==
          "http://store.example/logs--usw2-az1--x-s3, s3express us-west-2");
    CHECK(resolved(custom({}), "", aws::api_plane::control) == "http://store.example, s3express us-west-2");
    // The planes of other buckets are one.
    CHECK(resolved(s, "lake", aws::api_plane::control) == resolved(s, "lake"));
}

TEST_CASE("aws/endpoint: names of directory buckets that cannot be") {
    const auto s = settings("us-west-2");
    for (const char* bad :
         {"logs--useaz4--x-s3", "a.b--use1-az4--x-s3", "Logs--use1-az4--x-s3", "a--xa-s3"}) {
        CAPTURE(bad);
        const auto f = refused([&] { aws::resolve_endpoint(s, bad); });
        CHECK(f.code() == errc::invalid_option);
        CHECK(f.detail().bucket == bad);
        CHECK_FALSE(f.detail().hint.empty());
    }
    const auto fast = settings("us-west-2", [](auto& r) { r.switches.accelerate = true; });
    CHECK(says(refused([&] { aws::resolve_endpoint(fast, express); }).detail().hint, "accelerate off"));
}

TEST_CASE("aws/endpoint: buckets on Outposts are told apart") {
    const auto f = refused([] {
        aws::resolve_endpoint(settings("us-west-2"),
                              "test-accessp-o0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3");
    });
    CHECK(f.code() == errc::unsupported);
    CHECK_FALSE(f.detail().hint.empty());
}

TEST_CASE("aws/endpoint: global pseudo regions lead to a host that is there") {
    CHECK(resolved(settings("aws-global"), "lake") == "https://lake.s3.amazonaws.com, s3 us-east-1");
    CHECK(resolved(settings("aws-cn-global"), "lake") ==
          "https://lake.s3.cn-northwest-1.amazonaws.com.cn, s3 cn-northwest-1");
    CHECK(resolved(settings("aws-global"), express) ==
          "https://logs--usw2-az1--x-s3.s3express-usw2-az1.us-east-1.amazonaws.com, s3express us-east-1 "
          "session");
}

TEST_CASE("aws/endpoint: switches that exclude each other are told at once") {
    const struct {
        const char* region;
        std::function<void(aws::endpoint_request&)> change;
        const char *message, *hint;
    } rows[] = {
        {"us-west-2", [](auto& r) { r.switches.fips = r.switches.accelerate = true; }, "no FIPS",
         "accelerate or fips"},
        {"us-west-2", [](auto& r) { r.switches.fips = true, r.endpoint_url = "http://store.example/x"; },
         "endpoint http://store.example", "unset endpoint_url"},
        {"us-west-2", [](auto& r) { r.switches.dual_stack = true, r.endpoint_url = "http://store.example"; },
         "dual_stack", "unset endpoint_url"},
        {"us-west-2", [](auto& r) { r.switches.accelerate = true, r.endpoint_url = "http://store.example"; },
         "accelerate", "unset endpoint_url"},
        {"cn-north-1", [](auto& r) { r.switches.fips = true; },
         "FIPS endpoints in partition aws-cn (region cn-north-1)", "switch fips off"},
        {"cn-north-1", [](auto& r) { r.switches.accelerate = true; }, "aws-cn", "switch accelerate off"},
        {"us-gov-west-1", [](auto& r) { r.switches.accelerate = true; }, "aws-us-gov",
         "switch accelerate off"},
        {"us-iso-east-1", [](auto& r) { r.switches.dual_stack = true; },
         "dual-stack endpoints in partition aws-iso", "switch dual_stack off"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.message);
        const auto f = refused([&] { settings(r.region, r.change); });
        CHECK(f.code() == errc::invalid_option);
        CHECK(f.code() == penstock::condition::configuration);
        CHECK(says(f.detail().message, r.message));
        CHECK(says(f.detail().hint, r.hint));
    }
    // Settings that were made by hand are looked at, too, and the bucket is named.
    auto s = settings("us-west-2");
    s.switches.fips = s.switches.accelerate = true;
    CHECK(refused([&] { aws::resolve_endpoint(s, "lake"); }).detail().bucket == "lake");
    // The same by the environment.
    const auto by_variable = refused([] {
        aws::endpoint_request asked;
        asked.endpoint_url = "http://store.example";
        aws::make_endpoint_settings(asked, aws::environment{{{"AWS_USE_FIPS_ENDPOINT", "true"}}});
    });
    CHECK(by_variable.code() == errc::invalid_option);
    CHECK(resolved(settings("us-iso-east-1", [](auto& r) { r.switches.dual_stack = r.switches.fips = true; }),
                   "lake") == "https://lake.s3-fips.dualstack.us-iso-east-1.c2s.ic.gov, s3 us-iso-east-1");
}

TEST_CASE("aws/endpoint: acceleration needs a bucket that fits into the host name") {
    const auto s = settings("us-west-2", [](auto& r) { r.switches.accelerate = true; });
    CHECK(resolved(s, "lake") == "https://lake.s3-accelerate.amazonaws.com, s3 us-west-2");
    CHECK(resolved(s, "") == "https://s3.us-west-2.amazonaws.com, s3 us-west-2");
    for (const char* bucket : {"a.b", "My-Bucket", "ab", "1.2.3.4"}) {
        CAPTURE(bucket);
        const auto f = refused([&] { aws::resolve_endpoint(s, bucket); });
        CHECK(f.detail().bucket == bucket);
        CHECK(says(f.detail().hint, "switch accelerate off"));
    }
    auto path_style = s;
    path_style.path_style = true;
    CHECK(says(refused([&] { aws::resolve_endpoint(path_style, "lake"); }).detail().hint, "path_style off"));
}

TEST_CASE("aws/endpoint: without a region nothing is resolved") {
    const auto f = refused([] { aws::resolve_endpoint(aws::endpoint_settings{}, "lake"); });
    CHECK(f.code() == errc::invalid_region);
    CHECK(f.detail().bucket == "lake");
    CHECK_FALSE(f.detail().hint.empty());
}

} // namespace test_s3_endpoint_rules
