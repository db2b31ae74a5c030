// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/fair_semaphore.hpp>

#include <penstock/core/detail/share.hpp>
#include <penstock/core/detail/shared_waiter.hpp>
#include <penstock/core/error.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <vector>

namespace penstock {

struct fair_semaphore::state {
    std::uint64_t limit = 0;
    mutable std::mutex mutex; // over this, and over all shares
    std::uint64_t used = 0;
    std::uint64_t bodies = 0; // of these
    std::uint64_t peak = 0;
    std::size_t waiting = 0;
    double virtual_time = 0; // the start tag of what was granted last
    std::vector<fair_share::state*> shares;
    bool moved = false; // a unit went out or came back
    std::optional<steady_time> last_hope;

    inline bool may_take(const fair_share::state& s, work_kind kind) const noexcept;
    inline void take(fair_share::state& s, work_kind kind) noexcept;
    inline void grant();
};

struct fair_share::state {
    static constexpr std::size_t kinds = 3;

    class waiter;

    state(std::shared_ptr<fair_semaphore::state> of, std::atomic<bool>& use, double w, std::uint64_t l)
        : all{std::move(of)}, in_use{use}, weight{w}, limit{l} {
        const std::lock_guard lock{all->mutex};
        all->shares.push_back(this);
    }
    ~state() {
        const std::lock_guard lock{all->mutex};
        std::erase(all->shares, this);
    }

    void put_back(work_kind kind) noexcept {
        --used;
        --all->used;
        if (kind == work_kind::body) --all->bodies;
        all->moved = true;
    }

    /// The kind whose turn it is, of those that wait and may go on.
    std::optional<work_kind> next() const noexcept {
        std::optional<work_kind> found;
        for (std::size_t k = 0; k < kinds; ++k) {
            const auto kind = static_cast<work_kind>(k);
            if (queues[k].empty() || !all->may_take(*this, kind)) continue;
            if (!found || served[k] < served[static_cast<std::size_t>(*found)]) found = kind;
        }
        return found;
    }

    std::shared_ptr<fair_semaphore::state> all;
    std::atomic<bool>& in_use;
    double weight;
    std::uint64_t limit;
    std::uint64_t used = 0;
    double finish = 0; // the tag behind which the next of this share starts
    std::uint64_t turns = 0;
    std::array<std::uint64_t, kinds> served{}; // the turn at which each kind was served last
    std::array<detail::suspension_queue, kinds> queues;
};

class fair_share::state::waiter final : public detail::shared_waiter {
  public:
    waiter(state& of, const executor& ex, work_kind kind) : shared_waiter{ex}, of_{of}, kind_{kind} {}
    ~waiter() { end(); }

    void leave() override {
        const std::lock_guard lock{of_.all->mutex};
        if (std::exchange(queued_, false)) unlink(), --of_.all->waiting;
        if (std::exchange(granted_, false)) of_.put_back(kind_);
        of_.all->grant();
    }

    template <class Handler>
    void start(Handler handler) {
        const std::lock_guard lock{of_.all->mutex}; // nobody resumes it before it waits
        of_.queues[static_cast<std::size_t>(kind_)].push_back(*this);
        queued_ = true;
        ++of_.all->waiting;
        wait(std::move(handler));
        of_.all->grant(); // units may have come back since the caller looked
    }

    /// Takes it out of its queue, to go on with a unit or, `away`, without. False where it was cancelled before.
    bool call(bool away) {
        unlink();
        queued_ = false;
        --of_.all->waiting;
        const bool resumed = resume();
        (away ? turned_away_ : granted_) = resumed;
        return resumed;
    }

    /// Whether the unit is the caller's now.
    bool take_over() {
        const std::lock_guard lock{of_.all->mutex};
        return std::exchange(granted_, false);
    }
    bool turned_away() {
        const std::lock_guard lock{of_.all->mutex};
        return turned_away_;
    }

