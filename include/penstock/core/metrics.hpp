// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/clock.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

// The instruments are cells: one executor changes a cell, without locks and without the bus, while any thread may read
// it. Who works on several threads makes one cell on each; a registry adds up what belongs to the same series.

/// Only ever grows.
class counter {
  public:
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

/// Goes up and down.
class gauge {
  public:
    void add(std::int64_t n) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void set(std::int64_t v) noexcept { value_.store(v, std::memory_order_relaxed); }
    std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::int64_t> value_{0};
};

/// What a histogram held when it was read.
struct histogram_snapshot {
    /// Each doubles the one before: 16 µs to 134 s. What takes longer is in the last bucket, which has no bound.
    static constexpr std::size_t bounds = 24;
    static constexpr duration bound(std::size_t i) noexcept { return std::chrono::microseconds{16LL << i}; }

    histogram_snapshot() = default;

    std::array<std::uint64_t, bounds + 1> buckets{}; ///< not added up
    duration sum{};

    std::uint64_t count() const noexcept {
        std::uint64_t n = 0;
        for (const auto b : buckets) n += b;
        return n;
    }
    PENSTOCK_DECL histogram_snapshot& operator+=(const histogram_snapshot& o) noexcept;
};

/// How long something took, in buckets that double.
class duration_histogram {
  public:
    void record(duration d) noexcept {
        const auto ns = d > duration::zero() ? static_cast<std::uint64_t>(d.count()) : 0;
        increase(buckets_[bucket_of(ns)], 1);
        increase(sum_, ns);
    }
    PENSTOCK_DECL histogram_snapshot value() const noexcept;

  private:
    /// A bound belongs to the bucket below it.
    static std::size_t bucket_of(std::uint64_t ns) noexcept {
        const std::uint64_t units = ns == 0 ? 0 : (ns - 1) / 16'000; // of 16 µs
        return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(units)), histogram_snapshot::bounds);
    }
    static void increase(std::atomic<std::uint64_t>& a, std::uint64_t n) noexcept {
        a.store(a.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }

    std::array<std::atomic<std::uint64_t>, histogram_snapshot::bounds + 1> buckets_{};
    std::atomic<std::uint64_t> sum_{0};
};

/// Names and values that tell the series of one name apart, in the order in which they are shown.
using metric_labels = std::vector<std::pair<std::string, std::string>>;

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

struct metric_series {
    metric_series() = default;

    metric_labels labels;
    std::int64_t value = 0;       ///< of a counter or gauge
    histogram_snapshot histogram; ///< of a histogram
};

struct metric_family {
    metric_family() = default;

    std::string name;
    std::string help;
    metric_kind kind = metric_kind::counter;
    std::vector<metric_series> series;
};

/// Where instruments come together: made here, counted by their owners, read as a whole. Thread-safe; no global: clients
/// that are to be seen as one are given the same registry.
///
/// Names and labels are Prometheus's: `errc::invalid_option` for others, for a name that is taken by another kind of
/// instrument, and for a label "le". What is not UTF-8 in a label's value becomes U+FFFD. Each combination of labels is kept for as long as the registry: whoever makes labels
/// of what comes from outside has to bound them; see `admit`.
class metrics_registry {
  public:
    PENSTOCK_DECL static std::shared_ptr<metrics_registry> create();
    PENSTOCK_DECL ~metrics_registry();
    metrics_registry(const metrics_registry&) = delete;
    metrics_registry& operator=(const metrics_registry&) = delete;

    /// A new cell. What it counted stays counted when its owner drops it; the value of a gauge goes with it.
    PENSTOCK_DECL std::shared_ptr<counter> make_counter(std::string_view name, std::string_view help, metric_labels labels = {});
    PENSTOCK_DECL std::shared_ptr<gauge> make_gauge(std::string_view name, std::string_view help, metric_labels labels = {});
    PENSTOCK_DECL std::shared_ptr<duration_histogram> make_histogram(std::string_view name, std::string_view help,
                                                                     metric_labels labels = {});

    /// A gauge that is read from something that exists: `read` is called by `collect`, on its thread, until `of` is gone.
    /// Told twice of the same `of`, it is counted once. `read` must not use the registry.
    PENSTOCK_DECL void observe(std::string_view name, std::string_view help, metric_labels labels,
                               std::shared_ptr<const void> of, std::function<std::int64_t()> read);

    /// Whether `value` is one of the first `most` different values that this was asked about for that label. Bounds how many
    /// series there are where values come from outside: what is not admitted is counted under a name for the rest.
    PENSTOCK_DECL bool admit(std::string_view label, std::string_view value, std::size_t most);

    /// All there is now, ordered by name and labels.
    PENSTOCK_DECL std::vector<metric_family> collect() const;

  private:
    struct series;
    struct family;

    PENSTOCK_DECL metrics_registry();
    PENSTOCK_DECL series& find_or_add(std::string_view name, std::string_view help, metric_kind kind, metric_labels labels);

    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<family>> families_; ///< by name
    std::vector<std::pair<std::string, std::vector<std::string>>> admitted_; ///< sorted values of few labels
};

/// What a counter of that name and these labels says; 0 where there is none.
PENSTOCK_DECL std::int64_t value_of(const std::vector<metric_family>& collected, std::string_view name,
                                    const metric_labels& labels = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/metrics.ipp>
#endif
