// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/metadata_server.hpp>

#include <penstock/http/connector.hpp>
#include <penstock/http/fetch.hpp>
#include <penstock/http/resolver.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/test_certificates.hpp>

#include <support/run.hpp>
#include <support/temporary_folder.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

// What no provider does; what they do is tried in tests/unit/aws, and by botocore in tests/integration/python.
namespace metadata_server_test {

using namespace penstock;
using testing::metadata_request;

struct lab {
    boost::asio::io_context io{1};
    std::shared_ptr<clock_source> clock = make_system_clock();
    testing::metadata_server server{io.get_executor()};

    lab() { server.listen(); }

    http::document call(std::string method, std::string path, std::string header = {}, std::string value = {}) {
        http::request asked;
        asked.method = std::move(method);
        asked.path = std::move(path);
        asked.headers.add("Host", "metadata");
        if (!header.empty()) asked.headers.add(header, value);
        auto how = http::make_connector(http::make_cares_resolver(), {}, {}, clock);
        return test::run(io, http::fetch(how, http::origin{"127.0.0.1", server.port(), false}, asked, "", clock));
    }
};

constexpr auto roles = "/latest/meta-data/iam/security-credentials/";
constexpr auto ttl = "x-aws-ec2-metadata-token-ttl-seconds";

TEST_CASE("metadata_server: the token as AWS documents it") {
    lab l;
    CHECK(l.call("PUT", "/latest/api/token").head.status == 400);
    CHECK(l.call("GET", "/latest/api/token", ttl, "60").head.status == 405);
    for (const char* seconds : {"0", "21601", "-1", "x", ""}) CHECK(l.call("PUT", "/latest/api/token", ttl, seconds).head.status == 400);
    CHECK(l.call("PUT", "/latest/api/token", "X-Forwarded-For", "10.0.0.1").head.status == 403);
    const auto given = l.call("PUT", "/latest/api/token", ttl, "21600");
    CHECK(given.head.status == 200);
    CHECK(given.head.headers[ttl] == "21600");
    CHECK(l.call("GET", roles).head.status == 401);
    CHECK(l.call("GET", roles, "x-aws-ec2-metadata-token", "another").head.status == 401);
    CHECK(l.call("GET", roles, "x-aws-ec2-metadata-token", given.body).body == "penstock-role");
    l.server.contents().version_1 = true;
    CHECK(l.call("GET", roles).head.status == 200);
    CHECK(l.call("GET", roles, "x-aws-ec2-metadata-token", "another").head.status == 401);
    CHECK(l.server.count(metadata_request::token) == 9);
    CHECK(l.server.count(metadata_request::role) == 5);
    CHECK(l.server.requests().size() == 14);
}

TEST_CASE("metadata_server: what is not there") {
    lab l;
    CHECK(l.call("GET", "/latest/user-data").head.status == 404);
    CHECK(l.call("GET", "/v1/credentials/more").head.status == 404);
    CHECK(l.call("GET", "/v1/credentials").head.status == 200);
    CHECK(l.call("POST", "/v1/credentials").head.status == 405);
    CHECK(l.server.count(metadata_request::other) == 2);
    l.server.contents().keys.secret_access_key = "a\"b\\c";
    CHECK(l.call("GET", "/v1/credentials").body.find(R"("SecretAccessKey":"a\"b\\c")") != std::string::npos);
}

TEST_CASE("metadata_server: over TLS, to a client whose profile names the CA") {
    const testing::test_authority authority;
    const auto own = authority.server();
    boost::asio::io_context io{1};
    testing::metadata_server server{io.get_executor(), testing::metadata_contents(),
                                    testing::http_server_options().tls(own.certificate_pem, own.key_pem)};
    server.listen();
    const test::temporary_folder folder;
    folder.write("ca.pem", authority.ca_pem());
    folder.write("config", "[default]\nca_bundle = " + (folder / "ca.pem") + "\n");
    std::map<std::string, std::string> env{{"AWS_CONFIG_FILE", folder / "config"}, {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}};
    env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.endpoint() + "/v1/credentials";
    s3::client client{io.get_executor(), s3::client_options().region("us-east-1").environment(aws::environment{env})};
    CHECK(test::run(io, client.credentials())->access_key_id == "ASIAPENSTOCKTEST");
}

} // namespace metadata_server_test
