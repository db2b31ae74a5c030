// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/profile_credentials_provider.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/detail/profile_sources.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/aws/uri.hpp>

#include "support/service_lab.hpp"

#include <doctest/doctest.h>

namespace test_aws_profile_credentials_provider {

namespace aws = penstock::aws;
namespace testing = penstock::testing;
using penstock::errc;
using penstock::failure;
using test::service_lab;
using kind = aws::profile_source::kind;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// STS grants everything, with keys named after the role; named sources are a test's own.
struct world {
    bool denies = false;
    service_lab lab{[this](const penstock::http::origin&, const testing::http_request& r) { return answer(r); }};
    std::vector<aws::profile_source> opened;
    std::function<aws::credentials()> source = [] { return aws::credentials{"AKIDSOURCE", "HUSHSOURCE", "HUSHSOURCETOKEN"}; };

    testing::http_answer answer(const testing::http_request& r) {
        std::map<std::string, std::string> form;
        for (const auto& p : aws::parse_query(r.body)) form[p.name] = p.value;
        if (denies)
            return testing::http_answer{403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error>"
                                             "<RequestId>rid</RequestId></ErrorResponse>"};
        const auto role = form["RoleArn"].substr(form["RoleArn"].rfind('/') + 1), a = form["Action"];
        return testing::http_answer{200, "<R><" + a + "Result><AssumedRoleUser><Arn>arn:aws:sts::42:assumed-role/r/s</Arn></AssumedRoleUser>"
                                         "<Credentials><AccessKeyId>ASIA" + role + "</AccessKeyId><SecretAccessKey>HUSH</SecretAccessKey>"
                                         "<SessionToken>HUSHTOKEN</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration>"
                                         "</Credentials></" + a + "Result></R>"};
    }
    aws::provider_ptr provider(service_lab::variables env = {}, aws::profile_request which = {}) {
        auto open = [this](const aws::profile_chain& chain, const aws::profile_request&, const aws::provider_context& c) {
            opened.push_back(chain.source);
            return aws::make_refreshing_credentials_provider(
                "opened", [this]() -> penstock::awaitable<aws::credentials> { co_return source(); }, c.clock(), c.make_random());
        };
        return aws::detail::make_profile_provider(std::move(which), {}, lab.context(std::move(env)), open);
    }
    void config(const std::string& text) { lab.files["/home/.aws/config"] = text; }
    failure fails(const aws::provider_ptr& p) {
        const auto r = lab.get(p);
        if (r) {
            FAIL_CHECK("there are credentials");
            return {};
        }
        CHECK_FALSE(has(r.error().message(), "HUSH"));
        return r.error();
    }
    std::string who(std::size_t request) {
        const std::string a{lab.server.requests().at(request).headers["authorization"]};
        const auto begin = a.find("Credential=") + 11;
        return a.substr(begin, a.find('/', begin) - begin);
    }
};

const std::string keys = "aws_access_key_id = AKIDFILE\naws_secret_access_key = HUSH\n";

TEST_CASE("aws/profile_credentials_provider: keys; the files are read at the first fetch, and again when they are refused") {
    world w;
    w.config("[default]\n" + keys + "aws_account_id = 7\n");
    const auto p = w.provider();
    CHECK(w.lab.files_read.empty());
    CHECK(p->name() == "profile 'default'");
    const auto c = w.lab.get(p).value();
    CHECK(c->access_key_id == "AKIDFILE");
    CHECK(c->account_id == "7");
    CHECK(c->source == "profile 'default'");
    CHECK_FALSE(c->expiration);
    const auto read = w.lab.files_read.size();
    CHECK(w.lab.get(p).value() == c);
    CHECK(w.lab.files_read.size() == read);
    w.config("[default]\naws_access_key_id = AKIDNEW\naws_secret_access_key = HUSHNEW\n");
    CHECK(p->invalidate(*c));
    CHECK(w.lab.get(p).value()->access_key_id == "AKIDNEW");
    CHECK(w.lab.called.empty());
}

TEST_CASE("aws/profile_credentials_provider: which profile, in which files") {
    world w;
    w.lab.files["/own/config"] = "[profile a]\n" + keys;
    w.lab.files["/own/credentials"] = "[b]\naws_access_key_id = AKIDB\naws_secret_access_key = HUSH\n";
    aws::profile_request r;
    r.config_file = "/own/config";
    r.credentials_file = "/own/credentials";
    CHECK(w.lab.get(w.provider({{"AWS_PROFILE", "a"}}, r)).value()->access_key_id == "AKIDFILE");
    r.name = "b";
    CHECK(w.lab.get(w.provider({{"AWS_PROFILE", "a"}}, r)).value()->access_key_id == "AKIDB");
    r.name = "c";
    auto f = w.fails(w.provider({}, r));
    CHECK(f.code() == errc::invalid_profile);
    CHECK(has(f.detail().hint, "there are a, b"));
    r.credentials_file = "/own/missing"; // named by the caller: it must be there
    f = w.fails(w.provider({}, r));
    CHECK(f.code() == penstock::condition::not_found);
    f = w.fails(w.provider());
    CHECK(f.code() == errc::no_credentials);
    CHECK(f.detail().message == "profile 'default': there is no config or credentials file");
    w.config("[default\n");
    CHECK(w.fails(w.provider()).code() == errc::malformed_profile_file);
}

TEST_CASE("aws/profile_credentials_provider: roles, one by the other, at the endpoint of the selected profile") {
    world w;
    w.config("[profile a]\nrole_arn = arn:aws:iam::1:role/A\nexternal_id = x\nsource_profile = b\nregion = eu-west-1\n"
             "[profile b]\nrole_arn = arn:aws:iam::1:role/B\nsource_profile = c\nregion = us-west-2\n[profile c]\n" + keys);
    const auto c = w.lab.get(w.provider({{"AWS_PROFILE", "a"}})).value();
    CHECK(c->access_key_id == "ASIAA");
    CHECK(c->account_id == "42");
    CHECK(c->source == "profile 'a' (assume role)");
    REQUIRE(w.lab.server.requests().size() == 2);
    CHECK(w.who(0) == "AKIDFILE");
    CHECK(w.who(1) == "ASIAB");
    for (const auto& to : w.lab.called) CHECK(to.url() == "https://sts.eu-west-1.amazonaws.com");
    CHECK(has(w.lab.server.requests()[1].body, "ExternalId=x"));
    CHECK_FALSE(has(w.lab.server.requests()[0].body, "ExternalId"));
    w.denies = true;
    const auto f = w.fails(w.provider({{"AWS_PROFILE", "a"}}));
    CHECK(f.code() == errc::access_denied);
    CHECK(f.detail().message == "profile 'a': role arn:aws:iam::1:role/B: not you");
    CHECK(f.detail().request_id == "rid");
}

TEST_CASE("aws/profile_credentials_provider: credential_source, alone and with a role") {
    world w;
    w.config("[default]\nrole_arn = arn:aws:iam::1:role/A\ncredential_source = EcsContainer\n");
    CHECK(w.lab.get(w.provider()).value()->access_key_id == "ASIAA");
    REQUIRE(w.opened.size() == 1);
    CHECK(w.opened[0].from == kind::container);
    CHECK(w.who(0) == "AKIDSOURCE");
    w.source = []() -> aws::credentials { penstock::throw_failure(failure{errc::no_credentials, "container: not here", "be one"}); };
    auto f = w.fails(w.provider());
    CHECK(f.code() == errc::invalid_credentials); // the profile names it: no other source takes its place
    CHECK(has(f.detail().message, "profile 'default': role arn:aws:iam::1:role/A: nothing to take the role by: container: not here"));
    CHECK(f.detail().hint == "be one");
}

TEST_CASE("aws/profile_credentials_provider: a process, whose account may stand in the profile") {
    world w;
    w.config("[default]\ncredential_process = /bin/x\naws_account_id = 7\n");
    auto c = w.lab.get(w.provider()).value();
    CHECK(w.opened.at(0).command == "/bin/x");
    CHECK(c->account_id == "7");
    CHECK(c->source == "profile 'default' (opened)");
    w.source = [] {
        aws::credentials own{"AKID", "HUSH", ""};
        own.account_id = "8";
        return own;
    };
    CHECK(w.lab.get(w.provider()).value()->account_id == "8");
    w.source = []() -> aws::credentials { penstock::throw_failure(failure{errc::no_credentials, "process: nothing"}); };
    const auto f = w.fails(w.provider());
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(f.detail().message == "profile 'default': process: nothing");
}

TEST_CASE("aws/profile_credentials_provider: a web identity, alone and before a role") {
    world w;
    w.lab.files["/token"] = "HUSH.JWT";
    w.config("[default]\nrole_arn = arn:aws:iam::1:role/A\nweb_identity_token_file = /token\n"
             "[profile b]\nrole_arn = arn:aws:iam::1:role/B\nsource_profile = default\n");
    CHECK(w.lab.get(w.provider()).value()->access_key_id == "ASIAA");
    CHECK(w.lab.get(w.provider({{"AWS_PROFILE", "b"}})).value()->access_key_id == "ASIAB");
    REQUIRE(w.lab.server.requests().size() == 3);
    CHECK(has(w.lab.server.requests()[1].body, "WebIdentityToken=HUSH.JWT"));
    CHECK(w.who(2) == "ASIAA");
    w.lab.files.erase("/token");
    const auto f = w.fails(w.provider());
    CHECK(f.code() == penstock::condition::not_found);
    CHECK(has(f.detail().message, "profile 'default': web identity: the token's file '/token' cannot be read"));
}

TEST_CASE("aws/profile_credentials_provider: single sign-on that gives no credentials") {
    world w;
    w.config("[default]\nsso_session = s\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://x\n");
    const auto f = w.fails(w.provider());
    CHECK(f.code() == errc::invalid_profile);
    CHECK(has(f.detail().message, "sso_account_id and sso_role_name are not set"));
    CHECK(w.opened.empty());
}

TEST_CASE("aws/profile_credentials_provider: a renewed login that could not be written is not forgotten") {
    std::vector<std::string> refreshed;
    service_lab lab{[&refreshed, &lab](const penstock::http::origin&, const testing::http_request& r) {
        if (r.path == "/token") {
            refreshed.push_back(r.body.substr(r.body.find("HUSH-"), 7));
            return testing::http_answer{200, R"({"accessToken":"HUSH-a","expiresIn":3600,"refreshToken":"HUSH-r2"})"};
        }
        const auto end = aws::instant{lab.clock->wall_now() + std::chrono::hours{1}}.seconds * 1000;
        return testing::http_answer{200, R"({"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"HUSH",)"
                                         R"("sessionToken":"HUSH","expiration":)" + std::to_string(end) + "}}"};
    }};
    lab.files["/home/.aws/config"] = "[default]\nsso_session = dev\nsso_account_id = 1\nsso_role_name = r\n"
                                     "[sso-session dev]\nsso_region = us-east-1\nsso_start_url = https://x\n";
    lab.files["/home/.aws/sso/cache/34c6fceca75e456f25e7e99531e2425c6c1de443.json"] =
        R"({"accessToken":"HUSH-t","expiresAt":"2026-01-01T00:01:00Z","refreshToken":"HUSH-r1","clientId":"c",)"
        R"("clientSecret":"s","registrationExpiresAt":"2026-03-01T00:00:00Z"})";
    const auto p = aws::make_profile_credentials_provider({}, {}, lab.context({}));
    CHECK(lab.get(p).has_value());
    lab.clock->advance(std::chrono::minutes{59});
    CHECK(lab.get(p).has_value());
    CHECK(refreshed == std::vector<std::string>{"HUSH-r1", "HUSH-r2"});
}

TEST_CASE("aws/profile_credentials_provider: renewed ahead of expiry, with the files as they are then") {
    world w;
    w.config("[default]\nrole_arn = arn:aws:iam::1:role/A\ncredential_source = EcsContainer\n");
    const auto p = w.provider();
    CHECK(w.lab.get(p).value()->access_key_id == "ASIAA");
    w.config("[default]\nregion = x\nrole_arn = arn:aws:iam::1:role/A2\ncredential_source = EcsContainer\n");
    w.lab.clock->advance(std::chrono::minutes{56});
    CHECK(w.lab.get(p).value()->access_key_id == "ASIAA2");
    w.lab.files.clear(); // still valid ones go on
    w.lab.clock->advance(std::chrono::minutes{3});
    CHECK(w.lab.get(p).value()->access_key_id == "ASIAA2");
    w.lab.clock->advance(std::chrono::minutes{3});
    CHECK(w.fails(p).code() == errc::no_credentials);
}

} // namespace test_aws_profile_credentials_provider
