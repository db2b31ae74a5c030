// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <string>
#include <string_view>

namespace penstock::aws {

/// A group of regions with a domain of its own.
struct partition {
    std::string_view id;         ///< "aws", "aws-cn" …
    std::string_view dns_suffix; ///< "amazonaws.com"
};

/// The partition of a region, by its name; unknown patterns belong to "aws".
/// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
PENSTOCK_DECL partition partition_of(std::string_view region) noexcept;

/// Whether this version knows the region.
PENSTOCK_DECL bool is_known_region(std::string_view region) noexcept;

/// Whether `region` could be one somewhere: lower-case letters, digits and '-', at most 63, none at the ends.
PENSTOCK_DECL bool is_plausible_region(std::string_view region) noexcept;

/// Throws `errc::invalid_region`, with what may have been meant, for text that no region has and, where `known_only`,
/// for a region that this version does not know.
PENSTOCK_DECL void check_region(std::string_view region, bool known_only);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/region.ipp>
#endif
