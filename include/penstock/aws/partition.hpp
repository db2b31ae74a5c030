// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <string_view>

namespace penstock::aws {

/// A group of regions with domains, accounts and credentials of its own. What is true of S3 alone says so.
struct partition {
    std::string_view id;                     ///< "aws", "aws-cn" …
    std::string_view dns_suffix;             ///< "amazonaws.com"
    std::string_view dual_stack_suffix;      ///< "api.aws"; S3 has "dualstack." before the region instead
    std::string_view implicit_global_region; ///< whose name signs for what has no region
    bool s3_fips;
    bool s3_dual_stack; ///< without FIPS
    bool s3_accelerate;
};

/// The partition of a region, by its name; what fits no other belongs to "aws".
/// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
PENSTOCK_DECL const partition& partition_of(std::string_view region) noexcept;

/// The region to sign for: `region` itself, but for the global pseudo regions ("aws-global", "aws-cn-global"
/// …) the implicit one of their partition.
PENSTOCK_DECL std::string_view signing_region(std::string_view region) noexcept;

/// Whether a host is AWS's own, VPC endpoints included: a name under one of the partitions' domains.
PENSTOCK_DECL bool is_aws_host(std::string_view host) noexcept;

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/partition.ipp>
#endif
