// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/text_options.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace client_credentials_test {

using namespace penstock;
using scripted::say;
using texts = std::map<std::string, std::string>;

std::string with_length(std::string_view head, std::string_view body) {
    return std::string{head} + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}
std::string ok(std::string_view body) { return with_length("HTTP/1.1 200 OK\r\n", body); }

std::string keys_of_container(std::string_view id) {
    return ok("{\"AccessKeyId\":\"" + std::string{id} +
              "\",\"SecretAccessKey\":\"HUSH\",\"Token\":\"TOKEN\",\"Expiration\":\"2026-01-01T06:00:00Z\"}");
}
const std::string object = with_length("HTTP/1.1 200 OK\r\nETag: \"e\"\r\n", "hello");
const std::string session_of_role =
    ok("<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"
       "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>HUSH</SecretAccessKey><SessionToken>TOKEN</SessionToken>"
       "<Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>");

/// A client told by options as text, an environment and no files.
struct told : scripted::world {
    told(std::vector<say> script, const texts& options, const texts& env) : world{std::move(script)} {
        auto read = s3::parse_text_options(options).value().client;
        read.connector(how).clock(clock).environment(aws::environment{env}).retry(aws::retry_options::preset("none"));
        read.file_reader([](const std::string&, std::size_t) -> result<std::string> {
            return failure{error_code{ENOENT, boost::system::system_category()}};
        });
        this->options = std::move(read);
    }

    /// The error of getting an object, or its text.
    std::string get() {
        auto s3 = client();
        auto got = run(as_result(s3.get("s3://b/k")));
        return got ? got->body : got.error().message();
    }
    std::string last_key() const {
        const auto& r = how->requests.back();
        const auto at = r.find("Credential=");
        return at == r.npos ? "" : r.substr(at + 11, r.find('/', at) - at - 11);
    }
};

