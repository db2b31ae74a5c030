// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/semaphore.hpp>

#include <penstock/core/detail/share.hpp>
#include <penstock/core/detail/shared_waiter.hpp>
#include <penstock/core/error.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

namespace penstock {

struct semaphore::state {
    std::uint64_t limit = 0;
    std::shared_ptr<clock_source> clock;
    duration patience{};
    std::atomic<bool>* touched = nullptr;
    mutable std::mutex mutex;
    std::uint64_t used = 0;
    std::uint64_t lasting = 0; // of those, taken with headroom or as more
    std::uint64_t peak = 0;
    detail::suspension_queue finishers; // who hold units until they have had more
    detail::suspension_queue waiters;   // who may take the last unit; not while the first of the others has its turn
    detail::suspension_queue starters;  // who must leave some headroom: only while nobody else waits

    // while anybody waits
    steady_time moved{};         // units came or went
    steady_time lasting_moved{}; // ones of lasting permits, or they were touched
    steady_time turned_away{};   // somebody was
    duration hope{};             // how long what moves gives hope; less when many are turned away

    class waiter;

    bool someone_waits() const noexcept { return !finishers.empty() || !waiters.empty() || !starters.empty(); }

    bool fits(std::uint64_t units, std::uint64_t headroom = 0) const noexcept {
        const auto left = limit - used;
        return units <= left && headroom <= left - units;
    }

    inline bool someone_has_turn() const noexcept;

    bool may_take(std::uint64_t units, std::uint64_t headroom) const noexcept {
        if (!waiters.empty() || someone_has_turn() || !fits(units, headroom)) return false;
        return headroom == 0 || (starters.empty() && finishers.empty());
    }

    void take(std::uint64_t units, bool lasts) noexcept {
        used += units;
        if (lasts) lasting += units;
        peak = std::max(peak, used);
        if (units > 0) note_move(lasts);
    }

    /// Hands units to the waiters in front. Called with the lock held.
    inline void grant();

    /// The same.
    void put_back(std::uint64_t units, bool lasted) {
        used -= units;
        if (lasted) lasting -= units;
        note_move(lasted);
    }

    void give_back(std::uint64_t units, bool lasted) {
        const std::lock_guard lock{mutex};
        put_back(units, lasted);
        grant();
    }

    // ---- who waits in vain. All with the lock held

    bool waits_for_ever() const noexcept { return patience == duration::max(); }

    void note_move(bool of_lasting) noexcept {
        if (waits_for_ever() || !someone_waits()) return;
        moved = clock->now();
        if (of_lasting) lasting_moved = moved;
    }

    void note_touches(steady_time now) noexcept {
        if (touched->exchange(false, std::memory_order_relaxed)) moved = lasting_moved = now;
    }

    /// Until when this one goes on waiting if nothing happens.
    inline steady_time hopes_until(const waiter& w) const noexcept;
    inline void turn_one_away(steady_time now);
};

class semaphore::state::waiter final : public detail::shared_waiter {
  public:
    waiter(state& of, detail::suspension_queue& queue, const executor& ex, std::uint64_t units, std::uint64_t headroom)
        : shared_waiter{ex}, of_{of}, queue_of_kind_{queue}, units_{units}, headroom_{headroom}, asked_{of.clock->now()} {}
    ~waiter() { end(); }

    /// For one whom those without headroom pass by: its turns, on its own executor. They end with it.
    void take_turns(const executor& ex) {
        turns_ = of_.clock->make_timer(ex);
        turns_->start(later(of_.clock->now(), patience), [this] { change_turn(); });
    }

    /// Looks now and then whether anybody waits in vain. As long as it waits.
    void take_heed(const executor& ex) {
        if (of_.waits_for_ever()) return;
        heed_ = of_.clock->make_timer(ex);
        {
            const std::lock_guard lock{of_.mutex};
            of_.note_touches(asked_);
        }
        heed_->start(later(asked_, of_.patience), [this] { look(); });
    }

    void leave() override {
        const std::lock_guard lock{of_.mutex};
        unlink();
        if (std::exchange(granted_, false)) of_.put_back(units_, lasts());
        of_.grant(); // those behind may fit where this one did not
    }

    template <class Handler>
    void start(Handler handler) {
        const std::lock_guard lock{of_.mutex}; // nobody resumes it before it waits
        queue_of_kind_.push_back(*this);
        wait(std::move(handler));
        of_.grant(); // units may have come back since the caller looked
    }

    /// Whether the units are the caller's now. Throws when they cannot be had.
    bool take_over() {
        const std::lock_guard lock{of_.mutex};
        if (why_) throw_failure(std::move(why_));
        return std::exchange(granted_, false);
    }

    bool lasts() const noexcept { return &queue_of_kind_ != &of_.waiters; }

  private:
    friend struct state;

