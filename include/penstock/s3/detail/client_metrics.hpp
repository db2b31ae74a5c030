// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/transport_observer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace penstock::s3::detail {

/// What a call waited for, other than its answer.
enum class wait_kind : std::uint8_t { turn, memory, rate, credentials, resolve, tcp, tls, back_off };
inline constexpr std::size_t wait_kinds = 8;

/// "ok", or the class of an error: the name of its condition, else "other". A label of metrics.
PENSTOCK_DECL std::string_view outcome_class(const error_code& code) noexcept;

/// The instruments of one client in a registry. Belongs to the client's executor.
class client_metrics {
  public:
    PENSTOCK_DECL explicit client_metrics(std::shared_ptr<metrics_registry> all);

    using counter_ptr = std::shared_ptr<counter>;
    using histogram_ptr = std::shared_ptr<duration_histogram>;

    /// Counters by outcome, made when they are needed.
    class by_outcome {
      public:
        PENSTOCK_DECL counter& of(metrics_registry& all, const char* operation, const error_code& code);
        PENSTOCK_DECL std::uint64_t total() const noexcept;
        by_outcome(const char* name, const char* help) : name_{name}, help_{help} {}

      private:
        const char* name_;
        const char* help_;
        counter_ptr ok_; // the usual one
        std::vector<std::pair<std::string_view, counter_ptr>> others_;
    };

    struct operation_metrics {
        PENSTOCK_DECL operation_metrics(metrics_registry& all, const char* name);

        const char* name;
        by_outcome calls;
        by_outcome attempts;
        counter_ptr retries, resumes, sent, received;
        histogram_ptr latency, first_byte;
    };

    /// By the name of the operation, a constant.
    PENSTOCK_DECL operation_metrics& of(const char* operation);
    duration_histogram& waits(wait_kind k) noexcept { return *waits_[static_cast<std::size_t>(k)]; }
    const std::shared_ptr<metrics_registry>& all() const noexcept { return all_; }
    const std::vector<std::unique_ptr<operation_metrics>>& operations() const noexcept { return operations_; }

    /// A gauge for each figure of a budget.
    PENSTOCK_DECL void observe_budget(const std::shared_ptr<semaphore>& budget);
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
    std::shared_ptr<metrics_registry> all_;
    std::array<histogram_ptr, wait_kinds> waits_;
    std::vector<std::unique_ptr<operation_metrics>> operations_; // few: the latest is found first
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/client_metrics.ipp>
#endif
