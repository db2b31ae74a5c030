// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/s3/store_presets.hpp>

#include <penstock/aws/endpoint.hpp>
#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

#include <functional>

namespace test_store_presets {

namespace aws = penstock::aws;
namespace s3 = penstock::s3;
using penstock::errc;

/// "URL/prefix region" of a bucket.
std::string resolved(const s3::client_options& o, std::string_view bucket) {
    aws::endpoint_request asked;
    asked.endpoint_url = o.endpoint_url();
    asked.region = o.region();
    asked.path_style = o.path_style();
    // AWS's own variables do not matter to them.
    const aws::environment env{{{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL", "http://other"}}};
    const auto e = aws::resolve_endpoint(aws::make_endpoint_settings(asked, env), bucket);
    CHECK(e.service == "s3");
    return e.url() + e.path_prefix + " " + e.region;
}

TEST_CASE("s3: presets of stores") {
    CHECK(resolved(s3::minio_options("http://minio.example:9000"), "lake") ==
          "http://minio.example:9000/lake us-east-1");
    CHECK(resolved(s3::localstack_options(), "lake") == "http://localhost:4566/lake us-east-1");
    CHECK(resolved(s3::localstack_options("http://127.0.0.1:1"), "lake") ==
          "http://127.0.0.1:1/lake us-east-1");
    CHECK(resolved(s3::r2_options("0123abcd"), "lake") ==
          "https://0123abcd.r2.cloudflarestorage.com/lake auto");
    CHECK(resolved(s3::r2_options("0123abcd", "eu"), "lake") ==
          "https://0123abcd.eu.r2.cloudflarestorage.com/lake auto");
    CHECK(resolved(s3::b2_options("us-west-004"), "lake") ==
          "https://s3.us-west-004.backblazeb2.com/lake us-west-004");
    CHECK(resolved(s3::spaces_options("nyc3"), "lake") == "https://lake.nyc3.digitaloceanspaces.com nyc3");
    CHECK(resolved(s3::spaces_options("nyc3"), "my.lake") ==
          "https://nyc3.digitaloceanspaces.com/my.lake nyc3");

    CHECK(s3::r2_options("0123abcd").equal_parts());
    CHECK_FALSE(s3::b2_options("us-west-004").equal_parts());
    CHECK(s3::localstack_options().credentials());
    CHECK_FALSE(s3::minio_options("http://minio.example:9000").credentials());
}

TEST_CASE("s3: presets refuse what would lead to another host") {
    const struct {
        std::function<void()> make;
        errc code;
    } rows[] = {
        {[] { s3::r2_options(""); }, errc::invalid_option},
        {[] { s3::r2_options("evil.example/"); }, errc::invalid_option},
        {[] { s3::r2_options("0123", "eu.evil"); }, errc::invalid_option},
        {[] { s3::b2_options(""); }, errc::invalid_region},
        {[] { s3::b2_options("evil.example/"); }, errc::invalid_region},
        {[] { s3::spaces_options("NYC3"); }, errc::invalid_region},
        {[] { resolved(s3::minio_options("minio:9000"), "lake"); }, errc::invalid_endpoint},
        {[] { resolved(s3::minio_options("http://key:secret@minio:9000"), "lake"); }, errc::invalid_endpoint},
    };
    for (const auto& r : rows) {
        try {
            r.make();
            FAIL_CHECK("nothing was thrown");
        } catch (const penstock::error& e) {
            CHECK(e.code() == r.code);
            CHECK_FALSE(e.detail().hint.empty());
        }
    }
}

} // namespace test_store_presets