  private:
    state& of_;
    work_kind kind_;
    bool queued_ = false, granted_ = false, turned_away_ = false;
};

inline bool fair_semaphore::state::may_take(const fair_share::state& s, work_kind kind) const noexcept {
    if (used >= limit || s.used >= s.limit) return false;
    return kind != work_kind::body || limit == 1 || bodies < limit - 1;
}

inline void fair_semaphore::state::take(fair_share::state& s, work_kind kind) noexcept {
    ++s.used;
    peak = std::max(peak, ++used);
    if (kind == work_kind::body) ++bodies;
    moved = true;
    virtual_time = std::max(virtual_time, s.finish);
    s.finish = virtual_time + 1 / s.weight;
    s.served[static_cast<std::size_t>(kind)] = ++s.turns;
}

/// Hands units to those whose turn it is. Called with the lock held.
inline void fair_semaphore::state::grant() {
    while (waiting > 0 && used < limit) {
        fair_share::state* first = nullptr;
        work_kind kind{};
        for (auto* s : shares) {
            if (first && s->finish >= first->finish) continue; // who waits started at max(virtual_time, finish)
            const auto next = s->next();
            if (!next) continue;
            first = s;
            kind = *next;
        }
        if (!first) return;
        auto& w = static_cast<fair_share::state::waiter&>(first->queues[static_cast<std::size_t>(kind)].front());
        if (w.call(false)) take(*first, kind); // unless it was cancelled in this moment
    }
}

// ---- the semaphore

PENSTOCK_DECL fair_semaphore::fair_semaphore(std::uint64_t limit) : state_{detail::share<state>()} {
    state_->limit = limit;
}
PENSTOCK_DECL fair_semaphore::~fair_semaphore() = default;

PENSTOCK_DECL std::shared_ptr<fair_semaphore> fair_semaphore::create(std::uint64_t limit) {
    return std::shared_ptr<fair_semaphore>{new fair_semaphore{limit}};
}

PENSTOCK_DECL std::shared_ptr<fair_share> fair_semaphore::share(double weight, std::uint64_t limit) {
    return std::shared_ptr<fair_share>{new fair_share{shared_from_this(), weight, limit}};
}

PENSTOCK_DECL std::uint64_t fair_semaphore::limit() const noexcept { return state_->limit; }
PENSTOCK_DECL std::uint64_t fair_semaphore::used() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->used;
}
PENSTOCK_DECL std::uint64_t fair_semaphore::peak() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->peak;
}
PENSTOCK_DECL std::size_t fair_semaphore::waiting() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->waiting;
}

PENSTOCK_DECL duration fair_semaphore::stuck_for(steady_time now) {
    auto& s = *state_;
    const std::lock_guard lock{s.mutex};
    // A short request ends by itself.
    bool hope = std::exchange(s.moved, false) || s.used > s.bodies;
    for (auto* share : s.shares) hope |= share->in_use.exchange(false, std::memory_order_relaxed);
    if (hope || !s.last_hope) s.last_hope = now;
    return now - *s.last_hope;
}

// ---- a share

PENSTOCK_DECL fair_share::fair_share(std::shared_ptr<fair_semaphore> of, double weight, std::uint64_t limit)
    : of_{std::move(of)}, state_{new state{of_->state_, in_use_, weight, limit}} {}
PENSTOCK_DECL fair_share::~fair_share() = default;

PENSTOCK_DECL void fair_share::give_back(work_kind kind) noexcept {
    auto& all = *state_->all;
    const std::lock_guard lock{all.mutex};
    state_->put_back(kind);
    all.grant();
}

PENSTOCK_DECL void fair_permit::release() noexcept {
    if (const auto of = std::exchange(of_, nullptr)) of->give_back(kind_);
}

PENSTOCK_DECL fair_permit fair_share::try_acquire(work_kind kind) {
    auto& all = *state_->all;
    const std::lock_guard lock{all.mutex};
    // Whoever waits while a unit is free may not have it, nor may those of his kind.
    if (!all.may_take(*state_, kind)) return {};
    all.take(*state_, kind);
    return {shared_from_this(), kind};
}

PENSTOCK_DECL awaitable<fair_permit> fair_share::acquire(work_kind kind) {
    const auto self = shared_from_this();
    auto p = try_acquire(kind);
    if (p) co_return p;

    const executor ex = co_await asio::this_coro::executor;
    state::waiter waiting{*state_, ex, kind};
    auto initiate = [&waiting](auto handler) { waiting.start(std::move(handler)); };
    error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    co_await asio::async_initiate<decltype(token), void(error_code)>(std::move(initiate), token);
    const bool granted = waiting.take_over();
    if (granted)
        p = fair_permit{self, kind};
    else if (!waiting.turned_away())
        throw boost::system::system_error{asio::error::operation_aborted};
    co_return p;
}

PENSTOCK_DECL void fair_share::turn_away() {
    const std::lock_guard lock{state_->all->mutex};
    for (auto& queue : state_->queues)
        while (!queue.empty()) static_cast<state::waiter&>(queue.front()).call(true);
}

PENSTOCK_DECL std::uint64_t fair_share::used() const noexcept {
    const std::lock_guard lock{state_->all->mutex};
    return state_->used;
}
PENSTOCK_DECL std::size_t fair_share::waiting() const noexcept {
    const std::lock_guard lock{state_->all->mutex};
    std::size_t n = 0;
    for (const auto& queue : state_->queues) n += queue.size();
    return n;
}

} // namespace penstock
