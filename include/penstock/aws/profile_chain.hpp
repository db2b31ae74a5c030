// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/aws/profile.hpp>
#include <penstock/aws/sts.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::aws {

/// What a profile gets credentials from, before roles are taken by them.
struct profile_source {
    profile_source() = default;

    enum class kind : std::uint8_t {
        static_keys,       ///< `keys`
        environment,       ///< credential_source = Environment
        container,         ///< credential_source = EcsContainer
        instance_metadata, ///< credential_source = Ec2InstanceMetadata
        web_identity,      ///< `token_file` and `role`
        sso,               ///< `sso`
        process            ///< `command`
    };
    /// IAM Identity Center, by a session or, without a name for it, by the start URL.
    struct sso_role {
        sso_role() = default;

        std::string session, start_url, region;
        std::string account_id, role_name;
    };

    kind from = kind::static_keys;
    std::string profile; ///< where it stands
    credentials keys;
    std::string token_file;
    assume_role_options role;
    sso_role sso;
    std::string command;
    std::string account_id; ///< where the source itself does not say it
};

/// How to get the credentials of a profile: what begins, and the roles to take from there, in order.
struct profile_chain {
    profile_chain() = default;

    aws::profile selected; ///< its region and endpoints count for all roles
    profile_source source;
    std::vector<assume_role_options> roles;
};

/// More of them are a mistake.
inline constexpr std::size_t max_chained_roles = 64;

/// Follows a profile through `source_profile` to where its credentials come from, without asking anybody.
///
/// `errc::no_credentials`: the profile says nothing of credentials. `errc::invalid_credentials`: half a key.
/// `errc::invalid_profile`: no such profile (with those that there are), a role without exactly one of source_profile and
/// credential_source, a loop, more roles than `max_chained_roles`, a source that knows no credentials, an incomplete web
/// identity or single sign-on.
/// `errc::unsupported`: a role that wants a code from a device (`mfa_serial`). No story has a secret in it.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
PENSTOCK_DECL profile_chain plan_profile_chain(const shared_config& from, std::string_view name);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/profile_chain.ipp>
#endif
