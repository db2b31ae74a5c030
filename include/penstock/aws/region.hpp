// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <string_view>

namespace penstock::aws {

/// Whether this version knows the region. The global pseudo regions ("aws-global") count.
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
