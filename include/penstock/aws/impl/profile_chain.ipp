// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/profile_chain.hpp>

#include <penstock/aws/setting.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace penstock::aws {
namespace detail {

[[noreturn]] inline void refuse_profile(const profile& in, errc code, const std::string& what, std::string hint = {}) {
    throw_failure(failure{code, "profile '" + printable(in.name, 128) + "': " + what, std::move(hint)});
}

/// A role of a profile, checked.
inline assume_role_options role_of(const profile& in) {
    assume_role_options role{in.get("role_arn").value_or("")};
    role.session_name(in.get("role_session_name").value_or(""));
    role.external_id(in.get("external_id").value_or(""));
    if (const auto seconds = as_count(from_profile(in, "duration_seconds"))) role.duration(std::chrono::seconds{*seconds});
    try {
        check_role(role);
    } catch (const error& e) {
        refuse_profile(in, errc::invalid_profile, e.detail().message, e.detail().hint);
    }
    return role;
}

inline bool has_static_keys(const profile& in) {
    return in.get("aws_access_key_id") && in.get("aws_secret_access_key");
}

inline profile_source static_keys_of(const profile& in) {
    const auto id = in.get("aws_access_key_id"), secret = in.get("aws_secret_access_key");
    if (!id && !secret) {
        refuse_profile(in, errc::no_credentials, "there are no credentials in it",
                       "give it aws_access_key_id and aws_secret_access_key, role_arn, sso_session or credential_process");
    }
    if (!id || !secret) {
        refuse_profile(in, errc::invalid_credentials,
                       id ? "aws_access_key_id is set, aws_secret_access_key is not"
                          : "aws_secret_access_key is set, aws_access_key_id is not",
                       "set both or neither");
    }
    profile_source out;
    out.keys = credentials{*id, *secret, in.get("aws_session_token").value_or("")};
    out.keys.account_id = in.get("aws_account_id").value_or("");
    try {
        check_credentials(out.keys);
    } catch (const error& e) {
        refuse_profile(in, errc::invalid_credentials, e.detail().message, e.detail().hint);
    }
    return out;
}

inline profile_source named_source_of(const profile& in, const std::string& name) {
    using kind = profile_source::kind;
    profile_source out;
    for (const auto& [known, from] : {std::pair{"Environment", kind::environment}, std::pair{"EcsContainer", kind::container},
                                      std::pair{"Ec2InstanceMetadata", kind::instance_metadata}}) {
        out.from = from;
        if (penstock::detail::iequals(known, name)) return out;
    }
    refuse_profile(in, errc::invalid_profile, "credential_source is '" + printable(name, 64) + "'",
                   "it must be Environment, EcsContainer or Ec2InstanceMetadata");
}

inline profile_source web_identity_of(const profile& in, const std::string& token_file) {
    if (!in.get("role_arn"))
        refuse_profile(in, errc::invalid_profile, "web_identity_token_file is set, role_arn is not", "set both or neither");
    profile_source out;
    out.from = profile_source::kind::web_identity;
    out.token_file = token_file;
    out.role = role_of(in);
    return out;
}

/// The settings of single sign-on, which may stand in the profile, or in the session that it names; in both only when they
/// are the same.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
inline profile_source sso_of(const shared_config& from, const profile& in) {
    profile_source out;
    out.from = profile_source::kind::sso;
    auto& sso = out.sso;
    sso.account_id = in.get("sso_account_id").value_or("");
    sso.role_name = in.get("sso_role_name").value_or("");
    const auto need = [&in](bool there, const std::string& what) {
        if (!there) refuse_profile(in, errc::invalid_profile, what, "see aws configure sso");
    };
    profile where = in;
    std::string place;
    if (const auto session = in.get("sso_session")) {
        const auto at = from.sso_sessions.find(*session);
        place = " of the sso-session '" + printable(*session, 128) + "'";
        need(at != from.sso_sessions.end(), "there is no section [sso-session " + printable(*session, 128) + "]");
        sso.session = *session;
        where.properties = at->second;
    }
    for (const auto& [member, name] : {std::pair{&sso.start_url, "sso_start_url"}, std::pair{&sso.region, "sso_region"}}) {
        const auto value = where.get(name);
        need(value.has_value(), std::string{name} + place + " is not set");
        const auto own = in.get(name);
        need(!own || *own == *value, std::string{name} + " is not the " + name + place);
        *member = *value;
    }
    need(sso.account_id.empty() == sso.role_name.empty(), sso.account_id.empty() ? "sso_role_name is set, sso_account_id is not"
                                                                                : "sso_account_id is set, sso_role_name is not");
    return out;
}

inline bool mentions_sso(const profile& in) {
    const auto names = {"sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"};
    return std::any_of(names.begin(), names.end(), [&in](const char* name) { return in.get(name).has_value(); });
}

/// What a profile that takes no role of another has. The order is that of AWS's newer SDKs.
inline profile_source source_of(const shared_config& from, const profile& in) {
    if (const auto named = in.get("credential_source")) return named_source_of(in, *named);
    if (const auto token_file = in.get("web_identity_token_file")) return web_identity_of(in, *token_file);
    if (mentions_sso(in)) return sso_of(from, in);
    if (const auto command = in.get("credential_process")) {
        profile_source out;
        out.from = profile_source::kind::process;
        out.command = *command;
        out.account_id = in.get("aws_account_id").value_or("");
        return out;
    }
    return static_keys_of(in);
}

/// The profile whose credentials take the role of this one; the same for one that has them itself.
inline std::string source_profile_of(const profile& in) {
    const auto other = in.get("source_profile");
    const bool named = in.get("credential_source").has_value();
    const std::string choice = "a role needs source_profile or credential_source, and not both";
    if (other && named) refuse_profile(in, errc::invalid_profile, "source_profile and credential_source are both set", choice);
    if (!other && !named)
        refuse_profile(in, errc::invalid_profile, "role_arn is set, source_profile and credential_source are not", choice);
    if (in.get("mfa_serial")) {
        refuse_profile(in, errc::unsupported, "its role wants a code from a device (mfa_serial)",
                       "take the role by a tool that asks for codes, and name that in credential_process");
    }
    return other.value_or(in.name);
}

inline profile find_source_profile(const shared_config& from, const std::string& name, const profile& for_role_of) {
    try {
        return find_profile(from, name);
    } catch (const error& e) {
        throw_failure(e.as_failure().with([&](error_detail& d) {
            d.message = "profile '" + printable(for_role_of.name, 128) + "': its source_profile: " + d.message;
        }));
    }
}

/// For what another profile refers to: then it is a mistake to have none.
inline profile_source source_that_must_be(const shared_config& from, const profile& in, bool selected) {
    try {
        return source_of(from, in);
    } catch (const error& e) {
        if (selected || e.code() != errc::no_credentials) throw;
        throw_failure(failure{errc::invalid_profile, e.detail()});
    }
}

[[noreturn]] inline void refuse_loop(const profile& selected, const std::vector<std::string>& visited,
                                     const std::string& next) {
    std::string loop;
    for (const auto& each : visited) loop += "'" + printable(each, 128) + "' > ";
    refuse_profile(selected, errc::invalid_profile, "its roles form a loop: " + loop + "'" + printable(next, 128) + "'",
                   "the last source_profile must have credentials");
}

} // namespace detail

