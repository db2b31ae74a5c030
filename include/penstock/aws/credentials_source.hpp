// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>

namespace penstock::aws {

/// Where a machine may have credentials.
enum class credentials_source : std::uint8_t {
    environment,      ///< AWS_ACCESS_KEY_ID and its kin
    web_identity,     ///< AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN: a pod on EKS
    profile,          ///< the config and credentials files
    container,        ///< ECS, and EKS Pod Identity
    instance_metadata ///< the role of an EC2 instance
};

} // namespace penstock::aws
