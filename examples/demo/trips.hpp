// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/random.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace demo {

/// What one can say of rows without keeping them; equal for the same rows in any order and any batches.
struct totals {
    std::uint64_t rows = 0;
    std::int64_t ids = 0;
    std::int64_t cents = 0;      ///< of all fares
    std::uint64_t tipped = 0;    ///< rows with a tip
    std::uint64_t note_bytes = 0;

    void add(const penstock::record_batch& batch);
    friend bool operator==(const totals&, const totals&) = default;
};

/// Taxi trips that nobody took: the same ones on every machine. With all that makes text formats hard: quotes, commas and
/// line breaks in fields, nulls, texts that are empty, and letters beyond ASCII.
class trip_maker {
  public:
    trip_maker();

    penstock::record_batch next(std::size_t rows);

    const totals& all() const noexcept { return all_; }
    /// Of the trips with a fare beyond 40.
    const totals& expensive() const noexcept { return expensive_; }

  private:
    std::shared_ptr<penstock::random_source> random_;
    std::shared_ptr<penstock::buffer_pool> pool_;
    std::shared_ptr<const penstock::schema> schema_;
    std::int64_t next_id_ = 1'000'000;
    totals all_, expensive_;
};

} // namespace demo