PENSTOCK_DECL profile_chain plan_profile_chain(const shared_config& from, std::string_view name) {
    profile_chain out;
    out.selected = find_profile(from, name);
    if (from.files.empty() && from.profiles.empty())
        detail::refuse_profile(out.selected, errc::no_credentials, "there is no config or credentials file");
    auto at = out.selected;
    std::vector<std::string> visited;
    // The keys of a profile that another refers to come before its own role.
    const auto keys_count = [&] { return visited.size() > 1 && detail::has_static_keys(at); };
    const auto takes_role = [&] { return at.get("role_arn") && !at.get("web_identity_token_file"); };
    for (;;) {
        visited.push_back(at.name);
        if (keys_count() || !takes_role()) break;
        const auto next = detail::source_profile_of(at);
        out.roles.push_back(detail::role_of(at));
        if (out.roles.size() > max_chained_roles)
            detail::refuse_profile(out.selected, errc::invalid_profile,
                                   "more than " + std::to_string(max_chained_roles) + " roles, one by the other");
        if (next == at.name) break;
        if (std::find(visited.begin(), visited.end(), next) != visited.end())
            detail::refuse_loop(out.selected, visited, next);
        at = detail::find_source_profile(from, next, at);
    }
    out.source = keys_count() ? detail::static_keys_of(at) : detail::source_that_must_be(from, at, out.roles.empty());
    out.source.profile = at.name;
    std::reverse(out.roles.begin(), out.roles.end()); // the selected profile's own is the last
    return out;
}

} // namespace penstock::aws
