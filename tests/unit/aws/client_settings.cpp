// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/configured_endpoint.hpp>

#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

namespace test_aws_client_settings {

namespace aws = penstock::aws;
using penstock::errc;
using variables = std::map<std::string, std::string>;

aws::profile dev(std::string_view properties, std::string_view other_sections = "") {
    const auto text = "[profile dev]\n" + std::string{properties} + "\n" + std::string{other_sections};
    const auto parsed = aws::parse_profile_file(text, aws::profile_file_kind::config, "config").value();
    return aws::find_profile(parsed, "dev");
}

penstock::failure read_fails(const variables& env, const aws::profile& in) {
    try {
        aws::read_client_settings(aws::environment{env}, in);
    } catch (const penstock::error& e) {
        return e.as_failure();
    }
    FAIL_CHECK("read");
    return {};
}

TEST_CASE("aws/client_settings: nothing is said") {
    const auto s = aws::read_client_settings(aws::environment{variables{}}, aws::profile{});
    CHECK_FALSE(s.path_style);
    const auto& w = s.switches;
    for (const auto& one : {w.accelerate, w.dual_stack, w.fips, w.use_arn_region, w.express_sessions, w.legacy_us_east_1,
                            w.legacy_sts})
        CHECK_FALSE(one);
    CHECK(s.ca_bundle.empty());
    CHECK_FALSE(s.retry);
}

TEST_CASE("aws/client_settings: the environment beats the profile, each pair") {
    using switches = aws::endpoint_switches;
    struct row {
        const char *variable, *property;
        std::optional<bool> switches::*member;
        const char *on = "True", *off = "FALSE";
    };
    static constexpr row rows[] = {
        {"AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", &switches::dual_stack},
        {"AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &switches::fips},
        {"AWS_S3_USE_ARN_REGION", "s3_use_arn_region", &switches::use_arn_region},
        {"AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "s3_disable_express_session_auth", &switches::express_sessions, "false",
         "true"},
        {"AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "s3_us_east_1_regional_endpoint", &switches::legacy_us_east_1, "legacy",
         "regional"},
        {"AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints", &switches::legacy_sts, "legacy", "regional"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.property);
        const auto in = dev(std::string{r.property} + " = " + r.on);
        const auto read = [&](const variables& env) {
            return aws::read_client_settings(aws::environment{env}, in).switches.*r.member;
        };
        CHECK(read({}) == true);
        CHECK(read({{r.variable, r.off}}) == false);
        CHECK(read({{r.variable, ""}}) == true);
        CHECK(read_fails({{r.variable, "perhaps\n"}}, in).detail().message.find(r.variable) == 0);
    }
    const auto in = dev("ca_bundle = /file.pem\nretry_mode = standard\nmax_attempts = 4");
    auto s = aws::read_client_settings(aws::environment{variables{}}, in);
    CHECK(s.ca_bundle == "/file.pem");
    REQUIRE(s.retry);
    CHECK(s.retry->first_delay() == aws::retry_options::preset("aws-standard").first_delay());
    CHECK(s.retry->max_attempts() == 4);
    const variables env{{"AWS_CA_BUNDLE", "/env.pem"}, {"AWS_RETRY_MODE", "Adaptive"}, {"AWS_MAX_ATTEMPTS", "7"}};
    s = aws::read_client_settings(aws::environment{env}, in);
    CHECK(s.ca_bundle == "/env.pem");
    REQUIRE(s.retry);
    CHECK(s.retry->first_delay() == aws::retry_options{}.first_delay());
    CHECK(s.retry->max_attempts() == 7);
    CHECK(s.retry->adaptive());
}

TEST_CASE("aws/client_settings: what is nested in s3") {
    const auto read = [](std::string_view text) {
        return aws::read_client_settings(aws::environment{variables{}}, dev("s3 =\n  " + std::string{text}));
    };
    CHECK(read("addressing_style = path").path_style == true);
    CHECK(read("addressing_style = virtual # as AWS").path_style == false);
    CHECK_FALSE(read("addressing_style = auto").path_style);
    CHECK(read("use_accelerate_endpoint = true").switches.accelerate == true);
    CHECK(read("use_arn_region = true").switches.use_arn_region == true);
    CHECK(read("use_dualstack_endpoint = true").switches.dual_stack == true);
    const auto in = dev("use_dualstack_endpoint = true\ns3 =\n  use_dualstack_endpoint = false");
    CHECK(aws::read_client_settings(aws::environment{variables{}}, in).switches.dual_stack == false);
    CHECK(aws::read_client_settings(aws::environment{variables{{"AWS_USE_DUALSTACK_ENDPOINT", "true"}}}, in)
              .switches.dual_stack == true);
}

TEST_CASE("aws/client_settings: values that cannot be") {
    struct row {
        const char *text, *message, *hint;
    };
    static constexpr row rows[] = {
        {"use_fips_endpoint = yes", "use_fips_endpoint of profile 'dev' is 'yes'", "it must be false or true"},
        {"max_attempts = 0", "max_attempts of profile 'dev' is '0'", "it must be a whole number from 1"},
        {"max_attempts = -1", "max_attempts of profile 'dev' is '-1'", "it must be a whole number from 1"},
        {"max_attempts = 3 times", "max_attempts of profile 'dev' is '3 times'", "it must be a whole number from 1"},
        {"max_attempts = 99999999999", "max_attempts of profile 'dev' is '99999999999'",
         "it must be a whole number from 1"},
        {"retry_mode = never", "retry_mode of profile 'dev' is 'never'", "it must be standard, legacy or adaptive"},
        {"s3 =\n  addressing_style = host", "s3.addressing_style of profile 'dev' is 'host'",
         "it must be virtual, path or auto"},
    };
    for (const auto& r : rows) {
        const auto f = read_fails({}, dev(r.text));
        CHECK(f.code() == errc::invalid_option);
        CHECK(f.detail().message == r.message);
        CHECK(f.detail().hint == r.hint);
    }
    CHECK(read_fails({{"AWS_MAX_ATTEMPTS", "x"}}, dev("max_attempts = 3")).detail().message ==
          "AWS_MAX_ATTEMPTS is 'x'");
    CHECK(read_fails({}, dev("retry_mode = " + std::string(1000, 'x'))).message().size() < 300);
}

TEST_CASE("aws/configured_endpoint: where each value stands, and services that are missing") {
    const aws::environment none{variables{}};
    const auto lab = "[services lab]\ns3 =\n  endpoint_url = http://lab:1\nsso_oidc =\n  endpoint_url = http://lab:2\n";
    const auto in = dev("endpoint_url = http://all\nservices = lab", lab);
    CHECK(aws::configured_endpoint_url("s3", none, in).value == "http://lab:1");
    CHECK(aws::configured_endpoint_url("s3", none, in).source == "endpoint_url of services 'lab'");
    CHECK(aws::configured_endpoint_url("sso_oidc", none, in).value == "http://lab:2");
    CHECK(aws::configured_endpoint_url("sts", none, in).value == "http://all");
    CHECK(aws::configured_endpoint_url("sts", none, in).source == "endpoint_url of profile 'dev'");
    const aws::environment set{variables{{"AWS_ENDPOINT_URL_SSO_OIDC", "http://env:2"}, {"AWS_ENDPOINT_URL", "http://env"}}};
    CHECK(aws::configured_endpoint_url("sso_oidc", set, in).source == "AWS_ENDPOINT_URL_SSO_OIDC");
    CHECK(aws::configured_endpoint_url("s3", set, in).source == "AWS_ENDPOINT_URL");
    CHECK(aws::configured_endpoint_url("s3", none, aws::profile{}).value.empty());

    const auto lost = dev("endpoint_url = http://all\nservices = lba", lab);
    CHECK(aws::configured_endpoint_url("s3", set, lost).value == "http://env");
    CHECK(aws::configured_endpoint_url("s3", none, lost, true).value.empty());
    try {
        aws::configured_endpoint_url("s3", none, lost);
        FAIL_CHECK("no error");
    } catch (const penstock::error& e) {
        CHECK(e.code() == errc::invalid_profile);
        CHECK(e.detail().message == "profile 'dev' names the services 'lba'");
        CHECK(e.detail().hint == "there is no section [services lba] in the config file");
    }
}

TEST_CASE("aws/configured_endpoint: who says that they are ignored") {
    const auto in = dev("endpoint_url = http://all\nignore_configured_endpoint_urls = true");
    const aws::environment none{variables{}};
    const aws::environment no{variables{{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}}};
    CHECK(aws::configured_endpoint_url("s3", none, in).value.empty());
    CHECK(aws::configured_endpoint_url("s3", no, in).value == "http://all");
    CHECK(aws::configured_endpoint_url("s3", none, in, false).value == "http://all");
    CHECK(aws::configured_endpoint_url("s3", no, in, true).value.empty());
    const aws::environment maybe{variables{{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "maybe"}}};
    CHECK_THROWS_WITH_AS(aws::configured_endpoint_url("s3", maybe, in), doctest::Contains("'maybe'"), penstock::error);
}

} // namespace test_aws_client_settings
