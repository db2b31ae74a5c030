// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint_switches.hpp>

#include <string>

namespace penstock::aws {

/// A role in an account that a login to IAM Identity Center gives: what a profile and its sso-session say.
struct sso_settings {
    sso_settings() = default;
    bool operator==(const sso_settings&) const = default;

    std::string session; ///< the name of the sso-session; empty: the form of old, a login by start URL
    std::string start_url;
    std::string region; ///< of the Identity Center: sso_region
    std::string account_id;
    std::string role_name;

    std::string profile;      ///< whose settings these are, for the command that logs in; may be empty
    std::string cache_folder; ///< of the logins; empty: .aws/sso/cache in the home folder

    std::string endpoint_url;      ///< what `configured_endpoint_url` says of "sso"; empty: the region's
    std::string oidc_endpoint_url; ///< and of "sso_oidc"
    endpoint_switches switches;    ///< `dual_stack`, `fips`
};

} // namespace penstock::aws
