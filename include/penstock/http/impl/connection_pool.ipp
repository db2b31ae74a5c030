// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connection_pool.hpp>

#include <penstock/core/error.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <string>

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
    return shelves_.emplace_back(shelf{to, {}, std::make_shared<detail::origin_line>(gauges_)});
}

PENSTOCK_DECL connection_lease connection_pool::take_idle(shelf& from) {
    connection_lease lease;
    auto& idle = from.idle;
    const auto now = clock_->now();
    while (!idle.empty()) {
        auto candidate = std::move(idle.back());
        idle.pop_back();
        const auto age = now - candidate.since;
        if (age >= limits_.idle_timeout() || now - candidate.held->opened_at() >= limits_.max_lifetime()) continue;
        const bool trusted = age < detail::trusted_idle && !candidate.held->bodiless();
        if (!trusted && !candidate.held->alive()) continue;
        lease.connection_ = std::move(candidate.held);
        lease.slot_ = std::move(candidate.slot);
        lease.pool_ = weak_from_this();
        ++counts_.reused;
        break;
    }
    return lease;
}

PENSTOCK_DECL connection_lease connection_pool::try_acquire(const origin& to) {
    const auto it = std::find_if(shelves_.begin(), shelves_.end(), [&](const shelf& s) { return s.to == to; });
    if (it == shelves_.end() || it->line->waiting > 0) return {}; // nobody overtakes who waits
    return take_idle(*it);
}

PENSTOCK_DECL awaitable<connection_lease> connection_pool::connect(origin to) {
    auto self = shared_from_this();
    const auto line = shelf_of(to).line;
    connection_lease lease;
    if (line->waiting > 0 || line->open >= limits_.max_connections_per_origin()) lease = co_await wait_in_line(to, line);
    if (lease) co_return lease;
    detail::connection_slot slot{line};
    auto stream = co_await connector_->connect(to);
    ++counts_.opened;
    lease.connection_ =
        std::make_unique<connection>(ex_, to, std::move(stream), limits_, clock_, buffers_);
    lease.connection_->forwarded(connector_->forwarded(to));
    lease.slot_ = std::move(slot);
    lease.pool_ = weak_from_this();
    co_return lease;
}

namespace detail {

/// A place in the line. Who leaves it without a connection passes on what it may have been told.
class place_in_line {
  public:
    explicit place_in_line(origin_line& line) : line_{line} {
        ++line_.waiting;
        line_.all->waiting.add(1);
    }
    place_in_line(const place_in_line&) = delete;
    place_in_line& operator=(const place_in_line&) = delete;
    ~place_in_line() {
        --line_.waiting;
        line_.all->waiting.add(-1);
        if (!served_) line_.freed.notify_one();
    }
    void served() noexcept { served_ = true; }

  private:
    bool served_ = false;
    origin_line& line_;
};

} // namespace detail

/// Ends with a connection that another gave back, or with none where there is room for a new one.
PENSTOCK_DECL awaitable<connection_lease> connection_pool::wait_in_line(origin to, std::shared_ptr<detail::origin_line> line) {
    ++counts_.waits;
    const auto until = later(clock_->now(), limits_.connection_wait_timeout());
    const auto bell = clock_->make_timer(ex_);
    bell->start(until, [line] { line->freed.notify_all(); });
    detail::place_in_line place{*line};
    for (;;) {
        co_await line->freed.wait();
        auto lease = take_idle(shelf_of(to));
        if (lease || line->open < limits_.max_connections_per_origin()) {
            place.served();
            co_return lease;
        }
        if (clock_->now() < until) continue;
        ++counts_.wait_timeouts;
        error_detail d;
        d.endpoint = to.url();
        d.message = "all " + std::to_string(line->open) + " connections stayed in use for " +
                    std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(limits_.connection_wait_timeout()).count()) + " ms";
        d.hint = "read open objects to their end or drop them, or raise transport_options::max_connections_per_origin";
        throw_failure(failure{errc::too_many_connections, std::move(d)});
    }
}

/// The one that is idle longest goes, where there are as many as there may be.
PENSTOCK_DECL void connection_pool::make_room() {
    if (idle() < limits_.max_idle()) return;
    shelf* oldest = nullptr;
    for (auto& s : shelves_)
        if (!s.idle.empty() && (!oldest || s.idle.front().since < oldest->idle.front().since)) oldest = &s;
    if (oldest) oldest->idle.erase(oldest->idle.begin());
}

