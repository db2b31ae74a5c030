// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/retry_strategy.hpp>

#include <penstock/aws/detail/service_codes.hpp>
#include <penstock/core/detail/share.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace penstock::aws {
namespace detail {

inline retry_class classify_status(int status) noexcept {
    switch (status) {
    case 429:
    case 503: return retry_class::throttling;
    case 408:
    case 499: // a proxy in front of R2
    case 500:
    case 502:
    case 504: return retry_class::transient;
    default: return status > 505 && status < 600 ? retry_class::transient : retry_class::permanent;
    }
}

/// Failures between us and the store.
inline retry_class classify_transport(const error_code& code) noexcept {
    if (code == errc::host_not_found || code == errc::certificate_rejected || code == errc::deadline_exceeded ||
        code == errc::budget_exceeded || code == errc::budget_stalled)
        return retry_class::permanent;
    if (code == condition::timeout || code == condition::connection) return retry_class::transient;
    return retry_class::permanent;
}

} // namespace detail

PENSTOCK_DECL retry_class classify(const error_code& code, int http_status, std::string_view service_code) noexcept {
    if (http_status == 0) return detail::classify_transport(code);
    const auto* known = detail::find_service_code(service_code);
    const auto by_code = known ? known->kind : retry_class::permanent;
    if (by_code != retry_class::permanent && by_code != retry_class::transient) return by_code;
    const auto by_status = detail::classify_status(http_status);
    if (by_status != retry_class::permanent) return by_status;
    if (by_code == retry_class::transient) return by_code;
    // A success whose body broke off, or whose document says that it is none.
    if (http_status < 300 && (code == condition::timeout || code == condition::connection ||
                              code == condition::unavailable))
        return retry_class::transient;
    return retry_class::permanent;
}

PENSTOCK_DECL retry_class classify(const failure& f) noexcept {
    const auto& d = f.detail();
    return classify(f.code(), d.http_status, d.service_code);
}

struct retry_budget::state {
    std::uint32_t capacity;
    std::atomic<std::uint32_t> left;
};

PENSTOCK_DECL retry_budget::retry_budget(std::uint32_t capacity) : state_{new state{capacity, capacity}} {}
PENSTOCK_DECL retry_budget::~retry_budget() = default;

PENSTOCK_DECL bool retry_budget::take(std::uint32_t cost) noexcept {
    auto left = state_->left.load();
    while (left >= cost)
        if (state_->left.compare_exchange_weak(left, left - cost)) return true;
    return false;
}

PENSTOCK_DECL void retry_budget::give_back(std::uint32_t amount) noexcept {
    auto left = state_->left.load();
    while (left < state_->capacity &&
           !state_->left.compare_exchange_weak(left, std::min(left + amount, state_->capacity))) {
    }
}

PENSTOCK_DECL std::uint32_t retry_budget::available() const noexcept { return state_->left.load(); }

PENSTOCK_DECL retry_options retry_options::preset(std::string_view name) {
    using std::chrono::seconds;
    retry_options o;
    if (name == "default" || name == "aws-standard-2.1" || name.empty()) return o;
    if (name == "adaptive") return o.adaptive(true);
    if (name == "none") return o.max_attempts(1);
    if (name == "aws-standard")
        return o.max_attempts(3).first_delay(seconds{1}).costs(5, 5, 10).deadline(duration::zero());
    if (name == "jetliner")
        return o.max_attempts(3).first_delay(seconds{1}).with_jitter(jitter::none).costs(0, 0, 0)
            .max_delay(std::chrono::hours{1}).deadline(duration::zero()).every_5xx(true);
    if (name == "tensorstore")
        return o.max_attempts(32).first_delay(seconds{1}).max_delay(seconds{32}).with_jitter(jitter::added)
            .costs(0, 0, 0).deadline(duration::zero());
    throw_failure(failure{errc::invalid_option, "unknown retry preset '" + std::string{name} + "'",
                          "one of default, aws-standard-2.1, aws-standard, adaptive, jetliner, tensorstore, none"});
}

PENSTOCK_DECL retry_strategy::retry_strategy(retry_options options, std::shared_ptr<random_source> random)
    : options_{std::move(options)}, random_{std::move(random)}, budget_{options_.budget()} {
    if (!budget_) budget_ = penstock::detail::share<retry_budget>();
}

PENSTOCK_DECL retry_session retry_strategy::begin(steady_time now) const noexcept {
    retry_session s;
    s.last_progress_ = now;
    return s;
}

PENSTOCK_DECL retry_class retry_strategy::classify(const failure& f) const noexcept {
    const auto kind = aws::classify(f);
    const auto status = f.detail().http_status;
    if (!options_.every_5xx() || status == 0) return kind;
    if (status == 429) return retry_class::throttling;
    if (status >= 500 && status < 600) return status == 503 ? retry_class::throttling : retry_class::transient;
    const bool repaired = kind == retry_class::credentials || kind == retry_class::clock_skew;
    return repaired || status < 300 ? kind : retry_class::permanent;
}

PENSTOCK_DECL duration retry_strategy::delay_after(int attempt, retry_class kind,
                                                   std::optional<std::chrono::milliseconds> hint) const {
    const bool throttled = kind == retry_class::throttling && !options_.every_5xx();
    const duration most = std::min<duration>(options_.max_delay(), std::chrono::hours{24 * 365}); // with room to add to
    duration d = throttled ? std::max(options_.throttled_delay(), options_.first_delay()) : options_.first_delay();
    for (int i = 1; i < attempt && d < most; ++i) d *= 2;
    d = std::min(d, most);
    using jitter = retry_options::jitter;
    if (options_.with_jitter() == jitter::full)
        d = std::chrono::duration_cast<duration>(d * random_->uniform());
    else if (options_.with_jitter() == jitter::added)
        d += std::chrono::duration_cast<duration>(std::chrono::duration<double>{random_->uniform()});
    if (hint) d = std::clamp<duration>(*hint, d, d + std::chrono::seconds{5});
    return d;
}

PENSTOCK_DECL std::optional<duration> retry_strategy::next(retry_session& s, const failure& f, steady_time now,
                                                           std::optional<std::chrono::milliseconds> hint) {
    ++s.attempts_;
    auto kind = classify(f);
    // Name servers are wrong for a moment, too; not twice.
    if (f.code() == errc::host_not_found && s.attempts_ == 1) kind = retry_class::transient;
    if (kind != retry_class::transient && kind != retry_class::throttling) return std::nullopt;
    if (s.attempts_ >= options_.max_attempts()) return std::nullopt;
    const auto delay = delay_after(s.attempts_, kind, hint);
    if (options_.deadline() > duration::zero() && now + delay - s.last_progress_ > options_.deadline())
        return std::nullopt;
    const auto cost = kind == retry_class::throttling       ? options_.throttled_cost()
                      : f.code() == condition::timeout ? options_.timeout_cost()
                                                            : options_.cost();
    if (!budget_->take(cost)) return std::nullopt;
    s.held_ = cost;
    return delay;
}

PENSTOCK_DECL void retry_strategy::advanced(retry_session& s, steady_time when) noexcept {
    budget_->give_back(std::exchange(s.held_, 0));
    s.attempts_ = 0;
    progressed(s, when);
}

PENSTOCK_DECL retry_strategy retry_strategy::with(retry_options options) const {
    if (!options.budget()) options.budget(budget_);
    return {std::move(options), random_};
}

PENSTOCK_DECL void retry_strategy::succeeded(retry_session& s) noexcept {
    budget_->give_back(s.held_ > 0 ? s.held_ : 1);
    s.held_ = 0;
}

} // namespace penstock::aws
