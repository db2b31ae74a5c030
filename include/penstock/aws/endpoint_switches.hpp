// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <optional>

namespace penstock::aws {

/// Which of AWS's endpoints are meant; what is unsaid is off, but for the two that say so. On a custom
/// endpoint all that choose another host name are refused.
struct endpoint_switches {
    endpoint_switches() = default;
    bool operator==(const endpoint_switches&) const = default;

    std::optional<bool> dual_stack; ///< IPv6 as well as IPv4
    std::optional<bool> fips;       ///< validated cryptography; not in China
    std::optional<bool> accelerate; ///< S3 Transfer Acceleration, for buckets that have it
    /// The region in an access point's ARN may be another than the client's. On unless it is switched off.
    std::optional<bool> use_arn_region;
    /// Object requests on directory buckets are signed by a session's keys, not by IAM's. On unless it is
    /// switched off.
    std::optional<bool> express_sessions;
    std::optional<bool> legacy_us_east_1; ///< s3.amazonaws.com instead of s3.us-east-1.amazonaws.com
    std::optional<bool> legacy_sts;       ///< sts.amazonaws.com for the regions of old
};

/// `said`, and where it leaves something unsaid, `otherwise`.
PENSTOCK_DECL endpoint_switches complete_switches(endpoint_switches said, const endpoint_switches& otherwise) noexcept;

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/endpoint_switches.ipp>
#endif
