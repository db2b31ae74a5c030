// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/container_credentials_provider.hpp>

#include <penstock/testing/test_certificates.hpp>

#include <support/metadata_lab.hpp>
#include <support/run.hpp>
#include <support/temporary_folder.hpp>

namespace test_aws_container {

namespace aws = penstock::aws;
using namespace penstock;
using namespace std::chrono_literals;
using testing::metadata_fault;
using testing::metadata_request;
using fate = testing::connection_plan::fate;

constexpr auto relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr auto full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr auto plain_token = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr auto token_file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

struct lab : test::metadata_lab {
    lab() { variables[full] = "http://169.254.170.23/v1/credentials"; }

    result<aws::credentials_ptr> fetch() { return get(aws::make_container_credentials_provider(context())); }
    failure why() {
        auto got = fetch();
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().detail().message.starts_with("container"));
        CHECK(got.error().message().find("HUSH") == std::string::npos);
        return got.error();
    }
    std::string sent_token() { return std::string{server.requests().back().headers["authorization"]}; }
};

TEST_CASE("aws/container: not set up") {
    lab l;
    l.variables.clear();
    const auto why = l.why();
    CHECK(why.code() == errc::no_credentials);
    CHECK(why.detail().message == "container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                                  "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
    l.variables[plain_token] = "x";
    CHECK(l.why().code() == errc::no_credentials);
    CHECK(l.asked_for.empty());
}

TEST_CASE("aws/container: an ECS task") {
    lab l;
    l.variables[relative] = "/v2/credentials/ID?x=1";
    l.server.contents().container_path = "/v2/credentials/ID?x=1";
    l.server.contents().keys.account_id = "012345678901";
    const auto p = aws::make_container_credentials_provider(l.context());
    CHECK(p->name() == "container");
    CHECK(l.asked_for.empty());
    const auto c = l.get(p).value();
    CHECK(c->access_key_id == "ASIAPENSTOCKTEST");
    CHECK(c->session_token == "metadata-session-token");
    CHECK(c->account_id == "012345678901");
    CHECK(c->source == "container");
    CHECK(c->expiration == l.clock->wall_now() + 6h);
    CHECK(l.url(0) == "http://169.254.170.2/v2/credentials/ID?x=1");
    CHECK(l.server.requests()[0].headers["accept"] == "application/json");
    CHECK_FALSE(l.server.requests()[0].headers.contains("authorization"));
}

TEST_CASE("aws/container: EKS Pod Identity, its token read at each fetch") {
    lab l;
    l.server.contents().container_token = "jwt-1";
    l.variables[token_file] = "/token";
    l.variables[plain_token] = "HUSH-plain";
    l.files["/token"] = "jwt-1";
    const auto p = aws::make_container_credentials_provider(l.context());
    CHECK(l.get(p).has_value());
    CHECK(l.url(0) == "http://169.254.170.23/v1/credentials");
    CHECK(l.sent_token() == "jwt-1");
    l.files["/token"] = l.server.contents().container_token = "jwt-2";
    l.clock->advance(7h);
    CHECK(l.get(p).has_value());
    CHECK(l.sent_token() == "jwt-2");
    l.variables[full] = "http://[fd00:ec2::23]/v1/credentials";
    CHECK(l.fetch().has_value());
    CHECK(l.url(2) == "http://[fd00:ec2::23]/v1/credentials");
    CHECK(l.asked_for[2].host == "fd00:ec2::23");
}

TEST_CASE("aws/container: the plain token goes out as it is") {
    lab l;
    l.variables[plain_token] = "Basic \tabc== ";
    CHECK(l.fetch().has_value());
    CHECK(l.sent_token() == "Basic \tabc==");
}

TEST_CASE("aws/container: tokens that cannot be") {
    lab l;
    l.variables[token_file] = "/token";
    auto why = l.why();
    CHECK(why.code() == condition::not_found);
    CHECK(why.detail().object == "/token");
    for (const char* token : {"HUSH\n", "HUSH\r", "HU\r\nSH: HUSH", "HUSH\x01", "HUSH\x7f"}) {
        l.files["/token"] = token;
        why = l.why();
        CHECK(why.code() == errc::invalid_credentials);
        CHECK(why.detail().message.find("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") != std::string::npos);
    }
    l.files["/token"] = std::string{"HU\0SH", 5};
    CHECK(l.why().code() == errc::invalid_credentials);
    l.files["/token"] = "";
    CHECK(l.why().detail().message == "container: the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is empty");
    l.variables.erase(token_file);
    l.variables[plain_token] = "HUSH\n";
    CHECK(l.why().detail().message == "container: the token of AWS_CONTAINER_AUTHORIZATION_TOKEN has a line break");
    CHECK(l.asked_for.empty());
}

TEST_CASE("aws/container: hosts that a full URI may lead to") {
    lab l;
    for (const char* url : {"http://127.0.0.1:8080/v1/credentials", "http://127.8.8.8/v1/credentials", "http://[::1]:81/v1/credentials",
                            "http://169.254.170.2/v1/credentials", "http://169.254.170.23/v1/credentials",
                            "http://[fd00:ec2::23]/v1/credentials", "http://[FD00:EC2:0::23]/v1/credentials",
                            "https://any.example/v1/credentials"}) {
        CAPTURE(url);
        l.variables[full] = url;
        CHECK(l.fetch().has_value());
    }
    for (const char* host : {"10.0.0.1", "169.254.169.254", "169.254.170.3", "[fd00:ec2::254]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]",
                             "192.168.0.1"}) {
        CAPTURE(host);
        l.variables[full] = std::string{"http://"} + host + "/v1/credentials?HUSH";
        const auto before = l.asked_for.size();
        CHECK(l.why().code() == errc::invalid_endpoint);
        CHECK(l.asked_for.size() == before);
    }
}

TEST_CASE("aws/container: a name is allowed where all of its addresses are, and connected to at these") {
    lab l;
    l.variables[full] = "http://agent:8080/v1/credentials";
    l.names["agent"] = {"::1", "127.0.0.1"};
    CHECK(l.fetch().has_value());
    CHECK(l.asked_for.back() == http::origin{"::1", 8080, false});
    CHECK(l.server.requests().back().headers["host"] == "agent:8080");
    // The first that can be connected to.
    l.network->plan([](const testing::connection_attempt& a) {
        testing::connection_plan p;
        if (a.number == 2) p.what = fate::refuse;
        return p;
    });
    CHECK(l.fetch().has_value());
    CHECK(l.asked_for.back() == http::origin{"127.0.0.1", 8080, false});
    CHECK(l.took == 0s);
    const auto before = l.asked_for.size();
    l.names["agent"] = {"127.0.0.1", "10.0.0.1"};
    const auto why = l.why();
    CHECK(why.code() == errc::invalid_endpoint);
    CHECK(why.detail().message == "container: the host 'agent' is not allowed over http");
    l.names["agent"] = {};
    CHECK(l.why().code() == errc::invalid_endpoint);
    l.names.clear();
    CHECK(l.why().code() == errc::host_not_found);
    CHECK(l.asked_for.size() == before);
}

TEST_CASE("aws/container: URIs that cannot be") {
    lab l;
    for (const char* url : {"/credentials", "ftp://127.0.0.1/HUSH", "http://", "http:///HUSH", "http://u:HUSH@127.0.0.1/", "HUSH",
                            "http://127.0.0.1:99999/HUSH", "http://127.0.0.1/HU SH", "http://127.0.0.1/\r\nHUSH: 1"}) {
        CAPTURE(url);
        l.variables[full] = url;
        CHECK(l.why().code() == errc::invalid_endpoint);
    }
    for (const char* uri : {"@evil.example/HUSH", "v2/HUSH", ":80/HUSH", "/HU SH", "/HUSH\n", "?HUSH"}) {
        CAPTURE(uri);
        l.variables[relative] = uri;
        CHECK(l.why().code() == errc::invalid_endpoint);
    }
    CHECK(l.asked_for.empty());
    l.variables[relative] = "//evil.example/x";
    CHECK(l.why().detail().http_status == 404);
    CHECK(l.asked_for.back().host == "169.254.170.2");
}

TEST_CASE("aws/container: three attempts, a second apart") {
    lab l;
    l.server.next(metadata_request::container, metadata_fault::status(500));
    l.server.next(metadata_request::container, metadata_fault::cut_at(30));
    l.server.next(metadata_request::container, metadata_fault::slow(1900ms));
    CHECK(l.fetch().has_value());
    CHECK(l.took == 3900ms);
    l.server.always(metadata_request::container, metadata_fault::status(429));
    CHECK(l.why().code() == errc::throttled);
    CHECK(l.server.requests().size() == 6);
    CHECK(l.took == 2s);
    l.server.always(metadata_request::container, metadata_fault::stall());
    CHECK(l.why().code() == errc::deadline_exceeded);
    CHECK(l.took == 8s);
    l.server.heal();
    CHECK(l.fetch().has_value());
}

TEST_CASE("aws/container: an agent that is not there") {
    lab l;
    auto what = fate::refuse;
    l.network->plan([&](const testing::connection_attempt&) {
        testing::connection_plan p;
        p.what = what;
        return p;
    });
    const auto why = l.why();
    CHECK(why.code() == errc::connect_failed); // set up, so no reason to look elsewhere
    CHECK(why.detail().endpoint == "http://169.254.170.23");
    CHECK(l.asked_for.size() == 3);
    what = fate::black_hole;
    CHECK(l.why().code() == condition::timeout);
    CHECK(l.took == 8s);
}

TEST_CASE("aws/container: refusals tell the service's code and message, and are not tried again") {
    lab l;
    l.variables[plain_token] = "HUSH";
    l.server.next(metadata_request::container, metadata_fault::status(400, "InvalidIdInRequest", "CredentialsV2Request: not found"));
    auto why = l.why();
    CHECK(why.code() == errc::service_error);
    CHECK(why.detail().service_code == "InvalidIdInRequest");
    CHECK(why.detail().http_status == 400);
    CHECK(why.detail().message == "container: CredentialsV2Request: not found");
    l.server.next(metadata_request::container, metadata_fault::status(403, "AccessDenied", "the token HUSH is unknown"));
    CHECK(l.why().code() == errc::access_denied);
    l.server.next(metadata_request::container, metadata_fault::status(404));
    CHECK(l.why().code() == errc::service_error);
    l.server.next(metadata_request::container, metadata_fault::status(302));
    CHECK(l.why().code() == errc::service_error);
    l.server.contents().container_token = "another";
    CHECK(l.why().code() == errc::access_denied);
    CHECK(l.server.requests().size() == 5);
    l.server.next(metadata_request::container, metadata_fault::refusal("Failed", "no role"));
    why = l.why();
    CHECK(why.code() == errc::invalid_credentials);
    CHECK(why.detail().message == "container: no role");
    l.server.next(metadata_request::container, metadata_fault::refusal("HUSH?", "no role for the token HUSH"));
    CHECK(l.why().detail().message == "container: (not shown)");
}

TEST_CASE("aws/container: answers that are none") {
    lab l;
    for (const char* body : {"", "<html>", "[1]", "{\"AccessKeyId\":\"metadata-secret\""}) {
        l.server.next(metadata_request::container, metadata_fault::garbage(body));
        CHECK(l.why().code() == errc::malformed_json);
    }
    l.server.next(metadata_request::container, metadata_fault::garbage(R"({"AccessKeyId":"A","Token":"metadata-session-token"})"));
    CHECK(l.why().detail().message == "container: the answer has no SecretAccessKey");
    l.server.next(metadata_request::container, metadata_fault::oversized((64 << 10) + 1));
    CHECK(l.why().code() == errc::response_too_large);
    l.server.next(metadata_request::container, metadata_fault::noise());
    CHECK(l.why().code() == errc::malformed_response);
    l.server.contents().lifetime = -1s;
    const auto expired = l.fetch();
    CHECK(expired.error().code() == errc::invalid_credentials);
    CHECK(expired.error().detail().message.starts_with("container: the credentials expired at"));
}

TEST_CASE("aws/container: broken off at any byte") {
    lab l;
    std::size_t at = 0;
    for (; at < 2000; ++at) {
        for (int i = 0; i < 3; ++i) l.server.next(metadata_request::container, metadata_fault::cut_at(at));
        auto got = l.fetch();
        if (got) break;
        CHECK(got.error().code() == condition::connection);
    }
    CHECK(at > 200);
    CHECK(at < 2000);
}

TEST_CASE("aws/container: cancelled while it waits between attempts") {
    lab l;
    l.server.always(metadata_request::container, metadata_fault::status(500));
    const auto p = aws::make_container_credentials_provider(l.context());
    auto op = with_timeout(p->get(), 1500ms, l.clock);
    const auto got = testing::simulate(l.io, *l.clock, as_result(std::move(op)));
    CHECK(got.error().code() == errc::deadline_exceeded);
    CHECK(l.server.requests().size() == 2);
}

TEST_CASE("aws/container: over real sockets, plain by name and TLS") {
    const testing::test_authority authority;
    const auto own = authority.server();
    boost::asio::io_context io{1};
    testing::metadata_server plain{io.get_executor()};
    testing::metadata_server tls{io.get_executor(), testing::metadata_contents(),
                                 testing::http_server_options().tls(own.certificate_pem, own.key_pem)};
    plain.listen();
    tls.listen();
    const test::temporary_folder folder;
    folder.write("ca.pem", authority.ca_pem());
    std::map<std::string, std::string> env{{"http_proxy", "http://127.0.0.1:1"}};
    const auto fetch = [&](const std::string& url, http::tls_options trusted) {
        env[full] = url;
        aws::provider_context context;
        context.env(aws::environment{env}).tls(std::move(trusted));
        const auto p = aws::make_container_credentials_provider(context);
        return test::run(io, as_result(p->get()));
    };
    CHECK(fetch("http://localhost:" + std::to_string(plain.port()) + "/v1/credentials", {}).value()->source == "container");
    CHECK(fetch(plain.endpoint() + "/v1/credentials", {}).has_value());
    const auto secure = tls.endpoint() + "/v1/credentials";
    const auto ours = http::tls_options().ca_pem(authority.ca_pem());
    CHECK(fetch(secure, ours).has_value());
    env["AWS_CA_BUNDLE"] = folder / "ca.pem";
    CHECK(fetch(secure, {}).has_value());
    env["AWS_CA_BUNDLE"] = "/nowhere";
    CHECK(fetch(secure, ours).has_value());
}

} // namespace test_aws_container