const texts store{{"endpoint", "http://store"}, {"region", "us-east-1"}};
const texts aws_itself{{"region", "us-east-1"}};
const texts task{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/task"}};
texts both(texts a, const texts& b) {
    for (const auto& [name, value] : b) a[name] = value;
    return a;
}

TEST_CASE("client credentials: with keys in the environment nothing else is asked") {
    told t{{object}, aws_itself, both(task, {{"AWS_ACCESS_KEY_ID", "ENVKEY"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}})};
    CHECK(t.get() == "hello");
    CHECK(t.last_key() == "ENVKEY");
    CHECK(t.how->hosts == std::vector<std::string>{"https://s3.us-east-1.amazonaws.com"});
}

TEST_CASE("client credentials: auto asks the metadata services for AWS, and never for another store") {
    told on_aws{{keys_of_container("TASKKEY"), object}, aws_itself, task};
    CHECK(on_aws.get() == "hello");
    CHECK(on_aws.last_key() == "TASKKEY");
    CHECK(on_aws.how->hosts[0] == "http://169.254.170.2");

    told elsewhere{{object}, store, task};
    const auto story = elsewhere.get();
    CHECK(elsewhere.how->hosts.empty());
    for (const char* part : {"environment", "web identity", "profile 'default'", "container: not asked", "instance metadata: not asked"})
        CHECK(story.find(part) != std::string::npos);
}

TEST_CASE("client credentials: metadata asks them for any store, and nobody else") {
    const texts env = both(task, {{"AWS_ACCESS_KEY_ID", "ENVKEY"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}});
    told t{{keys_of_container("TASKKEY"), object}, both(store, {{"iam_role_source", "metadata"}}), env};
    CHECK(t.get() == "hello");
    CHECK(t.last_key() == "TASKKEY");

    told by_env{{object}, both(store, {{"iam_role_source", "env"}}), task};
    CHECK(by_env.get().find("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set") != std::string::npos);
    CHECK(by_env.how->hosts.empty());
}

TEST_CASE("client credentials: a role to assume, by the keys that are given or found") {
    const texts role{{"role_arn", "arn:aws:iam::123456789012:role/reader"}, {"external_id", "partner-7"}};
    const texts given{{"s3_key", "OWNKEY"}, {"s3_secret", "HUSH"}};
    told by_keys{{session_of_role, object}, both(both(aws_itself, role), given), {}};
    CHECK(by_keys.get() == "hello");
    CHECK(by_keys.how->hosts[0] == "https://sts.us-east-1.amazonaws.com");
    CHECK(by_keys.how->requests[0].find("Credential=OWNKEY/") != std::string::npos);
    CHECK(by_keys.how->requests[0].find("ExternalId=partner-7") != std::string::npos);
    CHECK(by_keys.last_key() == "ASIAROLE");

    told by_task{{keys_of_container("TASKKEY"), session_of_role, object}, both(aws_itself, role), task};
    CHECK(by_task.get() == "hello");
    CHECK(by_task.how->requests[1].find("Credential=TASKKEY/") != std::string::npos);

    // Another store's STS is told by the environment.
    told elsewhere{{session_of_role, object}, both(both(store, role), given), {{"AWS_ENDPOINT_URL_STS", "http://sts.store"}}};
    CHECK(elsewhere.get() == "hello");
    CHECK(elsewhere.how->hosts[0] == "http://sts.store");

    asio::io_context io;
    auto bad = s3::client_options{}.environment(aws::environment{{}});
    aws::credentials_request request;
    request.role_arn = "reader\n";
    bad.credentials_request(request);
    CHECK_THROWS_AS((s3::client{io.get_executor(), bad}), error);
}

TEST_CASE("client credentials: keys that expire in the middle of an object are renewed once, and it goes on at the byte") {
    const std::string cut = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 10\r\n\r\nhello";
    const auto expired = with_length("HTTP/1.1 403 F\r\n", "<Error><Code>ExpiredToken</Code><Message>old</Message></Error>");
    const auto rest = with_length("HTTP/1.1 206 P\r\nETag: \"e\"\r\nContent-Range: bytes 5-9/10\r\n", "world");
    told t{{keys_of_container("FIRST"), cut, expired, keys_of_container("SECOND"), rest}, aws_itself, task};
    t.options.retry(aws::retry_options{});
    CHECK(t.get() == "helloworld");
    REQUIRE(t.how->requests.size() == 5);
    CHECK(t.how->requests[2].find("Credential=FIRST/") != std::string::npos);
    CHECK(t.how->requests[4].find("Credential=SECOND/") != std::string::npos);
    CHECK(t.how->requests[4].find("Range: bytes=5-9") != std::string::npos);

    told twice{{keys_of_container("FIRST"), expired, keys_of_container("SECOND"), expired}, aws_itself, task};
    const auto story = twice.get();
    CHECK(story.find("ExpiredToken") != std::string::npos);
    CHECK(story.find("HUSH") == std::string::npos);
    CHECK(story.find("container (...COND)") != std::string::npos);
    CHECK(twice.how->requests.size() == 4);
}

TEST_CASE("client credentials: failures are told, and not sticky") {
    told t{{with_length("HTTP/1.1 403 F\r\n", "{\"code\":\"Denied\",\"message\":\"no role\"}"), keys_of_container("KEY"), object}, aws_itself, task};
    auto s3 = t.client();
    auto first = t.run(as_result(s3.get("s3://b/k")));
    REQUIRE_FALSE(first.has_value());
    CHECK(first.error().message().find("no role") != std::string::npos);
    CHECK(first.error().detail().operation == "get object");
    auto second = t.run(as_result(s3.get("s3://b/k")));
    REQUIRE(second.has_value());
    CHECK(second->body == "hello");
}

TEST_CASE("client credentials: one may look at them, and at who was asked") {
    std::vector<std::string> asked;
    told t{{keys_of_container("TASKKEY")}, aws_itself, task};
    t.options.credentials_observer([&](const aws::provider_answer& a) { asked.push_back(a.provider); });
    auto s3 = t.client();
    const auto keys = t.run(s3.credentials());
    CHECK(keys->access_key_id == "TASKKEY");
    CHECK(asked == std::vector<std::string>{"environment", "web identity", "profile 'default'", "container"});
    told anonymous{{}, both(store, {{"s3_auth", "public"}}), task};
    auto nobody = anonymous.client();
    CHECK(anonymous.run(nobody.credentials()) == nullptr);
}

} // namespace client_credentials_test
