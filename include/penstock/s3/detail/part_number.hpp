// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>

namespace penstock::s3::detail {

/// Parts of an upload are numbered from 1 to this.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
inline constexpr std::uint32_t max_part_number = 10'000;

} // namespace penstock::s3::detail
