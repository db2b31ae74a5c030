// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tool {

/// The benchmark's checksum: the CRC-32 of sums over its twelve columns, or, where only `id` and `fare` are selected,
/// over these two. It shows that two readers saw the same values.
class checksum {
  public:
    /// Throws `usage_error` where the columns are not those of the benchmark.
    explicit checksum(const penstock::schema& columns);

    void add(const penstock::record_batch& batch);
    /// Eight hexadecimal digits.
    std::string text() const;

  private:
    void add_all(const penstock::record_batch& batch);

    bool all_;
    std::uint64_t rows_ = 0;
    std::int64_t id_ = 0, vendor_ = 0, passengers_ = 0, zone_ = 0;
    double distance_ = 0, fare_ = 0, tip_ = 0;
    std::optional<std::int64_t> first_pickup_, last_dropoff_;
    std::uint64_t city_ = 0, payment_ = 0, note_ = 0, longest_note_ = 0;
};

} // namespace tool
