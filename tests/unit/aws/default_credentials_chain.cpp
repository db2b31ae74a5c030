// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/default_credentials_chain.hpp>

#include <penstock/aws/environment_credentials_provider.hpp>

#include "support/service_lab.hpp"

#include <doctest/doctest.h>

namespace test_aws_default_credentials_chain {

namespace aws = penstock::aws;
namespace testing = penstock::testing;
using penstock::errc;
using penstock::failure;
using source = aws::credentials_source;
using test::service_lab;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A machine whose metadata services all answer with keys of their own, unless they are switched off.
struct machine {
    bool answers = true;
    service_lab lab{[this](const penstock::http::origin& to, const testing::http_request& r) { return answer(to, r); }};
    service_lab::variables env;
    std::vector<std::string> asked; ///< as the observer hears it

    testing::http_answer answer(const penstock::http::origin& to, const testing::http_request& r) {
        if (!answers) return testing::http_answer{404};
        if (r.path == "/latest/api/token") return testing::http_answer{200, "TOKEN"};
        if (r.path.ends_with("/security-credentials/")) return testing::http_answer{200, "role"};
        const std::string id = to.host == "169.254.170.2" ? "ASIACONTAINER" : "ASIAINSTANCE";
        if (r.method == "POST")
            return testing::http_answer{200, "<R><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAWEB</AccessKeyId>"
                                             "<SecretAccessKey>HUSH</SecretAccessKey><SessionToken>HUSH</SessionToken>"
                                             "<Expiration>2026-01-01T01:00:00Z</Expiration></Credentials>"
                                             "</AssumeRoleWithWebIdentityResult></R>"};
        return testing::http_answer{200, R"({"Code":"Success","AccessKeyId":")" + id +
                                             R"(","SecretAccessKey":"HUSH","Token":"HUSH","Expiration":"2026-01-01T01:00:00Z"})",
                                    "application/json"};
    }
    aws::default_chain_options options() {
        return aws::default_chain_options().observer([this](const aws::provider_answer& a) { asked.push_back(a.provider); });
    }
    aws::provider_ptr chain(const aws::default_chain_options& o) { return aws::make_default_credentials_chain(o, lab.context(env)); }
    /// The key id; or what is wrong, without a secret.
    std::string get(const aws::provider_ptr& p) {
        const auto r = lab.get(p);
        if (r) return (*r)->access_key_id;
        CHECK_FALSE(has(r.error().message(), "HUSH"));
        return r.error().message();
    }
    std::string get() { return get(chain(options())); }
    void everything() {
        env = {{"AWS_ACCESS_KEY_ID", "AKIDENV"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
               {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/creds"}};
        lab.files["/token"] = "HUSH.JWT";
        lab.files["/home/.aws/credentials"] = "[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = HUSH\n"
                                              "[named]\naws_access_key_id = AKIDNAMED\naws_secret_access_key = HUSH\n[empty]\n";
    }
};

TEST_CASE("aws/default_credentials_chain: the order of its sources") {
    machine m;
    m.everything();
    const auto without = [&m](std::initializer_list<const char*> variables) {
        for (const char* v : variables) m.env.erase(v);
        m.asked.clear();
        return m.get();
    };
    CHECK(without({}) == "AKIDENV");
    CHECK(m.lab.called.empty());
    CHECK(without({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) == "ASIAWEB");
    CHECK(without({"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"}) == "AKIDFILE");
    m.lab.files.clear();
    CHECK(without({}) == "ASIACONTAINER");
    CHECK(without({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"}) == "ASIAINSTANCE");
    const std::vector<std::string> all = {"environment", "web identity", "profile 'default'", "container", "instance metadata"};
    CHECK(m.asked == all);
    CHECK(m.lab.called.back().host == "169.254.169.254");
}

TEST_CASE("aws/default_credentials_chain: a profile by its name") {
    machine m;
    m.everything();
    aws::profile_request named;
    named.name = "named";
    CHECK(m.get(m.chain(m.options().profile(named))) == "AKIDNAMED"); // beats the environment's keys
    m.env["AWS_PROFILE"] = "named";
    CHECK(m.get() == "AKIDENV"); // the environment's own keys beat its profile
    m.env.erase("AWS_ACCESS_KEY_ID");
    m.env.erase("AWS_SECRET_ACCESS_KEY");
    CHECK(m.get() == "AKIDNAMED"); // and that the web identity
    m.env["AWS_PROFILE"] = "empty";
    CHECK(m.get() == "ASIAWEB");
    m.asked.clear();
    named.name = "empty";
    CHECK(m.get(m.chain(m.options().profile(named))) == "ASIACONTAINER");
    const std::vector<std::string> asked = {"profile 'empty'", "container"};
    CHECK(m.asked == asked);
    named.name = "nobody";
    const auto failed = m.get(m.chain(m.options().profile(named)));
    CHECK(has(failed, "no profile 'nobody'"));
    CHECK(has(failed, "there are default, empty, named"));
}

TEST_CASE("aws/default_credentials_chain: a machine with nothing: each source, and why not") {
    machine m;
    m.answers = false;
    auto failed = m.get();
    for (const char* says : {"no credentials found: environment: AWS_ACCESS_KEY_ID is not set; web identity: "
                             "AWS_WEB_IDENTITY_TOKEN_FILE is not set; profile 'default': there is no config or credentials file; "
                             "container: ", "; instance metadata: "})
        CHECK_MESSAGE(has(failed, says), failed);
    m.lab.unreachable = failure{errc::connect_timeout, "no answer"};
    failed = m.get();
    CHECK_MESSAGE(has(failed, "instance metadata: "), failed);
    m.lab.called.clear();
    m.env["AWS_EC2_METADATA_DISABLED"] = "true";
    failed = m.get();
    CHECK_MESSAGE(has(failed, "AWS_EC2_METADATA_DISABLED"), failed);
    CHECK(m.lab.called.empty());
}

TEST_CASE("aws/default_credentials_chain: a machine with nothing, where nobody answers: told within a second and a half") {
    machine m;
    m.lab.network->plan([](const testing::connection_attempt&) {
        testing::connection_plan p;
        p.what = testing::connection_plan::fate::black_hole;
        return p;
    });
    const auto began = m.lab.clock->now();
    CHECK(has(m.get(), "instance metadata: "));
    CHECK(m.lab.clock->now() - began <= std::chrono::milliseconds{1500});
}

TEST_CASE("aws/default_credentials_chain: a source that is set up and broken ends the search") {
    machine m;
    m.env = {{"AWS_ACCESS_KEY_ID", "AKID"}};
    CHECK_THROWS_AS(m.chain(m.options()), penstock::error); // at once
    m.env = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/none"}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}};
    m.asked.clear();
    CHECK(has(m.get(), "the token's file '/none' cannot be read"));
    CHECK(m.asked.size() == 2);
    m.env.clear();
    m.lab.files["/home/.aws/config"] = "[default\n";
    CHECK(has(m.get(), "malformed config or credentials file"));
    CHECK(m.lab.called.empty());
}

TEST_CASE("aws/default_credentials_chain: metadata are AWS's: for other stores they are asked only by name") {
    machine m;
    m.env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/creds";
    for (const char* host : {"s3.eu-west-1.amazonaws.com", "bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn", ""}) {
        CAPTURE(host);
        CHECK(m.get(m.chain(m.options().store_host(host))) == "ASIACONTAINER");
    }
    m.lab.called.clear();
    for (const char* host : {"minio.internal", "127.0.0.1", "x.r2.cloudflarestorage.com", "amazonaws.com.example"}) {
        m.asked.clear();
        const auto failed = m.get(m.chain(m.options().store_host(host)));
        CHECK(has(failed, std::string{"container: not asked, for "} + host + " is not AWS's"));
        CHECK(has(failed, std::string{"instance metadata: not asked, for "} + host));
        CHECK(m.asked.size() == 5);
    }
    CHECK(m.lab.called.empty());
    const auto asked = m.options().store_host("minio.internal").sources(aws::named_credentials_sources("metadata"));
    CHECK(m.get(m.chain(asked)) == "ASIACONTAINER");
}

TEST_CASE("aws/default_credentials_chain: a list of sources") {
    machine m;
    m.everything();
    std::vector<source> list;
    list.push_back(source::instance_metadata);
    list.push_back(source::environment);
    CHECK(m.get(m.chain(m.options().sources(list))) == "ASIAINSTANCE");
    const auto role = aws::instance_metadata_options().disabled(true);
    CHECK(m.get(m.chain(m.options().sources(list).metadata(role))) == "AKIDENV");
}

TEST_CASE("aws/default_credentials_chain: by the names that people know") {
    machine m;
    m.everything();
    const auto named = [&m](const char* name, const aws::credentials& keys = {}) {
        return m.get(aws::make_named_credentials_provider(name, keys, m.options(), m.lab.context(m.env)));
    };
    for (const char* name : {"auto", "iam_role", "default", "", "environment", "env"}) CHECK(named(name) == "AKIDENV");
    CHECK(named("metadata") == "ASIAWEB"); // never the environment's keys
    CHECK(named("web_identity") == "ASIAWEB");
    CHECK(named("profile") == "AKIDFILE");
    CHECK(named("container") == "ASIACONTAINER");
    CHECK(named("ecs") == "ASIACONTAINER");
    CHECK(named("imds") == "ASIAINSTANCE");
    CHECK(named("instance_metadata") == "ASIAINSTANCE");
    const aws::credentials own{"AKIDOWN", "HUSH", "HUSHTOKEN"};
    CHECK(named("key", own) == "AKIDOWN");
    CHECK(named("auto", own) == "AKIDOWN");
    for (const char* name : {"public", "anonymous"}) {
        const auto p = aws::make_named_credentials_provider(name, {}, m.options(), m.lab.context(m.env));
        CHECK(p->try_get({}).value() == nullptr);
    }
    const auto refused = [&](const char* name, const aws::credentials& keys) {
        try {
            (void)aws::make_named_credentials_provider(name, keys, m.options(), m.lab.context(m.env));
        } catch (const penstock::error& e) {
            CHECK_FALSE(has(e.what(), "HUSH"));
            return e.as_failure();
        }
        return failure{};
    };
    CHECK(refused("key", {}).code() == errc::invalid_credentials);
    for (const char* name : {"metadata", "public", "environment", "profile"}) CHECK(refused(name, own).code() == errc::invalid_option);
    const auto unknown = refused("imdsv2", {});
    CHECK(unknown.code() == errc::invalid_option);
    CHECK(has(unknown.detail().hint, "one of auto, metadata, environment, key, public"));
}

TEST_CASE("aws/default_credentials_chain: construction asks nobody and reads nothing") {
    machine m;
    m.everything();
    m.env.erase("AWS_ACCESS_KEY_ID");
    m.env.erase("AWS_SECRET_ACCESS_KEY");
    const auto p = m.chain(m.options());
    CHECK(m.lab.called.empty());
    CHECK(m.lab.files_read.empty());
    CHECK_FALSE(p->try_get(m.lab.clock->wall_now()));
    CHECK(m.lab.called.empty());
    CHECK(p->name() == "chain (environment, web identity, profile 'default', container, instance metadata)");
}

} // namespace test_aws_default_credentials_chain
