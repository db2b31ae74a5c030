// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>

namespace penstock::s3 {

/// How one object is read over several connections at a time. What does not fit the client's memory budget becomes less:
/// smaller parts, fewer connections, at last one plain stream.
class parallel_options {
  public:
    parallel_options() = default;

    /// Bytes of a request, at least 1 MiB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html
    parallel_options& part_size(std::uint64_t bytes) { return part_size_ = bytes, *this; }
    /// Requests at a time, at least 1, which is a plain stream. Four saturate one thread on a fast network nearby; far away
    /// more of them make up for the way.
    parallel_options& connections(std::uint32_t n) { return connections_ = n, *this; }
    /// Where bytes are given in order: how many may be received ahead of the caller. Default: a part for each further
    /// connection, 64 MiB at most.
    parallel_options& window(std::uint64_t bytes) { return window_ = bytes, *this; }
    /// Every request but the first names the version that the first one found, so that reading goes on where the object is
    /// replaced meanwhile. For buckets with versioning; takes the permission s3:GetObjectVersion.
    parallel_options& pin_version(bool on) { return pin_version_ = on, *this; }

    std::uint64_t part_size() const noexcept { return part_size_; }
    std::uint32_t connections() const noexcept { return connections_; }
    std::uint64_t window() const noexcept { return window_; }
    bool pin_version() const noexcept { return pin_version_; }

  private:
    std::uint64_t part_size_ = std::uint64_t{8} << 20;
    std::uint32_t connections_ = 4;
    std::uint64_t window_ = 0;
    bool pin_version_ = false;
};

} // namespace penstock::s3
