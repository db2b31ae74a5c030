// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint_switches.hpp>
#include <penstock/aws/retry_strategy.hpp>
#include <penstock/aws/setting.hpp>

#include <optional>
#include <string>

namespace penstock::aws {

/// What environment and profile say about S3 clients, beside region and endpoint. None: nobody says it.
struct client_settings {
    client_settings() = default;

    std::optional<bool> path_style; ///< s3.addressing_style: "path" or "virtual"; "auto" is none
    endpoint_switches switches; ///< of dual stack, what is said of s3 beats what is said of all services
    std::string ca_bundle; ///< a PEM file
    /// AWS_RETRY_MODE and AWS_MAX_ATTEMPTS: "standard" is the preset "aws-standard", "adaptive" that of its
    /// name, "legacy" our default.
    std::optional<retry_options> retry;
};

/// The environment beats the profile. Throws `errc::invalid_option` for a value that cannot be, with the place where it
/// stands.
/// https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
/// https://docs.aws.amazon.com/cli/latest/topic/s3-config.html
PENSTOCK_DECL client_settings read_client_settings(const environment& env, const profile& in);

/// The same about the endpoints of services that credentials come from: what is said of s3 alone is left out.
PENSTOCK_DECL endpoint_switches read_service_switches(const environment& env, const profile& in);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/client_settings.ipp>
#endif