    static constexpr duration patience = std::chrono::seconds{1};
    static constexpr duration shortest_turn = std::chrono::milliseconds{250}, longest_turn = std::chrono::seconds{8};
    static constexpr int pause_in_turns = 3;

    void change_turn() {
        {
            const std::lock_guard lock{of_.mutex};
            has_turn_ = !has_turn_;
            of_.grant();
        }
        auto span = turn_;
        if (!has_turn_) {
            span *= pause_in_turns;
            turn_ = std::min(2 * turn_, longest_turn);
        }
        turns_->start(later(of_.clock->now(), span), [this] { change_turn(); });
    }

    void look() {
        steady_time next;
        {
            const std::lock_guard lock{of_.mutex};
            const auto now = of_.clock->now();
            of_.note_touches(now);
            if (of_.hopes_until(*this) <= now) of_.turn_one_away(now);
            if (granted_ || why_) return;
            next = of_.hopes_until(*this);
        }
        heed_->start(next, [this] { look(); });
    }

    state& of_;
    detail::suspension_queue& queue_of_kind_;
    std::uint64_t units_;
    std::uint64_t headroom_;
    steady_time asked_;
    bool granted_ = false;
    failure why_; // it waited in vain
    std::unique_ptr<timer> heed_;
    std::unique_ptr<timer> turns_;
    duration turn_ = shortest_turn;
    bool has_turn_ = false; // matters while it is the first one
};

inline bool semaphore::state::someone_has_turn() const noexcept {
    for (const auto* queue : {&finishers, &starters})
        if (!queue->empty() && static_cast<const waiter&>(queue->front()).has_turn_) return true;
    return false;
}

inline steady_time semaphore::state::hopes_until(const waiter& w) const noexcept {
    const bool short_ones_matter = w.units_ + w.headroom_ <= limit - lasting;
    const auto last = std::max(turned_away, short_ones_matter ? moved : lasting_moved);
    return std::max(later(w.asked_, patience), later(last, hope));
}

inline void semaphore::state::turn_one_away(steady_time now) {
    for (auto* queue : {&finishers, &starters, &waiters}) {
        waiter* found = nullptr;
        queue->for_each([&](detail::suspension& s) {
            auto& w = static_cast<waiter&>(s);
            if (!found && hopes_until(w) <= now) found = &w;
        });
        if (!found) continue;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - found->asked_).count();
        const auto waiting = finishers.size() + starters.size() + waiters.size();
        found->why_ = {errc::budget_stalled,
                       "waited " + std::to_string(seconds) + " s in vain for " + std::to_string(found->units_ + found->headroom_) +
                           " bytes: " + std::to_string(used) + " of " + std::to_string(limit) +
                           " are held, nobody used them or gave any back, and " + std::to_string(waiting) +
                           (waiting == 1 ? " waits" : " wait") + " for some",
                       "read or close what is open, drop batches, read fewer at a time, or raise the memory budget"};
        constexpr int steps = 16;
        // What comes back now may be what only the next of a group gathers that cannot go on together.
        if ((now - turned_away) / 2 > patience) hope = patience;
        hope = std::max(hope / 2, patience / steps);
        turned_away = now;
        found->unlink();
        (void)found->resume(); // unless it was cancelled in this moment
        return grant();        // those behind may fit where this one did not
    }
}

inline void semaphore::state::grant() {
    // False where it has to wait on.
    const auto serve = [this](detail::suspension& s) {
        auto& w = static_cast<waiter&>(s);
        if (!fits(w.units_, w.headroom_)) return false;
        w.unlink();
        w.granted_ = w.resume(); // unless it was cancelled in this moment
        if (w.granted_) take(w.units_, w.lasts());
        return true;
    };
    finishers.for_each(serve);
    for (;;) {
        const bool for_waiters = !waiters.empty() && !someone_has_turn();
        if (!for_waiters && (starters.empty() || !finishers.empty())) return;
        if (!serve(for_waiters ? waiters.front() : starters.front())) return;
    }
}

PENSTOCK_DECL semaphore::semaphore(std::uint64_t limit, std::shared_ptr<clock_source> c, duration patience)
    : state_{detail::share<state>()} {
    state_->limit = limit;
    state_->clock = std::move(c);
    state_->patience = state_->hope = patience;
    state_->touched = &touched_;
}

PENSTOCK_DECL std::shared_ptr<semaphore> semaphore::create(std::uint64_t limit, std::shared_ptr<clock_source> c, duration patience) {
    return std::shared_ptr<semaphore>{new semaphore{limit, std::move(c), patience}};
}

PENSTOCK_DECL std::shared_ptr<memory_budget> memory_budget::create(std::uint64_t bytes, std::shared_ptr<clock_source> c, duration patience) {
    return std::shared_ptr<memory_budget>{new memory_budget{bytes, std::move(c), patience}};
}

PENSTOCK_DECL semaphore::~semaphore() = default;

