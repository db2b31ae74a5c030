// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/profile_chain.hpp>

#include <doctest/doctest.h>

namespace test_aws_profile_chain {

namespace aws = penstock::aws;
using penstock::errc;
using penstock::failure;
using kind = aws::profile_source::kind;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

aws::profile_chain plan(const std::string& config, const char* name = "default") {
    return aws::plan_profile_chain(aws::parse_profile_file(config, aws::profile_file_kind::config, "/c").value(), name);
}

failure fails(const std::string& config, const char* name = "default") {
    try {
        plan(config, name);
    } catch (const penstock::error& e) {
        CHECK_FALSE(has(e.what(), "HUSH"));
        return e.as_failure();
    }
    FAIL_CHECK("nothing was thrown");
    return {};
}

const std::string keys = "aws_access_key_id = AKID\naws_secret_access_key = HUSH\n";

TEST_CASE("aws/profile_chain: keys of its own") {
    const auto c = plan("[default]\n" + keys + "aws_session_token = HUSHTOKEN\naws_account_id = 42\nregion = eu-west-1\n");
    CHECK(c.source.from == kind::static_keys);
    CHECK(c.source.profile == "default");
    CHECK(c.source.keys.access_key_id == "AKID");
    CHECK(c.source.keys.session_token == "HUSHTOKEN");
    CHECK(c.source.keys.account_id == "42");
    CHECK(c.roles.empty());
    CHECK(c.selected.get("region") == "eu-west-1");
}

TEST_CASE("aws/profile_chain: all that a role may say") {
    const auto c = plan("[profile a]\nrole_arn = arn:a\nsource_profile = b\nexternal_id = x\nrole_session_name = me\n"
                        "duration_seconds = 900\n[profile b]\n" + keys, "a");
    REQUIRE(c.roles.size() == 1);
    CHECK(c.roles[0].role_arn() == "arn:a");
    CHECK(c.roles[0].external_id() == "x");
    CHECK(c.roles[0].session_name() == "me");
    CHECK(c.roles[0].duration() == std::chrono::seconds{900});
    CHECK(c.selected.name == "a");
    CHECK(c.source.profile == "b");
}

TEST_CASE("aws/profile_chain: three roles, in order; keys of a profile further on end the way") {
    const auto c = plan("[default]\nrole_arn=arn:1\nsource_profile=b\n[profile b]\nrole_arn=arn:2\nsource_profile=c\n"
                        "[profile c]\nrole_arn=arn:3\nsource_profile=d\n[profile d]\nrole_arn=arn:4\nsource_profile=nobody\n" + keys);
    REQUIRE(c.roles.size() == 3);
    CHECK(c.roles[0].role_arn() == "arn:3");
    CHECK(c.roles[2].role_arn() == "arn:1");
    CHECK(c.source.profile == "d");
}

TEST_CASE("aws/profile_chain: named sources, processes, single sign-on") {
    for (const auto& [name, from] : {std::pair{"Environment", kind::environment}, std::pair{"EcsContainer", kind::container},
                                     std::pair{"Ec2InstanceMetadata", kind::instance_metadata}}) {
        const auto c = plan(std::string{"[default]\nrole_arn=arn:1\ncredential_source="} + name);
        CHECK(c.source.from == from);
        CHECK(c.roles.size() == 1);
    }
    const auto process = plan("[default]\ncredential_process = /bin/x --y\naws_account_id = 7\nsource_profile = nobody\n");
    CHECK(process.source.from == kind::process);
    CHECK(process.source.command == "/bin/x --y");
    CHECK(process.source.account_id == "7");
    const std::string session = "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://x\n";
    const auto sso = plan("[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\nsso_region = us-east-1\n" + session);
    CHECK(sso.source.from == kind::sso);
    CHECK(sso.source.sso.session == "s");
    CHECK(sso.source.sso.start_url == "https://x");
    CHECK(sso.source.sso.role_name == "r");
    const auto behind = plan("[default]\nrole_arn=arn:1\nsource_profile=b\n[profile b]\nweb_identity_token_file=/t\nrole_arn=arn:2\n"
                             "source_profile=default\n");
    CHECK(behind.source.from == kind::web_identity);
    CHECK(behind.source.token_file == "/t");
    CHECK(behind.source.role.role_arn() == "arn:2");
    CHECK(behind.roles.size() == 1);
}

TEST_CASE("aws/profile_chain: what cannot work, and what to do about it") {
    struct row {
        std::string config;
        errc code;
        const char *says, *hint;
    };
    const std::string session = "[sso-session s]\nsso_region = us-east-1\n";
    const row rows[] = {
        {"", errc::no_credentials, "profile 'default': there are no credentials in it", "aws_access_key_id"},
        {"[default]\nregion = x\n", errc::no_credentials, "no credentials in it", "role_arn"},
        {"[default]\naws_access_key_id = AKID\n", errc::invalid_credentials, "aws_secret_access_key is not", "both"},
        {"[default]\naws_secret_access_key = HUSH\n", errc::invalid_credentials, "aws_access_key_id is not", "both"},
        {"[default]\naws_access_key_id = AK ID\naws_secret_access_key = HUSH\n", errc::invalid_credentials, "profile 'default'", ""},
        {"[default]\nrole_arn = a\n", errc::invalid_profile, "source_profile and credential_source are not", "not both"},
        {"[default]\nrole_arn = a\nsource_profile = b\ncredential_source = Environment\n", errc::invalid_profile, "are both set", "not both"},
        {"[default]\nrole_arn = a\ncredential_source = Mars\n", errc::invalid_profile, "credential_source is 'Mars'", "EcsContainer"},
        {"[default]\nrole_arn = a\nsource_profile = b\n[profile c]\n", errc::invalid_profile, "its source_profile: no profile 'b' in /c", "there are c, default"},
        {"[default]\nrole_arn = a\nsource_profile = b\n[profile b]\nregion = x\n", errc::invalid_profile, "profile 'b': there are no credentials", ""},
        {"[default]\nrole_arn = a\nsource_profile = default\n", errc::invalid_profile, "profile 'default': there are no credentials", ""},
        {"[default]\nrole_arn = a\nsource_profile = b\n[profile b]\nrole_arn = c\nsource_profile = default\n", errc::invalid_profile,
         "'default' > 'b' > 'default'", "the last"},
        {"[default]\nrole_arn = a\nsource_profile = b\nmfa_serial = d\n[profile b]\n" + keys, errc::unsupported, "mfa_serial", "credential_process"},
        {"[default]\nrole_arn = a\nsource_profile = b\nduration_seconds = 5\n[profile b]\n" + keys, errc::invalid_profile, "5 s", "900"},
        {"[default]\nrole_arn = a\nsource_profile = b\nduration_seconds = x\n[profile b]\n" + keys, errc::invalid_option, "duration_seconds", "whole number"},
        {"[default]\nrole_arn = a\nsource_profile = b\nrole_session_name = x y\n[profile b]\n" + keys, errc::invalid_profile, "'x y'", "letters"},
        {"[default]\nweb_identity_token_file = /t\n", errc::invalid_profile, "role_arn is not", "both"},
        {"[default]\nsso_session = s\nsso_account_id = 1\n" + session, errc::invalid_profile, "sso_start_url of the sso-session 's' is not set", "aws configure sso"},
        {"[default]\nsso_session = t\n" + session, errc::invalid_profile, "no section [sso-session t]", ""},
        {"[default]\nsso_session = s\nsso_region = eu-west-1\n" + session + "sso_start_url = x\n", errc::invalid_profile, "sso_region is not the sso_region", ""},
        {"[default]\nsso_region = r\nsso_start_url = u\nsso_account_id = 1\n", errc::invalid_profile, "sso_role_name is not", ""},
        {"[default]\nsso_account_id = 1\nsso_role_name = r\nsso_region = x\n", errc::invalid_profile, "sso_start_url is not set", ""},
    };
    for (const auto& r : rows) {
        CAPTURE(r.config);
        const auto f = fails(r.config);
        CHECK(f.code() == r.code);
        CHECK_MESSAGE(has(f.detail().message, r.says), f.message());
        CHECK_MESSAGE(has(f.detail().hint, r.hint), f.message());
    }
    std::string endless;
    for (int i = 0; i < 1000; ++i)
        endless += "[profile p" + std::to_string(i) + "]\nrole_arn = a\nsource_profile = p" + std::to_string(i + 1) + "\n";
    CHECK(has(fails(endless, "p0").message(), "more than 64 roles"));
    const auto missing = fails("[profile a]\n[profile b]\n", "c");
    CHECK(missing.code() == errc::invalid_profile);
    CHECK(has(missing.detail().hint, "there are a, b"));
    const auto nothing = [] {
        try {
            aws::plan_profile_chain(aws::shared_config{}, "default");
        } catch (const penstock::error& e) {
            return e.as_failure();
        }
        return failure{};
    }();
    CHECK(nothing.code() == errc::no_credentials);
    CHECK(has(nothing.detail().message, "no config or credentials file"));
}

} // namespace test_aws_profile_chain
