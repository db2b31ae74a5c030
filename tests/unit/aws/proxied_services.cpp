// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"

#include <penstock/aws/container_credentials_provider.hpp>
#include <penstock/aws/instance_metadata_credentials_provider.hpp>
#include <penstock/aws/web_identity_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/testing/http_server.hpp>
#include <penstock/testing/metadata_server.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

/// Over loopback: what is reached through the environment's proxy, and what never is.
namespace proxied_services_test {

using namespace penstock;

/// Refuses everything, and remembers what it was asked for.
struct closed_proxy {
    closed_proxy() { server.listen(); }
    std::string url() const { return "http://u:HUSH@127.0.0.1:" + std::to_string(server.port()); }

    asio::io_context io{1};
    testing::http_server server{io.get_executor(), [](const testing::http_request&) { return testing::http_answer{407, "who are you?"}; }};
};

inline aws::provider_context context(const closed_proxy& by, std::map<std::string, std::string> variables) {
    for (const auto* name : {"http_proxy", "https_proxy", "ALL_PROXY"}) variables[name] = by.url();
    return aws::provider_context().env(aws::environment{std::move(variables), "/nowhere"}).read_file([](const std::string& path, std::size_t) {
        if (path == "/token") return result<std::string>{"web-token"};
        return result<std::string>{failure{make_error_code(boost::system::errc::no_such_file_or_directory)}};
    });
}

TEST_CASE("the metadata service is never asked through a proxy") {
    closed_proxy by;
    testing::metadata_server metadata{by.io.get_executor(), testing::metadata_contents()};
    metadata.listen();
    const auto provider = aws::make_instance_metadata_credentials_provider(
        {}, context(by, {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.endpoint()}}));
    const auto got = test::run(by.io, as_result(provider->get()));
    REQUIRE(got.has_value());
    CHECK((*got)->access_key_id == metadata.contents().keys.access_key_id);
    CHECK(by.server.requests().empty());
}

TEST_CASE("the container's service is never asked through a proxy") {
    closed_proxy by;
    testing::http_server agent{by.io.get_executor(), [](const testing::http_request&) {
        return testing::http_answer{200, R"({"AccessKeyId": "AKC", "SecretAccessKey": "S", "Token": "T", "Expiration": "2999-01-01T00:00:00Z"})"};
    }};
    agent.listen();
    const auto provider = aws::make_container_credentials_provider(
        context(by, {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.endpoint() + "/creds"}}));
    const auto got = test::run(by.io, as_result(provider->get()));
    REQUIRE(got.has_value());
    CHECK((*got)->access_key_id == "AKC");
    CHECK(by.server.requests().empty());
}

TEST_CASE("STS is asked through the proxy, whose refusal is told without its password") {
    closed_proxy by;
    for (const auto* endpoint : {"http://sts.example", "https://sts.example"}) {
        CAPTURE(endpoint);
        by.server.forget_requests();
        const auto provider = aws::make_web_identity_credentials_provider(
            {}, context(by, {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r"},
                             {"AWS_REGION", "us-east-1"}, {"AWS_ENDPOINT_URL_STS", endpoint}}));
        const auto got = test::run(by.io, as_result(provider->get()));
        REQUIRE(got.has_error());
        const auto why = got.error();
        CHECK(why.code() == errc::proxy_refused);
        CHECK(why.message().find("the proxy http://127.0.0.1") != std::string::npos);
        CHECK(why.message().find("HUSH") == std::string::npos);
        REQUIRE(by.server.requests().size() == 1);
        CHECK(by.server.requests()[0].headers["Proxy-Authorization"] == "Basic dTpIVVNI");
    }
}

} // namespace proxied_services_test
