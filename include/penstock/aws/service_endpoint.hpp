// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/endpoint_switches.hpp>

#include <string_view>

namespace penstock::aws {

/// The services that credentials come from.
enum class credential_service {
    sts,      ///< Security Token Service
    sso,      ///< IAM Identity Center's portal: GetRoleCredentials
    sso_oidc, ///< its tokens: CreateToken
};

/// Resolves the endpoint of one of them: `endpoint_url` where it is not empty, else the region's. STS has a
/// global endpoint as well, for region "aws-global" and, with `switches.legacy_sts`, for the regions that
/// SDKs used it for of old. Only `dual_stack`, `fips` and `legacy_sts` matter here.
///
/// Throws `errc::invalid_endpoint`, `errc::invalid_region` (none, or text that cannot be in a host name),
/// `errc::invalid_option` (dual_stack or fips together with an endpoint).
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
PENSTOCK_DECL endpoint resolve_service_endpoint(credential_service service, std::string_view endpoint_url,
                                                std::string_view region, const endpoint_switches& switches);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/service_endpoint.ipp>
#endif
