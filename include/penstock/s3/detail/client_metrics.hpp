// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/connection_pool.hpp>
#include <penstock/http/transport_observer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::s3::detail {

/// What a call waited for, other than its answer.
enum class wait_kind : std::uint8_t { turn, memory, rate, credentials, resolve, tcp, tls, back_off };
inline constexpr std::size_t wait_kinds = 8;

/// "ok", or the class of an error: the name of its condition, else "other". A label of metrics.
PENSTOCK_DECL std::string_view outcome_class(const error_code& code) noexcept;

/// Whose calls these are, in every series: what a tenant is called, and what a call was labelled. Either may be empty.
struct series_labels {
    series_labels() = default;
    series_labels(std::string tenant, std::string label) : tenant{std::move(tenant)}, label{std::move(label)} {}

    /// After the others of a series.
    PENSTOCK_DECL metric_labels add_to(metric_labels others) const;

    std::string tenant, label;
};

/// Instead of labels beyond those that may have series of their own.
inline constexpr std::string_view other_labels = "other";
/// Labels are callers' texts: of a longer one so many bytes name its series.
inline constexpr std::size_t max_label = 128;

/// The instruments of one client in a registry. Belongs to the client's executor.
class client_metrics {
  public:
    /// Counts as `tenant`'s, unless that is empty. At most `labels` labels of calls have series of their own.
    PENSTOCK_DECL client_metrics(std::shared_ptr<metrics_registry> all, std::string tenant, std::size_t labels);

    using counter_ptr = std::shared_ptr<counter>;
    using histogram_ptr = std::shared_ptr<duration_histogram>;

    /// Counters by outcome, made when they are needed.
    class by_outcome {
      public:
        PENSTOCK_DECL counter& of(metrics_registry& all, const char* operation, const series_labels& whose, const error_code& code);
        PENSTOCK_DECL std::uint64_t total() const noexcept;
        by_outcome(const char* name, const char* help) : name_{name}, help_{help} {}

      private:
        const char* name_;
        const char* help_;
        counter_ptr ok_; // the usual one
        std::vector<std::pair<std::string_view, counter_ptr>> others_;
    };

    struct operation_metrics {
        PENSTOCK_DECL operation_metrics(metrics_registry& all, const char* name, series_labels whose);

        const char* name;
        series_labels whose;
        by_outcome calls;
        by_outcome attempts;
        counter_ptr retries, resumes, sent, received;
        histogram_ptr latency, first_byte;
    };

    /// By the name of the operation, a constant, and the label of the call.
    PENSTOCK_DECL operation_metrics& of(const char* operation, std::string_view label = {});
    const std::string& tenant() const noexcept { return tenant_; }
    duration_histogram& waits(wait_kind k) noexcept { return *waits_[static_cast<std::size_t>(k)]; }
    const std::shared_ptr<metrics_registry>& all() const noexcept { return all_; }
    const std::vector<std::unique_ptr<operation_metrics>>& operations() const noexcept { return operations_; }

    /// A gauge for each figure of a budget, the tenant's own where there is a tenant.
    PENSTOCK_DECL void observe_budget(const std::shared_ptr<semaphore>& budget);
    /// How many connections are open and idle, and how many calls wait for one.
    PENSTOCK_DECL void observe_pool(const std::shared_ptr<http::pool_gauges>& pool);
    /// What is under way among requests whose number is limited.
    PENSTOCK_DECL void observe_turns(const std::shared_ptr<fair_semaphore>& turns);
    /// Feeds the waits of connecting; passes all on to `next`, which may be null.
    PENSTOCK_DECL static std::shared_ptr<http::transport_observer>
    step_observer(const std::shared_ptr<client_metrics>& to, std::shared_ptr<http::transport_observer> next);

    counter_ptr connections;
    counter_ptr hedges, hedges_won;
    counter_ptr far_buckets; ///< in other regions
    std::shared_ptr<gauge> under_way;

  private:
    operation_metrics* find(const char* operation, std::string_view label) noexcept;

    std::shared_ptr<metrics_registry> all_;
    std::string tenant_;
    std::size_t most_labels_;
    std::array<histogram_ptr, wait_kinds> waits_;
    std::vector<std::unique_ptr<operation_metrics>> operations_; // few: the latest is found first
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/client_metrics.ipp>
#endif
