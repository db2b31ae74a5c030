// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/request_gate.hpp>

#include <penstock/core/detail/share.hpp>
#include <penstock/core/error.hpp>
#include <penstock/s3/detail/context_scope.hpp>

#include <cmath>
#include <string>
#include <utility>

namespace penstock::s3::detail {

inline std::shared_ptr<fair_semaphore> requests_of(const client_options& o) {
    if (o.request_concurrency()) return o.request_concurrency();
    if (o.context()) return o.context()->shared_requests();
    return fair_semaphore::create(default_request_concurrency(o.environment()));
}

inline void check_limits(const client_options& o) {
    if (o.request_concurrency() && o.request_concurrency()->limit() == 0)
        throw_failure(failure{errc::invalid_option, "the request concurrency is 0", "it must be 1 or more"});
    if (!(o.weight() > 0) || !std::isfinite(o.weight()))
        throw_failure(failure{errc::invalid_option, "the weight of a client is not above 0"});
    if (o.max_requests() == 0)
        throw_failure(failure{errc::invalid_option, "the client may have no request at all", "max_requests must be 1 or more"});
}

/// An answer to any request comes or fails within the transport's limits; with a minute for what those do not know of.
inline duration patience_with(const http::transport_options& o) {
    duration all = std::chrono::minutes{1};
    for (const auto limit : {o.connect_timeout(), o.tls_timeout(), o.first_byte_timeout(), o.stall_timeout()})
        all = limit > duration::max() / 2 - all ? duration::max() / 2 : all + limit;
    return all;
}

PENSTOCK_DECL void request_gate::keep_to(const std::shared_ptr<rate_limiter>& reads,
                                         const std::shared_ptr<rate_limiter>& writes) {
    if (reads) reads_.push_back({reads, reads->queue()->share(weight_)});
    if (writes) writes_.push_back({writes, writes->queue()->share(weight_)});
}

PENSTOCK_DECL request_gate::request_gate(const client_options& options, executor ex, std::shared_ptr<clock_source> clock)
    : ex_{std::move(ex)}, clock_{std::move(clock)}, weight_{options.weight()},
      patience_{patience_with(options.transport())} {
    check_limits(options);
    turns_ = requests_of(options)->share(weight_, options.max_requests());
    keep_to(options.read_rate(), options.write_rate());
}

PENSTOCK_DECL void request_gate::adapt(std::shared_ptr<found_rate> found) {
    found_ = found ? std::move(found) : penstock::detail::share<found_rate>(clock_->now());
    found_share_ = found_->queue->share(weight_);
}

PENSTOCK_DECL awaitable<void> request_gate::pass(work_kind kind) {
    for (const auto& [rate, share] : side(kind)) co_await rate->acquire(*share, kind, clock_);
    if (!found_) co_return;
    const auto turn = co_await found_share_->acquire(kind);
    for (;;) {
        const auto wait = found_->rate.take(clock_->now());
        if (wait <= duration::zero()) co_return;
        co_await sleep_for(clock_, wait);
    }
}

PENSTOCK_DECL awaitable<fair_permit> request_gate::enter(work_kind kind) {
    watch();
    auto turn = co_await turns_->acquire(kind);
    if (!turn) {
        throw_failure(failure{errc::deadline_exceeded,
                              "waited in vain: all turns (" + std::to_string(requests()->limit()) +
                                  ") are taken by open bodies that nobody reads",
                              "read or drop bodies before others are opened, or raise request_concurrency"});
    }
    co_return turn;
}

/// While anybody waits, looks now and then whether there is hope.
PENSTOCK_DECL void request_gate::watch() {
    if (watching_) return;
    watching_ = true;
    if (!watch_) watch_ = clock_->make_timer(ex_);
    (void)requests()->stuck_for(clock_->now());
    watch_->start(later(clock_->now(), patience_), [this] {
        watching_ = false;
        if (turns_->waiting() == 0) return;
        if (requests()->stuck_for(clock_->now()) >= patience_)
            turns_->turn_away();
        else
            watch();
    });
}

} // namespace penstock::s3::detail
