// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connection_pool.hpp>

#include <algorithm>

namespace penstock::http {
namespace detail {

/// A connection that was idle for less than this is used without asking the kernel whether it is still open and silent;
/// if it is closed, the request is sent again on a new one.
inline constexpr std::chrono::milliseconds trusted_idle{1};

} // namespace detail

PENSTOCK_DECL connection_pool::connection_pool(executor ex, std::shared_ptr<connector> how, transport_options limits,
                                               std::shared_ptr<clock_source> clock,
                                               std::shared_ptr<buffer_pool> buffers)
    : ex_{std::move(ex)}, connector_{std::move(how)}, limits_{limits}, clock_{std::move(clock)},
      buffers_{std::move(buffers)}, sweeper_{clock_->make_timer(ex_)} {}

PENSTOCK_DECL std::shared_ptr<connection_pool>
connection_pool::create(executor ex, std::shared_ptr<connector> how, transport_options limits,
                        std::shared_ptr<clock_source> clock, std::shared_ptr<buffer_pool> buffers) {
    return std::shared_ptr<connection_pool>{
        new connection_pool{std::move(ex), std::move(how), limits, std::move(clock), std::move(buffers)}};
}

PENSTOCK_DECL connection_pool::shelf& connection_pool::shelf_of(const origin& to) {
    const auto it = std::find_if(shelves_.begin(), shelves_.end(), [&](const shelf& s) { return s.to == to; });
    if (it != shelves_.end()) return *it;
    shelves_.push_back({to, {}});
    return shelves_.back();
}

PENSTOCK_DECL connection_lease connection_pool::try_acquire(const origin& to) {
    connection_lease lease;
    const auto it = std::find_if(shelves_.begin(), shelves_.end(), [&](const shelf& s) { return s.to == to; });
    if (it == shelves_.end()) return lease;
    auto& idle = it->idle;
    const auto now = clock_->now();
    while (!idle.empty()) {
        auto candidate = std::move(idle.back());
        idle.pop_back();
        const auto age = now - candidate.since;
        if (age >= limits_.idle_timeout()) continue;
        const bool trusted = age < detail::trusted_idle && !candidate.held->bodiless();
        if (!trusted && !candidate.held->alive()) continue;
        lease.connection_ = std::move(candidate.held);
        lease.pool_ = weak_from_this();
        break;
    }
    return lease;
}

PENSTOCK_DECL awaitable<connection_lease> connection_pool::connect(origin to) {
    auto self = shared_from_this();
    auto stream = co_await connector_->connect(to);
    ++opened_;
    connection_lease lease;
    lease.connection_ =
        std::make_unique<connection>(ex_, to, std::move(stream), limits_, clock_, buffers_);
    lease.connection_->forwarded(connector_->forwarded(to));
    lease.pool_ = weak_from_this();
    co_return lease;
}

PENSTOCK_DECL void connection_pool::put_back(std::unique_ptr<connection> c) noexcept {
    try {
        auto& idle = shelf_of(c->to()).idle;
        const auto now = clock_->now();
        if (limits_.max_idle_per_origin() == 0) return;
        if (idle.size() >= limits_.max_idle_per_origin()) idle.erase(idle.begin());
        c->rest();
        idle.push_back({std::move(c), now});
        if (sweeping_) return;
        sweeping_ = true;
        sweeper_->start(later(now, limits_.idle_timeout()), [this] { sweep(); });
    } catch (...) { // no memory to keep it: it is closed
    }
}

PENSTOCK_DECL void connection_pool::sweep() {
    sweeping_ = false;
    const auto now = clock_->now();
    auto oldest = steady_time::max();
    for (auto& s : shelves_) {
        std::erase_if(s.idle, [&](const idle_connection& i) { return now - i.since >= limits_.idle_timeout(); });
        if (!s.idle.empty()) oldest = std::min(oldest, s.idle.front().since);
    }
    std::erase_if(shelves_, [](const shelf& s) { return s.idle.empty(); });
    if (oldest == steady_time::max()) return;
    sweeping_ = true;
    sweeper_->start(later(oldest, limits_.idle_timeout()), [this] { sweep(); });
}

PENSTOCK_DECL std::size_t connection_pool::idle() const noexcept {
    std::size_t n = 0;
    for (const auto& s : shelves_) n += s.idle.size();
    return n;
}

PENSTOCK_DECL void connection_lease::give_back() noexcept {
    if (!connection_) return;
    const auto held = std::move(turn_); // given back last
    auto c = std::move(connection_);
    if (!c->reusable()) return;
    if (auto pool = pool_.lock()) pool->put_back(std::move(c));
}

} // namespace penstock::http
