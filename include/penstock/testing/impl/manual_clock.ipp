// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/manual_clock.hpp>

#include <boost/asio/post.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace penstock::testing {
namespace detail {

/// What a timer and its posted callback share: cancelling raises the generation, and a callback of an older
/// one is silent.
struct manual_timer_entry {
    explicit manual_timer_entry(executor ex) : ex{std::move(ex)} {}
    executor ex;
    std::mutex mutex;
    std::uint64_t generation = 0;
    std::function<void()> on_expiry;
};

} // namespace detail

struct manual_clock::state {
    struct running {
        std::shared_ptr<detail::manual_timer_entry> entry;
        std::uint64_t generation;
    };
    using key = std::pair<steady_time, std::uint64_t>;

    explicit state(wall_time start) : wall{start} {}

    mutable std::mutex mutex;
    // Not the clock's epoch: code that subtracts a duration from now must not come out below it.
    steady_time now{std::chrono::hours{24}};
    wall_time wall;
    std::uint64_t started = 0;
    std::map<key, running> timers;

    void move_to(steady_time t) {
        wall += std::chrono::duration_cast<wall_time::duration>(t - now);
        now = t;
    }

    static void fire(running r) {
        const auto ex = r.entry->ex;
        asio::post(ex, [r = std::move(r)] {
            std::function<void()> call;
            {
                std::lock_guard lock{r.entry->mutex};
                if (r.entry->generation != r.generation) return;
                call = std::exchange(r.entry->on_expiry, nullptr);
            }
            if (call) call();
        });
    }

    /// Takes and fires everything due at `until` or before.
    void fire_due(steady_time until) {
        for (;;) {
            running r;
            {
                std::lock_guard lock{mutex};
                if (timers.empty() || timers.begin()->first.first > until) return;
                if (timers.begin()->first.first > now) move_to(timers.begin()->first.first);
                r = std::move(timers.begin()->second);
                timers.erase(timers.begin());
            }
            fire(std::move(r));
        }
    }
};

namespace detail {

class manual_timer final : public timer {
  public:
    manual_timer(std::shared_ptr<manual_clock::state> clock, executor ex)
        : clock_{std::move(clock)}, entry_{std::make_shared<manual_timer_entry>(std::move(ex))} {}
    ~manual_timer() override { cancel(); }

    void start(steady_time deadline, std::function<void()> on_expiry) override {
        cancel();
        std::uint64_t generation = 0;
        {
            std::lock_guard lock{entry_->mutex};
            entry_->on_expiry = std::move(on_expiry);
            generation = entry_->generation;
        }
        std::unique_lock lock{clock_->mutex};
        if (deadline <= clock_->now) {
            lock.unlock();
            manual_clock::state::fire({entry_, generation});
            return;
        }
        key_ = {deadline, ++clock_->started};
        clock_->timers.emplace(key_, manual_clock::state::running{entry_, generation});
    }

    void cancel() noexcept override {
        std::function<void()> dropped; // destroyed without the lock: its captures may own anything
        {
            std::lock_guard lock{entry_->mutex};
            ++entry_->generation;
            dropped = std::exchange(entry_->on_expiry, nullptr);
        }
        std::lock_guard lock{clock_->mutex};
        clock_->timers.erase(key_);
    }

  private:
    std::shared_ptr<manual_clock::state> clock_;
    std::shared_ptr<manual_timer_entry> entry_;
    manual_clock::state::key key_{};
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<manual_clock> manual_clock::create(wall_time start) {
    return std::shared_ptr<manual_clock>{new manual_clock{start}};
}
PENSTOCK_DECL manual_clock::manual_clock(wall_time start) : state_{std::make_shared<state>(start)} {}
PENSTOCK_DECL manual_clock::~manual_clock() = default;

PENSTOCK_DECL steady_time manual_clock::now() const noexcept {
    std::lock_guard lock{state_->mutex};
    return state_->now;
}

PENSTOCK_DECL wall_time manual_clock::wall_now() const noexcept {
    std::lock_guard lock{state_->mutex};
    return state_->wall;
}

PENSTOCK_DECL std::unique_ptr<timer> manual_clock::make_timer(executor ex) {
    return std::make_unique<detail::manual_timer>(state_, std::move(ex));
}

PENSTOCK_DECL void manual_clock::advance(duration d) {
    if (d < duration::zero()) return;
    const auto until = now() + d;
    state_->fire_due(until);
    std::lock_guard lock{state_->mutex};
    if (until > state_->now) state_->move_to(until);
}

PENSTOCK_DECL bool manual_clock::advance_to_next() {
    const auto next = next_deadline();
    if (!next) return false;
    state_->fire_due(*next);
    return true;
}

PENSTOCK_DECL void manual_clock::skew_wall(duration d) noexcept {
    std::lock_guard lock{state_->mutex};
    state_->wall += std::chrono::duration_cast<wall_time::duration>(d);
}

PENSTOCK_DECL std::optional<steady_time> manual_clock::next_deadline() const {
    std::lock_guard lock{state_->mutex};
    if (state_->timers.empty()) return std::nullopt;
    return state_->timers.begin()->first.first;
}

PENSTOCK_DECL std::size_t manual_clock::running_timers() const {
    std::lock_guard lock{state_->mutex};
    return state_->timers.size();
}

} // namespace penstock::testing
