// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/instance_metadata_credentials_provider.hpp>

#include <support/metadata_lab.hpp>
#include <support/run.hpp>

#include <set>
#include <utility>

namespace test_aws_instance_metadata {

namespace aws = penstock::aws;
using namespace penstock;
using namespace std::chrono_literals;
using aws::instance_metadata_options;
using testing::metadata_fault;
using testing::metadata_request;
using fate = testing::connection_plan::fate;

struct lab : test::metadata_lab {
    aws::provider_ptr provider(instance_metadata_options o = instance_metadata_options()) {
        return aws::make_instance_metadata_credentials_provider(std::move(o), context());
    }
    result<aws::credentials_ptr> fetch(instance_metadata_options o = instance_metadata_options()) {
        return get(provider(std::move(o)));
    }
    failure why(instance_metadata_options o = instance_metadata_options()) {
        auto got = fetch(std::move(o));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().detail().message.starts_with("instance metadata"));
        return got.error();
    }
    void connect_as(fate what) {
        network->plan([what](const testing::connection_attempt&) {
            testing::connection_plan p;
            p.what = what;
            return p;
        });
    }
};

instance_metadata_options v1() { return instance_metadata_options().allow_v1(true); }

TEST_CASE("aws/instance_metadata: a token, the role, its keys") {
    lab l;
    l.server.contents().keys.account_id = "012345678901";
    const auto c = l.fetch().value();
    CHECK(c->access_key_id == "ASIAPENSTOCKTEST");
    CHECK(c->secret_access_key == "metadata-secret");
    CHECK(c->session_token == "metadata-session-token");
    CHECK(c->account_id == "012345678901");
    CHECK(c->source == "instance metadata");
    CHECK(c->expiration == l.clock->wall_now() + 6h);
    REQUIRE(l.server.requests().size() == 3);
    CHECK(l.url(0) == "http://169.254.169.254/latest/api/token");
    CHECK(l.url(1) == "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
    CHECK(l.url(2) == "http://169.254.169.254/latest/meta-data/iam/security-credentials/penstock-role");
    const auto& put = l.server.requests()[0];
    CHECK(put.method == "PUT");
    CHECK(put.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600");
    CHECK(put.headers["content-length"] == "0");
    for (std::size_t i : {1, 2}) {
        CHECK(l.server.requests()[i].method == "GET");
        CHECK(l.server.requests()[i].headers["x-aws-ec2-metadata-token"] == "AQAEATOKEN1==");
    }
}

TEST_CASE("aws/instance_metadata: nothing is asked or read before credentials are needed") {
    lab l;
    l.variables["AWS_CONFIG_FILE"] = "broken";
    l.files["broken"] = "[default\n";
    const auto p = l.provider();
    CHECK(p->name() == "instance metadata");
    CHECK_FALSE(p->try_get(l.clock->wall_now()));
    CHECK(l.asked_for.empty());
    CHECK(l.why().code() == errc::malformed_profile_file);
    CHECK(l.asked_for.empty());
}

TEST_CASE("aws/instance_metadata: options beat the environment, and that the profile") {
    lab l;
    l.variables["AWS_CONFIG_FILE"] = "config";
    l.files["config"] = "[default]\nec2_metadata_service_endpoint = http://profile:1\n[profile other]\n"
                        "ec2_metadata_service_endpoint_mode = ipv6\n";
    CHECK(l.fetch().has_value());
    CHECK(l.url(0) == "http://profile:1/latest/api/token");
    l.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://variable:2/";
    CHECK(l.fetch().has_value());
    CHECK(l.url(3) == "http://variable:2/latest/api/token");
    CHECK(l.fetch(instance_metadata_options().endpoint("http://option:3")).has_value());
    CHECK(l.url(6) == "http://option:3/latest/api/token");
    l.variables.erase("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    l.variables["AWS_PROFILE"] = "other";
    CHECK(l.fetch().has_value());
    CHECK(l.url(9) == "http://[fd00:ec2::254]/latest/api/token");
    CHECK(l.asked_for[9].host == "fd00:ec2::254");
    l.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv4";
    CHECK(l.fetch().has_value());
    CHECK(l.url(12) == "http://169.254.169.254/latest/api/token");
    CHECK(l.fetch(instance_metadata_options().mode(aws::metadata_endpoint_mode::ipv6)).has_value());
    CHECK(l.url(15) == "http://[fd00:ec2::254]/latest/api/token");
    aws::profile_request named;
    named.name = "default";
    CHECK(l.fetch(instance_metadata_options().profile(named)).has_value());
    CHECK(l.url(18) == "http://profile:1/latest/api/token");
    CHECK(l.why(instance_metadata_options().endpoint("http://option/base/")).detail().http_status == 404);
    CHECK(l.url(21) == "http://option/base/latest/api/token");
}

TEST_CASE("aws/instance_metadata: switched off") {
    lab l;
    l.variables["AWS_EC2_METADATA_DISABLED"] = "True";
    const auto why = l.why();
    CHECK(why.code() == errc::no_credentials);
    CHECK(why.detail().message == "instance metadata: switched off by AWS_EC2_METADATA_DISABLED");
    CHECK(l.asked_for.empty());
    CHECK(l.fetch(instance_metadata_options().disabled(false)).has_value());
    l.variables["AWS_EC2_METADATA_DISABLED"] = "false";
    CHECK(l.fetch().has_value());
    CHECK(l.why(instance_metadata_options().disabled(true)).code() == errc::no_credentials);
}

TEST_CASE("aws/instance_metadata: values that cannot be") {
    lab l;
    const auto with = [&](const char* variable, const char* value) {
        l.variables = {{variable, value}};
        return l.why();
    };
    CHECK(with("AWS_EC2_METADATA_DISABLED", "perhaps").code() == errc::invalid_option);
    CHECK(with("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv7").detail().message ==
          "instance metadata: AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is 'IPv7'");
    CHECK(with("AWS_METADATA_SERVICE_TIMEOUT", "0").code() == errc::invalid_option);
    CHECK(with("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "many").code() == errc::invalid_option);
    CHECK(with("AWS_EC2_METADATA_V1_DISABLED", "2").code() == errc::invalid_option);
    CHECK(with("AWS_EC2_METADATA_SERVICE_ENDPOINT", "not a uri").code() == errc::invalid_endpoint);
    CHECK(with("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://me:HUSH@host").message().find("HUSH") == std::string::npos);
    CHECK(with("AWS_PROFILE", "nobody").code() == errc::invalid_profile);
    CHECK(l.asked_for.empty());
    for (const char* role : {"a/b", "../x", "a b", "a?b", "a\nb", "a%2f"}) {
        CAPTURE(role);
        CHECK_THROWS_AS(l.provider(instance_metadata_options().role(role)), error);
    }
    CHECK_THROWS_AS(l.provider(instance_metadata_options().attempts(0)), error);
    CHECK_THROWS_AS(l.provider(instance_metadata_options().timeout(0s)), error);
}

TEST_CASE("aws/instance_metadata: without a token, version 1 only where it is allowed") {
    for (const int status : {403, 404, 405}) {
        CAPTURE(status);
        lab l;
        l.server.contents().version_1 = true;
        l.server.always(metadata_request::token, metadata_fault::status(status));
        const auto why = l.why();
        CHECK(why.code() == errc::no_credentials);
        CHECK(why.detail().http_status == status);
        CHECK(why.detail().message == "instance metadata: it gives no token, and version 1 is not allowed");
        CHECK(l.server.requests().size() == 1);
        CHECK(l.fetch(v1()).value()->access_key_id == "ASIAPENSTOCKTEST");
        CHECK_FALSE(l.server.requests().back().headers.contains("x-aws-ec2-metadata-token"));
        CHECK(l.server.requests().size() == 4);
    }
}

TEST_CASE("aws/instance_metadata: who says that version 1 is allowed") {
    lab l;
    l.server.contents().version_1 = true;
    l.server.always(metadata_request::token, metadata_fault::status(403));
    l.variables["AWS_EC2_METADATA_V1_DISABLED"] = "false";
    CHECK(l.fetch().has_value());
    CHECK(l.why(instance_metadata_options().allow_v1(false)).code() == errc::no_credentials);
    l.variables["AWS_EC2_METADATA_V1_DISABLED"] = "true";
    CHECK(l.why().code() == errc::no_credentials);
    CHECK(l.fetch(v1()).has_value());
    l.variables = {{"AWS_CONFIG_FILE", "config"}};
    l.files["config"] = "[default]\nec2_metadata_v1_disabled = false\n";
    CHECK(l.fetch().has_value());
    l.files["config"] = "[default]\nec2_metadata_v1_disabled = true\n";
    CHECK(l.why().code() == errc::no_credentials);
}

TEST_CASE("aws/instance_metadata: 400 for the token, and its trouble, are no reason for version 1") {
    lab l;
    l.server.contents().version_1 = true;
    for (const auto& [status, code] : {std::pair{400, errc::service_error}, {401, errc::no_credentials}, {429, errc::throttled},
                                       {500, errc::service_unavailable}, {503, errc::service_unavailable}, {302, errc::service_error}}) {
        CAPTURE(status);
        l.server.next(metadata_request::token, metadata_fault::status(status));
        const auto why = l.why(v1());
        CHECK(why.code() == code);
        CHECK(why.detail().http_status == status);
    }
    CHECK(l.server.count(metadata_request::role) == 0);
}

TEST_CASE("aws/instance_metadata: the answer to the token's PUT may not make the hop into a container") {
    lab l;
    l.server.contents().version_1 = true;
    l.server.always(metadata_request::token, metadata_fault::stall());
    const auto why = l.why();
    CHECK(why.code() == errc::no_credentials);
    CHECK(why.detail().hint.find("--http-put-response-hop-limit 2") != std::string::npos);
    CHECK(l.took == 1s);
    CHECK(l.fetch(v1()).has_value());
    CHECK(l.took >= 1s);
    CHECK(l.took < 1100ms);
}

TEST_CASE("aws/instance_metadata: a machine without the service") {
    lab l;
    SUBCASE("no answer to a SYN") {
        l.connect_as(fate::black_hole);
        const auto why = l.why();
        CHECK(why.code() == errc::no_credentials);
        CHECK(why.detail().message == "instance metadata: it cannot be reached: connecting took too long");
        CHECK(why.detail().endpoint == "http://169.254.169.254");
        CHECK(l.took <= 1s);
        // A service that cannot be connected to is not asked by version 1 either.
        CHECK(l.why(v1()).code() == errc::no_credentials);
        CHECK(l.asked_for.size() == 2);
        CHECK(l.took <= 1s);
    }
    SUBCASE("refused") {
        l.connect_as(fate::refuse);
        CHECK(l.why().code() == errc::no_credentials);
        CHECK(l.why(instance_metadata_options().attempts(3)).code() == errc::no_credentials);
        CHECK(l.asked_for.size() == 4);
    }
    SUBCASE("a name that is none") {
        l.connect_as(fate::host_not_found);
        CHECK(l.why(instance_metadata_options().endpoint("http://nowhere")).code() == errc::no_credentials);
    }
    SUBCASE("attempts and timeout of the environment") {
        l.connect_as(fate::black_hole);
        l.variables["AWS_METADATA_SERVICE_NUM_ATTEMPTS"] = "2";
        l.variables["AWS_METADATA_SERVICE_TIMEOUT"] = "4";
        CHECK(l.why().code() == errc::no_credentials);
        CHECK(l.asked_for.size() == 2);
        CHECK(l.took == 6s); // three quarters each, for connecting
    }
}

TEST_CASE("aws/instance_metadata: a token that was forgotten is fetched anew, once") {
    for (const std::uint64_t after : {1, 2}) {
        CAPTURE(after);
        lab l;
        l.server.forget_tokens_after(after);
        CHECK(l.fetch().has_value());
        CHECK(l.server.count(metadata_request::token) == 2);
        CHECK(l.server.requests().size() == 5);
    }
    lab l;
    l.server.always(metadata_request::credentials, metadata_fault::status(401));
    const auto why = l.why();
    CHECK(why.code() == errc::access_denied);
    CHECK(why.detail().http_status == 401);
    CHECK(l.server.count(metadata_request::token) == 2);
    CHECK(l.server.count(metadata_request::credentials) == 2);
}

TEST_CASE("aws/instance_metadata: version 1 where a token is wanted") {
    lab l;
    l.server.always(metadata_request::token, metadata_fault::status(403));
    const auto why = l.why(v1());
    CHECK(why.code() == errc::no_credentials);
    CHECK(why.detail().message == "instance metadata: it wants a token, and gave none");
    CHECK(l.server.count(metadata_request::token) == 1);
}

TEST_CASE("aws/instance_metadata: the role") {
    lab l;
    SUBCASE("none") {
        l.server.contents().role = "";
        CHECK(l.why().detail().message == "instance metadata: the instance has no role");
        l.server.next(metadata_request::role, metadata_fault::garbage(""));
        CHECK(l.why().code() == errc::no_credentials);
    }
    SUBCASE("given") {
        CHECK(l.fetch(instance_metadata_options().role("penstock-role")).has_value());
        CHECK(l.server.count(metadata_request::role) == 0);
        const auto why = l.why(instance_metadata_options().role("other@x+y=z,."));
        CHECK(why.code() == errc::no_credentials);
        CHECK(why.detail().message == "instance metadata: there are no credentials for the role 'other@x+y=z,.'");
    }
    SUBCASE("the first line counts") {
        l.server.next(metadata_request::role, metadata_fault::garbage("penstock-role\r\nother\n"));
        CHECK(l.fetch().has_value());
    }
    SUBCASE("no name") {
        for (const char* body : {"<html>", "../../user-data", "a b", "a\x01"}) {
            l.server.next(metadata_request::role, metadata_fault::garbage(body));
            CHECK(l.why().code() == errc::malformed_response);
        }
        CHECK(l.server.count(metadata_request::credentials) == 0);
    }
}

TEST_CASE("aws/instance_metadata: a refusal in a success") {
    lab l;
    l.server.next(metadata_request::credentials, metadata_fault::refusal("AssumeRoleUnauthorizedAccess", "EC2 cannot assume the role"));
    const auto why = l.why();
    CHECK(why.code() == errc::no_credentials);
    CHECK(why.detail().service_code == "AssumeRoleUnauthorizedAccess");
    CHECK(why.detail().message == "instance metadata: EC2 cannot assume the role");
}

TEST_CASE("aws/instance_metadata: answers that are none") {
    lab l;
    const auto keys = [&](std::string body) {
        l.server.next(metadata_request::credentials, metadata_fault::garbage(std::move(body)));
        return l.why();
    };
    CHECK(keys("<html>metadata-secret").code() == errc::malformed_json);
    CHECK(keys("").code() == errc::malformed_json);
    CHECK(keys("[]").code() == errc::malformed_json);
    CHECK(keys("{}").detail().message == "instance metadata: the answer has no AccessKeyId");
    CHECK(keys(R"({"Code":"Success"})").code() == errc::invalid_credentials);
    CHECK(keys(R"({"AccessKeyId":"A","SecretAccessKey":"metadata-secret"})").detail().message ==
          "instance metadata: the answer has no Token");
    const std::string whole = R"({"AccessKeyId":"A","SecretAccessKey":"metadata-secret","Token":"T","Expiration":)";
    CHECK(keys(whole + "null}").detail().message == "instance metadata: the answer has no Expiration");
    CHECK(keys(whole + "\"soon\"}").detail().message == "instance metadata: Expiration is no date");
    l.server.next(metadata_request::credentials, metadata_fault::garbage(
        R"({"AccessKeyId":"A","SecretAccessKey":"metadata-secret\n","Token":"T","Expiration":"2030-01-01T00:00:00Z"})"));
    CHECK(l.fetch().error().code() == errc::invalid_credentials);
    for (const char* token : {"", "a b", "a\r\nX-Evil: 1"}) {
        l.server.next(metadata_request::token, metadata_fault::garbage(token));
        CHECK(l.why().code() == errc::malformed_response);
    }
    for (const auto kind : {metadata_request::token, metadata_request::role, metadata_request::credentials}) {
        l.server.next(kind, metadata_fault::noise());
        CHECK(l.why().code() == errc::malformed_response);
        l.server.next(kind, metadata_fault::oversized((64 << 10) + 1));
        CHECK(l.why().code() == errc::response_too_large);
    }
    l.server.next(metadata_request::credentials, metadata_fault::oversized(64 << 10));
    CHECK(l.fetch().has_value());
}

TEST_CASE("aws/instance_metadata: once it has answered, it is there, and what fails is a failure") {
    lab l;
    for (const auto kind : {metadata_request::role, metadata_request::credentials}) {
        l.server.next(kind, metadata_fault::stall());
        CHECK(l.why().code() == errc::deadline_exceeded);
        l.server.next(kind, metadata_fault::status(500));
        CHECK(l.why().code() == errc::service_unavailable);
        l.server.next(kind, metadata_fault::status(403));
        CHECK(l.why().code() == errc::access_denied);
    }
    CHECK(l.fetch().has_value()); // no failure is kept
}

TEST_CASE("aws/instance_metadata: attempts") {
    lab l;
    const auto thrice = instance_metadata_options().attempts(3);
    for (const auto kind : {metadata_request::token, metadata_request::role, metadata_request::credentials}) {
        l.server.next(kind, metadata_fault::status(503));
        l.server.next(kind, metadata_fault::cut_at(10));
    }
    l.server.next(metadata_request::role, metadata_fault::slow(900ms)); // slow is not too late
    CHECK(l.fetch(thrice).has_value());
    CHECK(l.server.requests().size() == 9);
    for (int i = 0; i < 3; ++i) l.server.next(metadata_request::role, metadata_fault::stall());
    CHECK(l.why(thrice).code() == errc::deadline_exceeded);
    CHECK(l.took == 3s);
    l.server.next(metadata_request::credentials, metadata_fault::status(404));
    CHECK(l.why(thrice).code() == errc::no_credentials); // an answer, not tried again
}

TEST_CASE("aws/instance_metadata: keys that come expired last a while longer") {
    lab l;
    for (const duration lifetime : {duration{-5h}, duration{0s}, duration{59s}}) {
        l.server.contents().lifetime = lifetime;
        const auto p = l.provider();
        const auto c = l.get(p).value();
        const auto left = *c->expiration - l.clock->wall_now();
        CHECK(left >= 17min);
        CHECK(left <= 25min);
        CHECK(p->try_get(l.clock->wall_now()));
        l.clock->advance(26min); // renewed then
        CHECK_FALSE(p->try_get(l.clock->wall_now()));
        CHECK(l.get(p).has_value());
    }
    l.server.contents().lifetime = 2min;
    CHECK(*l.fetch().value()->expiration == l.clock->wall_now() + 2min);
    std::set<duration> lasts;
    l.server.contents().lifetime = -1h;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const auto p = aws::make_instance_metadata_credentials_provider({}, l.context().random(make_seeded_random(seed)));
        lasts.insert(*l.get(p).value()->expiration - l.clock->wall_now());
    }
    CHECK(lasts.size() > 4);
}

TEST_CASE("aws/instance_metadata: a timeout of ages") {
    lab l;
    CHECK(l.fetch(aws::instance_metadata_options().timeout(duration::max())).has_value());
}

TEST_CASE("aws/instance_metadata: keys that expired in the year 1 last a while longer, too") {
    lab l;
    l.server.next(metadata_request::credentials,
                  metadata_fault::garbage(R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"s","Token":"t",)"
                                          R"("Expiration":"0001-01-01T00:00:00Z"})"));
    CHECK(*l.fetch().value()->expiration - l.clock->wall_now() >= 17min);
}

TEST_CASE("aws/instance_metadata: broken off at any byte of any answer") {
    lab l;
    for (const auto kind : {metadata_request::token, metadata_request::role, metadata_request::credentials}) {
        std::size_t at = 0;
        for (; at < 2000; ++at) {
            l.server.next(kind, metadata_fault::cut_at(at));
            auto got = l.fetch();
            if (got) break;
            CHECK(got.error().code() == condition::connection);
            CHECK(got.error().detail().message.starts_with("instance metadata"));
        }
        CHECK(at > 60);
        CHECK(at < 2000);
    }
}

TEST_CASE("aws/instance_metadata: any connection that cannot be made") {
    for (const auto what : {fate::refuse, fate::black_hole}) {
        for (std::uint64_t nth = 1; nth <= 3; ++nth) {
            lab l;
            l.network->plan([&](const testing::connection_attempt& a) {
                testing::connection_plan p;
                if (a.number == nth) p.what = what;
                return p;
            });
            const auto code = what == fate::refuse ? errc::connect_failed : errc::connect_timeout;
            CHECK(l.why().code() == (nth == 1 ? errc::no_credentials : code));
            CHECK(l.fetch().has_value());
        }
    }
}

TEST_CASE("aws/instance_metadata: over a real socket, past any proxy") {
    boost::asio::io_context io{1};
    testing::metadata_server server{io.get_executor()};
    server.listen();
    aws::provider_context context;
    context.env(aws::environment{{{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.endpoint()},
                                  {"http_proxy", "http://127.0.0.1:1"},
                                  {"HTTP_PROXY", "http://127.0.0.1:1"},
                                  {"AWS_CONFIG_FILE", "/dev/null"},
                                  {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}}});
    const auto p = aws::make_instance_metadata_credentials_provider({}, context);
    CHECK(test::run(io, p->get())->access_key_id == "ASIAPENSTOCKTEST");
    server.stop();
    const auto gone = aws::make_instance_metadata_credentials_provider({}, context);
    CHECK(test::run(io, as_result(gone->get())).error().code() == errc::no_credentials);
}

} // namespace test_aws_instance_metadata
