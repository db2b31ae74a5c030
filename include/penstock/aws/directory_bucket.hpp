// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <optional>
#include <string_view>

namespace penstock::aws {

/// Whether this is the name of a directory bucket of S3 Express One Zone ("base--zone--x-s3") or of an access
/// point for one ("name--zone--xa-s3"), well formed or not: no other bucket may be called so.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html
PENSTOCK_DECL bool is_directory_bucket(std::string_view bucket) noexcept;

/// The zone in such a name, as in "use1-az4" or "usw2-lax1-az1"; none where it is missing or has no form of a
/// zone's.
PENSTOCK_DECL std::optional<std::string_view> zone_of_directory_bucket(std::string_view bucket) noexcept;

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/directory_bucket.ipp>
#endif
