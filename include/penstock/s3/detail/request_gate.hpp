// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/adaptive_rate.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/rate_limiter.hpp>
#include <penstock/s3/client_options.hpp>

#include <memory>
#include <vector>

namespace penstock::s3::detail {

/// A rate that is found by the answers, for all who ask one store together. Belongs to one executor.
struct found_rate {
    explicit found_rate(steady_time now) : rate{now} {}
    aws::adaptive_rate rate;
    std::shared_ptr<fair_semaphore> queue = fair_semaphore::create(1);
};

/// What holds a client's requests back: their number at a time, rates that are set, and the one that is found by
/// throttling. One client's share of it. Belongs to one executor; what it shares with others need not.
class request_gate {
  public:
    PENSTOCK_DECL request_gate(const client_options& options, executor ex, std::shared_ptr<clock_source> clock);

    /// From now on the rate adapts to the store. A client's `found`, or, null, its own.
    PENSTOCK_DECL void adapt(std::shared_ptr<found_rate> found);
    const std::shared_ptr<found_rate>& found() const noexcept { return found_; }

    /// Rates beside those of the options; null for none.
    PENSTOCK_DECL void keep_to(const std::shared_ptr<rate_limiter>& reads, const std::shared_ptr<rate_limiter>& writes);

    /// First, while nothing is held: whether there is a rate that a request must keep to…
    bool paced(work_kind kind) const noexcept { return !side(kind).empty() || (found_ && found_->rate.limits()); }
    /// …which this waits for.
    PENSTOCK_DECL awaitable<void> pass(work_kind kind);

    /// Then its turn: one at once, if there is one; allocates nothing.
    fair_permit try_enter(work_kind kind) { return turns_->try_acquire(kind); }
    /// Throws `errc::deadline_exceeded` where all turns are taken by bodies that nobody reads.
    PENSTOCK_DECL awaitable<fair_permit> enter(work_kind kind);

    /// After an answer.
    void answered(bool throttled) {
        if (found_) found_->rate.answered(throttled, clock_->now());
    }

    const std::shared_ptr<fair_semaphore>& requests() const noexcept { return turns_->of(); }

  private:
    struct limit {
        std::shared_ptr<rate_limiter> rate;
        std::shared_ptr<fair_share> share;
    };
    const std::vector<limit>& side(work_kind kind) const noexcept { return kind == work_kind::write ? writes_ : reads_; }
    PENSTOCK_DECL void watch();

    executor ex_;
    std::shared_ptr<clock_source> clock_;
    double weight_;
    std::shared_ptr<fair_share> turns_;
    std::vector<limit> reads_, writes_;
    std::shared_ptr<found_rate> found_;
    std::shared_ptr<fair_share> found_share_;
    duration patience_; ///< with bodies that nobody reads
    std::unique_ptr<timer> watch_;
    bool watching_ = false;
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/request_gate.ipp>
#endif
