// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <string_view>

// Only names: endpoint.hpp includes this before its own bodies.
namespace penstock::aws {
enum class api_plane;
struct endpoint;
struct endpoint_settings;
} // namespace penstock::aws

namespace penstock::aws::detail {

/// What `resolve_endpoint` does for a bucket whose name was checked. Any other name is encoded into the path.
PENSTOCK_DECL endpoint apply_s3_rules(const endpoint_settings& settings, std::string_view bucket,
                                      api_plane plane);

/// Throws where the switches exclude each other, or the partition has no such endpoints. `bucket` is for the
/// story.
PENSTOCK_DECL void check_switches(const endpoint_settings& settings, std::string_view bucket);

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/s3_endpoint_rules.ipp>
#endif
