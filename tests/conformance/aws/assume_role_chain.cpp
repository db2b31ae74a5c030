// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/profile_chain.hpp>

#include "support/conformance.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

namespace test_conformance_assume_role_chain {

namespace aws = penstock::aws;
namespace json = boost::json;
using kind = aws::profile_source::kind;

std::string text(const json::value& v) { return std::string{v.as_string()}; }

aws::profile_sections sections(const json::object& input, const char* name) {
    aws::profile_sections out;
    const auto* at = input.if_contains(name);
    if (!at) return out;
    for (const auto& [section, properties] : at->as_object()) {
        auto& into = out[std::string{section}];
        for (const auto& [key, value] : properties.as_object()) into[std::string{key}] = text(value);
    }
    return out;
}

/// An object without what is not said.
json::object said(std::initializer_list<std::pair<const char*, std::string>> members) {
    json::object out;
    for (const auto& [name, value] : members)
        if (!value.empty()) out[name] = value;
    return out;
}

/// The beginning in the words of the suite.
json::object shown(const aws::profile_source& s) {
    switch (s.from) {
    case kind::static_keys:
        return {{"AccessKey", said({{"access_key_id", s.keys.access_key_id}, {"secret_access_key", s.keys.secret_access_key},
                                    {"session_token", s.keys.session_token}})}};
    case kind::environment: return {{"NamedSource", "Environment"}};
    case kind::container: return {{"NamedSource", "EcsContainer"}};
    case kind::instance_metadata: return {{"NamedSource", "Ec2InstanceMetadata"}};
    case kind::web_identity:
        return {{"WebIdentityToken", said({{"role_arn", s.role.role_arn()}, {"web_identity_token_file", s.token_file},
                                           {"role_session_name", s.role.session_name()}})}};
    case kind::sso:
        return {{"Sso", said({{"sso_account_id", s.sso.account_id}, {"sso_region", s.sso.region},
                              {"sso_role_name", s.sso.role_name}, {"sso_start_url", s.sso.start_url},
                              {"sso_session", s.sso.session}})}};
    case kind::process: break;
    }
    json::object process = said({{"command", s.command}, {"account_id", s.account_id}});
    return {{"CredentialProcess", process}};
}

json::array shown(const aws::profile_chain& chain) {
    json::array out;
    out.push_back(shown(chain.source));
    for (const auto& role : chain.roles) {
        json::object o;
        o["AssumeRole"] = said({{"role_arn", role.role_arn()}, {"external_id", role.external_id()},
                                {"role_session_name", role.session_name()}});
        out.push_back(std::move(o));
    }
    return out;
}

/// A case whose process is told as text is compared by that alone.
json::value comparable(json::value expected) {
    for (auto& step : expected.as_array())
        if (auto* process = step.as_object().if_contains("CredentialProcess"); process && process->is_string())
            *process = json::object{{"command", *process}};
    return expected;
}

std::string why_not(const json::object& c) {
    const auto& input = c.at("input").as_object();
    const auto& output = c.at("output").as_object();
    aws::shared_config from;
    from.profiles = sections(input, "profiles");
    from.sso_sessions = sections(input, "sso_sessions");
    json::array got;
    try {
        got = shown(aws::plan_profile_chain(from, text(input.at("selected_profile"))));
    } catch (const penstock::error& e) {
        return output.contains("Error") ? "" : std::string{"failed: "} + e.what();
    }
    if (output.contains("Error")) return "no failure, but " + json::serialize(got);
    const auto wanted = comparable(output.at("ProfileChain"));
    return json::value(got) == wanted ? "" : json::serialize(got) + " instead of " + json::serialize(wanted);
}

TEST_CASE("conformance: assume-role-chain") {
    const auto folder = test::conformance_folder("assume-role-chain");
    if (!folder) return;
    test::conformance_report report{"assume-role-chain"};
    const auto cases = test::read_json(*folder / "assume-role-tests.json");
    std::size_t n = 0;
    for (const auto& each : cases.as_array()) {
        const auto& c = each.as_object();
        report.check(std::to_string(++n) + " " + text(c.at("docs")), why_not(c));
    }
}

} // namespace test_conformance_assume_role_chain