PENSTOCK_DECL permit semaphore::try_acquire(std::uint64_t units, std::uint64_t headroom) {
    const std::lock_guard lock{state_->mutex};
    return state_->may_take(units, headroom) ? take(units, headroom > 0) : permit{};
}

/// Called with the lock held.
PENSTOCK_DECL permit semaphore::take(std::uint64_t units, bool lasting) noexcept {
    state_->take(units, lasting);
    permit p;
    p.owner_ = shared_from_this();
    p.units_ = units;
    p.lasting_ = lasting;
    return p;
}

PENSTOCK_DECL permit semaphore::try_acquire_more(std::uint64_t units) {
    const std::lock_guard lock{state_->mutex};
    return state_->fits(units) ? take(units, true) : permit{};
}

PENSTOCK_DECL awaitable<permit> semaphore::acquire(std::uint64_t units, std::uint64_t headroom) {
    check_possible(units, headroom);
    const auto self = shared_from_this();
    auto p = try_acquire(units, headroom);
    if (p.owner_ || units == 0) co_return p;
    co_return co_await wait_in(headroom > 0 ? state_->starters : state_->waiters, units, headroom);
}

PENSTOCK_DECL awaitable<permit> semaphore::acquire_more(std::uint64_t units) {
    check_possible(units, 0);
    const auto self = shared_from_this();
    auto p = try_acquire_more(units);
    if (p.owner_ || units == 0) co_return p;
    co_return co_await wait_in(state_->finishers, units, 0);
}

PENSTOCK_DECL void semaphore::check_possible(std::uint64_t units, std::uint64_t headroom) const {
    if (units <= limit() && headroom <= limit() - units) return;
    throw_failure(failure{errc::budget_exceeded,
                          "needs " + std::to_string(units + headroom) + " bytes, the whole budget is " + std::to_string(limit()),
                          "raise the memory budget"});
}

PENSTOCK_DECL awaitable<permit> semaphore::wait_in(detail::suspension_queue& queue, std::uint64_t units, std::uint64_t headroom) {
    auto self = shared_from_this();
    permit p;
    const executor ex = co_await asio::this_coro::executor;
    state::waiter waiting{*state_, queue, ex, units, headroom};
    if (waiting.lasts()) waiting.take_turns(ex);
    waiting.take_heed(ex);
    auto initiate = [&waiting](auto handler) { waiting.start(std::move(handler)); };
    error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    co_await asio::async_initiate<decltype(token), void(error_code)>(std::move(initiate), token);
    const bool granted = waiting.take_over();
    if (!granted) throw boost::system::system_error{asio::error::operation_aborted};
    p.owner_ = std::move(self);
    p.units_ = units;
    p.lasting_ = waiting.lasts();
    co_return p;
}

PENSTOCK_DECL void semaphore::give_back(std::uint64_t units, bool lasting) noexcept { state_->give_back(units, lasting); }

PENSTOCK_DECL void semaphore::make_lasting(std::uint64_t units) noexcept {
    const std::lock_guard lock{state_->mutex};
    state_->lasting += units;
}

PENSTOCK_DECL std::uint64_t semaphore::limit() const noexcept { return state_->limit; }
PENSTOCK_DECL std::uint64_t semaphore::used() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->used;
}
PENSTOCK_DECL std::uint64_t semaphore::peak() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->peak;
}
PENSTOCK_DECL std::size_t semaphore::waiting() const noexcept {
    const std::lock_guard lock{state_->mutex};
    return state_->finishers.size() + state_->waiters.size() + state_->starters.size();
}

PENSTOCK_DECL void permit::release() noexcept {
    if (owner_ && units_) owner_->give_back(units_, lasting_);
    owner_.reset();
    units_ = 0;
    lasting_ = false;
}

PENSTOCK_DECL bool permit::try_grow(std::uint64_t more) {
    if (!owner_) return false;
    auto p = owner_->try_acquire(more);
    if (p.units_ != more) return false;
    merge(std::move(p));
    return true;
}

PENSTOCK_DECL void permit::shrink(std::uint64_t units) noexcept {
    if (!owner_ || units >= units_) return;
    owner_->give_back(units_ - units, lasting_);
    units_ = units;
}

PENSTOCK_DECL void permit::merge(permit&& other) noexcept {
    if (!owner_) owner_ = other.owner_;
    const bool lasting = lasting_ || other.lasting_;
    if (lasting) // what of them was not is now
        if (const auto more = (lasting_ ? 0 : units_) + (other.lasting_ ? 0 : other.units_)) owner_->make_lasting(more);
    lasting_ = lasting;
    units_ += std::exchange(other.units_, 0);
}

PENSTOCK_DECL permit permit::split(std::uint64_t units) noexcept {
    permit part;
    part.units_ = std::min(units, units_);
    part.lasting_ = lasting_;
    if (part.units_ > 0) part.owner_ = owner_;
    units_ -= part.units_;
    return part;
}

} // namespace penstock
