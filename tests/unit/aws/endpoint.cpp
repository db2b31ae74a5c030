// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/endpoint.hpp>

#include <penstock/aws/region.hpp>
#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

namespace test_aws_endpoint {

namespace aws = penstock::aws;
using penstock::errc;
using penstock::failure;
using variables = std::map<std::string, std::string>;

template <class F>
failure thrown_by(F f) {
    try {
        f();
    } catch (const penstock::error& e) {
        return e.as_failure();
    }
    FAIL_CHECK("nothing was thrown");
    return {};
}

aws::endpoint_settings settings(const std::string& url, const std::string& region = "", variables env = {}) {
    aws::endpoint_request asked;
    asked.endpoint_url = url;
    asked.region = region;
    return aws::make_endpoint_settings(asked, aws::environment{std::move(env)});
}

/// "https://host:port Host prefix region"
std::string resolved(const aws::endpoint_settings& s, std::string_view bucket) {
    const auto e = aws::resolve_endpoint(s, bucket);
    return e.url() + " " + e.host_header + " '" + e.path_prefix + "' " + e.region;
}

TEST_CASE("aws/environment: set to nothing is unset") {
    const aws::environment env{variables{{"A", "1"}, {"B", ""}, {"C", "3"}}};
    CHECK(env.get("A") == "1");
    CHECK_FALSE(env.get("B"));
    CHECK_FALSE(env.get("D"));
    CHECK(env.get("B", "C") == "3");
    CHECK(env.get("A", "C") == "1");
    CHECK_FALSE(env.get("B", "D"));
    const aws::environment process;
    const char* path = std::getenv("PATH");
    CHECK(process.get("PATH").value_or("") == (path ? path : ""));
    CHECK_FALSE(process.get("PENSTOCK_TEST_THAT_NOBODY_SETS"));
}

TEST_CASE("aws/region: known and plausible ones") {
    CHECK(aws::is_known_region("us-east-1"));
    CHECK(aws::is_known_region("mx-central-1"));
    CHECK(aws::is_known_region("aws-global"));
    CHECK(aws::is_known_region("aws-cn-global"));
    CHECK_FALSE(aws::is_known_region("xx-global"));
    CHECK_FALSE(aws::is_known_region("us-east-9"));
    CHECK_FALSE(aws::is_known_region(""));
    for (const char* good : {"a", "us-east-9", "auto", "default", "fr-par", "garage"})
        CHECK(aws::is_plausible_region(good));
    for (const char* bad : {"", "US-EAST-1", "us_east_1", "us east", "-a", "a-", "us-east-1/", "a.b",
                            "us-east-1\n", "\xc3\xa9"})
        CHECK_FALSE(aws::is_plausible_region(bad));
    CHECK(aws::is_plausible_region(std::string(63, 'a')));
    CHECK_FALSE(aws::is_plausible_region(std::string(64, 'a')));
}

TEST_CASE("aws/region: a wrong one is refused with what may have been meant") {
    const auto typo = thrown_by([] { aws::check_region("us-esat-1", true); });
    CHECK(typo.code() == errc::invalid_region);
    CHECK(typo.code() == penstock::condition::configuration);
    CHECK(typo.detail().hint.find("did you mean 'us-east-1'?") != std::string::npos);
    CHECK(thrown_by([] { aws::check_region("EU-WEST-1", true); }).detail().hint.find("'eu-west-1'") !=
          std::string::npos);
    CHECK(thrown_by([] { aws::check_region("xx-new-9", true); }).detail().hint.find("check_region(false)") !=
          std::string::npos);
    CHECK(thrown_by([] { aws::check_region("evil.example/", false); }).code() == errc::invalid_region);
    CHECK(thrown_by([] { aws::check_region(std::string(100000, 'a'), false); }).message().size() < 1000);
    aws::check_region("xx-new-9", false);
    aws::check_region("eu-west-1", true);
}

TEST_CASE("aws/endpoint: AWS") {
    const auto s = settings("", "eu-west-1");
    CHECK(resolved(s, "") == "https://s3.eu-west-1.amazonaws.com s3.eu-west-1.amazonaws.com '' eu-west-1");
    CHECK(resolved(s, "lake") ==
          "https://lake.s3.eu-west-1.amazonaws.com lake.s3.eu-west-1.amazonaws.com '' eu-west-1");
    CHECK(resolved(settings("", "cn-north-1"), "lake") ==
          "https://lake.s3.cn-north-1.amazonaws.com.cn lake.s3.cn-north-1.amazonaws.com.cn '' cn-north-1");
    CHECK(resolved(settings(""), "lake") ==
          "https://lake.s3.us-east-1.amazonaws.com lake.s3.us-east-1.amazonaws.com '' us-east-1");
    // What the host name cannot carry goes into the path.
    for (const char* bucket : {"a.b", "My-Bucket", "under_score", "ab", "1.2.3.4"}) {
        CAPTURE(bucket);
        CHECK(resolved(s, bucket) ==
              std::string{"https://s3.eu-west-1.amazonaws.com s3.eu-west-1.amazonaws.com '/"} + bucket +
                  "' eu-west-1");
    }
    CHECK(resolved(s, std::string(64, 'a')).find("'/aaa") != std::string::npos);
    CHECK(resolved(s, std::string(63, 'a')).find("''") != std::string::npos);
}

TEST_CASE("aws/endpoint: custom endpoints") {
    CHECK(resolved(settings("http://127.0.0.1:9000"), "lake") ==
          "http://127.0.0.1:9000 127.0.0.1:9000 '/lake' us-east-1");
    CHECK(resolved(settings("http://[::1]:9000/"), "lake") ==
          "http://[::1]:9000 [::1]:9000 '/lake' us-east-1");
    CHECK(resolved(settings("https://minio.example"), "lake") ==
          "https://minio.example minio.example '/lake' us-east-1");
    CHECK(resolved(settings("https://minio.example:443"), "lake") ==
          "https://minio.example minio.example '/lake' us-east-1");
    CHECK(resolved(settings("HTTP://minio.example:80"), "lake") ==
          "http://minio.example minio.example '/lake' us-east-1");
    CHECK(resolved(settings("https://gw.example:8443/s3/base//", "fr-par"), "lake") ==
          "https://gw.example:8443 gw.example:8443 '/s3/base/lake' fr-par");
    CHECK(resolved(settings("https://gw.example/s3"), "") == "https://gw.example gw.example '/s3' us-east-1");
    // The base path is signed in AWS's own encoding.
    CHECK(resolved(settings("https://gw.example/a=b%2dc"), "") ==
          "https://gw.example gw.example '/a%3Db-c' us-east-1");
    CHECK(resolved(settings("https://x.r2.cloudflarestorage.com"), "lake").ends_with(" auto"));
    CHECK(resolved(settings("https://x.r2.cloudflarestorage.com", "weur"), "lake").ends_with(" weur"));
}

TEST_CASE("aws/endpoint: the addressing style, both ways") {
    auto s = settings("", "eu-west-1");
    s.path_style = true;
    CHECK(resolved(s, "lake") ==
          "https://s3.eu-west-1.amazonaws.com s3.eu-west-1.amazonaws.com '/lake' eu-west-1");
    s = settings("https://minio.example:9000/base");
    s.path_style = false;
    CHECK(resolved(s, "lake") == "https://lake.minio.example:9000 lake.minio.example:9000 '/base' us-east-1");
    CHECK(resolved(s, "a.b").find("'/base/a.b'") != std::string::npos);
    s = settings("http://minio.example");
    s.path_style = false;
    CHECK(resolved(s, "a.b") == "http://a.b.minio.example a.b.minio.example '' us-east-1");
    for (const char* literal : {"http://10.0.0.1", "http://[fe80::1]:9000"}) {
        s = settings(literal);
        s.path_style = false;
        CHECK(resolved(s, "lake").find("'/lake'") != std::string::npos);
    }
}

TEST_CASE("aws/endpoint: the environment is the last to be asked") {
    const variables all{{"AWS_ENDPOINT_URL_S3", "http://s3.example"},
                        {"AWS_ENDPOINT_URL", "http://all.example"},
                        {"AWS_REGION", "eu-west-1"},
                        {"AWS_DEFAULT_REGION", "eu-west-2"}};
    CHECK(resolved(settings("", "", all), "") == "http://s3.example s3.example '' eu-west-1");
    CHECK(resolved(settings("http://mine.example", "sa-east-1", all), "") ==
          "http://mine.example mine.example '' sa-east-1");
    auto some = all;
    some["AWS_ENDPOINT_URL_S3"] = some["AWS_REGION"] = "";
    CHECK(resolved(settings("", "", some), "") == "http://all.example all.example '' eu-west-2");
    some["AWS_ENDPOINT_URL"] = some["AWS_DEFAULT_REGION"] = "";
    CHECK(resolved(settings("", "", some), "").starts_with("https://s3.us-east-1.amazonaws.com"));
}

TEST_CASE("aws/endpoint: malformed endpoints") {
    for (const char* bad : {"localhost:9000",
                            "minio",
                            "/path",
                            "ftp://host",
                            "s3://bucket",
                            "http://",
                            "http:///path",
                            "http://host:0",
                            "http://host:65536",
                            "http://host:x",
                            "http://host:",
                            "http://ho st",
                            "http://host/a b",
                            "http://host\r\nX: 1",
                            "http://host?x=1",
                            "http://host#x",
                            "http://[::1",
                            "http://user@host",
                            "http://key:SECRET@host",
                            "://host",
                            "http://host/?X-Amz-Signature=SECRET",
                            " http://host",
                            "http://host "}) {
        CAPTURE(bad);
        const auto f = thrown_by([bad] { settings(bad); });
        CHECK(f.code() == errc::invalid_endpoint);
        CHECK(f.code() == penstock::condition::configuration);
        CHECK(f.message().find("SECRET") == std::string::npos);
        CHECK(f.message().find('\n') == std::string::npos);
        CHECK_FALSE(f.detail().hint.empty());
        CHECK(thrown_by([bad] {
                  settings("", "", {{"AWS_ENDPOINT_URL", bad}});
              }).code() == errc::invalid_endpoint);
    }
}

TEST_CASE("aws/endpoint: regions are checked where they end up in a host name") {
    CHECK(thrown_by([] { settings("", "us-east-9"); }).code() == errc::invalid_region);
    CHECK(thrown_by([] { settings("", "", {{"AWS_REGION", "us-east-1 "}}); }).code() == errc::invalid_region);
    CHECK(thrown_by([] { settings("http://minio.example", "US"); }).code() == errc::invalid_region);
    CHECK(settings("http://minio.example", "garage").region == "garage");
    aws::endpoint_request asked;
    asked.region = "us-east-9";
    asked.check_region = false;
    CHECK(aws::make_endpoint_settings(asked, aws::environment{variables{}}).region == "us-east-9");
    asked.region = "evil.example/x";
    CHECK(thrown_by([&] { aws::make_endpoint_settings(asked, aws::environment{variables{}}); }).code() ==
          errc::invalid_region);
}

TEST_CASE("aws/endpoint: the Host header of one's own") {
    aws::endpoint_request asked;
    asked.host_header = "bucket.internal";
    CHECK(thrown_by([&] { aws::make_endpoint_settings(asked, aws::environment{variables{}}); }).code() ==
          errc::invalid_option);
    asked.endpoint_url = "http://10.0.0.1:9000";
    CHECK(resolved(aws::make_endpoint_settings(asked, aws::environment{variables{}}), "lake") ==
          "http://10.0.0.1:9000 bucket.internal '/lake' us-east-1");
    for (const char* bad : {"a b", "a\r\nX: 1", "a/b", "user@host", "a\tb"}) {
        asked.host_header = bad;
        CHECK(thrown_by([&] { aws::make_endpoint_settings(asked, aws::environment{variables{}}); }).code() ==
              errc::invalid_option);
    }
}

TEST_CASE("aws/endpoint: no bucket's name becomes another host or path") {
    const auto s = settings("", "eu-west-1");
    for (const char* bad : {".", "..", "a/b", "/a", "a/", "evil.example/", "a@b", "a:b", "a?b", "a#b", "a b",
                            "a%2Fb", "a\nb", "-a", "a.", "\xc3\xa9"}) {
        CAPTURE(bad);
        CHECK(thrown_by([&] { aws::resolve_endpoint(s, bad); }).code() == errc::invalid_option);
    }
    CHECK(thrown_by([&] { aws::resolve_endpoint(s, std::string(256, 'a')); }).code() == errc::invalid_option);
}

} // namespace test_aws_endpoint
