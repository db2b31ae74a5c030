// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/profile.hpp>
#include <penstock/aws/profile_location.hpp>
#include <penstock/core/file_io.hpp>

namespace penstock::aws {

/// Reads the files that are there, and merges them. Blocks for as long as it takes to read two small files. Throws
/// `errc::malformed_profile_file`, and the system's codes for a file that must be there or cannot be read.
PENSTOCK_DECL shared_config load_shared_config(const profile_locations& where,
                                               const file_reader& read = read_small_file);

/// The profile that is asked for. Throws as `load_shared_config` and `find_profile` do.
PENSTOCK_DECL profile load_profile(const profile_request& asked, const environment& env,
                                   const file_reader& read = read_small_file);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/load_profile.ipp>
#endif
