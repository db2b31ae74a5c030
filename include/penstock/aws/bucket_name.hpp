// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string_view>

namespace penstock::aws {

/// Whether `bucket` can be a bucket's name somewhere: 1 to 255 letters, digits, '.', '-' and '_', a letter or
/// digit at both ends. Wider than the rule for new buckets on AWS, because old buckets and other stores are. Nothing else
/// may get into a host name or a path, where '/' or ".." would mean another place.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
PENSTOCK_DECL bool valid_bucket_name(std::string_view bucket) noexcept;

/// What to say of any other, as message and hint.
PENSTOCK_DECL error_detail bad_bucket_name(std::string_view bucket);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/bucket_name.ipp>
#endif
