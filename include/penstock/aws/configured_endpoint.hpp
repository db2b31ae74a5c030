// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/setting.hpp>

#include <optional>
#include <string_view>

namespace penstock::aws {

/// The endpoint that environment and profile name for a service ("s3", "sts", "sso_oidc"), in AWS's order:
/// AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, endpoint_url of `s3` in the profile's services section, endpoint_url of the
/// profile. Unsaid where none does, and where they are ignored: by `ignore`, else by AWS_IGNORE_CONFIGURED_ENDPOINT_URLS,
/// else by ignore_configured_endpoint_urls.
///
/// Throws `errc::invalid_profile` for a services section that does not exist: AWS would be asked instead of the store that
/// was meant.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
PENSTOCK_DECL setting configured_endpoint_url(std::string_view service, const environment& env, const profile& in,
                                              std::optional<bool> ignore = std::nullopt);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/configured_endpoint.ipp>
#endif