PENSTOCK_DECL void connection_pool::put_back(std::unique_ptr<connection> c, detail::connection_slot slot) noexcept {
    try {
        const auto now = clock_->now();
        if (limits_.max_idle_per_origin() == 0 || limits_.max_idle() == 0) return;
        if (now - c->opened_at() >= limits_.max_lifetime()) return;
        auto& shelf = shelf_of(c->to());
        if (shelf.idle.size() >= limits_.max_idle_per_origin()) shelf.idle.erase(shelf.idle.begin());
        make_room();
        c->rest();
        shelf.idle.push_back({detail::gauged{gauges_, &pool_gauges::idle}, std::move(slot), std::move(c), now});
        shelf.line->freed.notify_one();
        if (sweeping_) return;
        sweeping_ = true;
        sweeper_->start(later(now, limits_.idle_timeout()), [this] { sweep(); });
    } catch (...) { // no memory to keep it: it is closed
    }
}

namespace detail {

inline constexpr std::size_t drain_block = 4096;

/// Drops what has come of the body: whether that was all.
inline io_status drop_body(connection& c) {
    std::byte block[drain_block];
    for (;;) {
        const auto r = c.try_read_body(block);
        if (r.status != io_status::bytes) return r.status;
    }
}

inline awaitable<bool> read_to_end(connection& c, std::shared_ptr<clock_source> clock, duration limit) {
    const executor ex = co_await asio::this_coro::executor;
    const auto watch = clock->make_timer(ex);
    watch->start(later(clock->now(), limit), [&c] { c.close(); });
    for (;;) {
        const auto status = drop_body(c);
        if (status != io_status::would_block) co_return status == io_status::end && c.reusable();
        co_await c.body_ready();
    }
}

} // namespace detail

PENSTOCK_DECL awaitable<void> connection_pool::finish(std::weak_ptr<connection_pool> to, std::unique_ptr<connection> c, detail::connection_slot slot,
                                                      std::shared_ptr<clock_source> clock, duration limit) {
    const bool done = co_await detail::read_to_end(*c, std::move(clock), limit);
    const auto pool = to.lock();
    if (!done || !pool) co_return;
    ++pool->counts_.drained;
    pool->put_back(std::move(c), std::move(slot));
}

PENSTOCK_DECL void connection_pool::drain(std::unique_ptr<connection>& c, detail::connection_slot& slot) noexcept {
    const auto left = c->left_to_read();
    if (!left || *left > limits_.drain_limit() || limits_.drain_limit() == 0) return;
    c->stop_counting();
    try {
        const auto status = detail::drop_body(*c);
        if (status == io_status::end && c->reusable()) ++counts_.drained;
        if (status != io_status::would_block) return;
        auto reading = finish(weak_from_this(), std::move(c), std::move(slot), clock_, limits_.drain_timeout());
        asio::co_spawn(ex_, std::move(reading), asio::detached);
    } catch (...) { // no memory for that: it is closed
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
    std::erase_if(shelves_, [](const shelf& s) { return s.idle.empty() && s.line.use_count() == 1; });
    if (oldest == steady_time::max()) return;
    sweeping_ = true;
    sweeper_->start(later(oldest, limits_.idle_timeout()), [this] { sweep(); });
}

PENSTOCK_DECL pool_statistics connection_pool::statistics() const noexcept {
    auto out = counts_;
    out.open = static_cast<std::size_t>(gauges_->open.value());
    out.idle = idle();
    out.waiting = static_cast<std::size_t>(gauges_->waiting.value());
    return out;
}

PENSTOCK_DECL void connection_lease::give_back() noexcept {
    if (!connection_) return;
    const auto held = std::move(turn_); // given back last
    auto slot = std::move(slot_);
    auto c = std::move(connection_);
    const auto pool = pool_.lock();
    if (!pool) return;
    if (!c->reusable()) pool->drain(c, slot);
    if (c && c->reusable()) pool->put_back(std::move(c), std::move(slot));
}

PENSTOCK_DECL detail::connection_slot::~connection_slot() {
    if (!line_) return;
    --line_->open;
    line_->all->open.add(-1);
    try {
        line_->freed.notify_one();
    } catch (...) { // no memory to tell it: who waits looks again at its deadline
    }
}

} // namespace penstock::http
