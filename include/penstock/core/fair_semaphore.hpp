// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

namespace penstock {

class fair_share;

/// What one unit is taken for. Where all of a share wait, they take turns: none starves another.
enum class work_kind : std::uint8_t {
    read,  ///< a question with a short answer
    body,  ///< an answer that is read at its reader's pace: for as long as that takes
    write,
};

/// A unit held from a `fair_share`, given back on destruction, from any thread. Keeps the share alive.
class fair_permit {
  public:
    fair_permit() = default;
    fair_permit(fair_permit&& o) noexcept { swap(o); }
    fair_permit& operator=(fair_permit&& o) noexcept {
        fair_permit{std::move(o)}.swap(*this);
        return *this;
    }
    ~fair_permit() { release(); }

    explicit operator bool() const noexcept { return of_ != nullptr; }
    PENSTOCK_DECL void release() noexcept;
    /// Notes that what is held is in use; see `fair_semaphore::stuck_for`.
    inline void touch() const noexcept;

    void swap(fair_permit& o) noexcept {
        std::swap(of_, o.of_);
        std::swap(kind_, o.kind_);
    }

  private:
    friend class fair_share;
    fair_permit(std::shared_ptr<fair_share> of, work_kind kind) noexcept : of_{std::move(of)}, kind_{kind} {}
    std::shared_ptr<fair_share> of_;
    work_kind kind_ = work_kind::read;
};

/// A number of units for several who take one each time: whoever waits gets his part by weight, whoever does not leaves it
/// to the others. Start-time fair queueing (Goyal, Vin and Cheng, 1996) over shares; within a share, kinds of work take
/// turns, and each is first come first served.
///
/// Bodies never hold the last of several units: who reads bodies and asks short questions meanwhile always gets an answer.
/// Thread-safe; waiters resume on their own executors.
class fair_semaphore : public std::enable_shared_from_this<fair_semaphore> {
  public:
    static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

    PENSTOCK_DECL static std::shared_ptr<fair_semaphore> create(std::uint64_t limit);
    PENSTOCK_DECL ~fair_semaphore();
    fair_semaphore(const fair_semaphore&) = delete;
    fair_semaphore& operator=(const fair_semaphore&) = delete;

    /// A part of `weight` (above 0), of which no more than `limit` units may be out.
    PENSTOCK_DECL std::shared_ptr<fair_share> share(double weight = 1, std::uint64_t limit = no_limit);

    PENSTOCK_DECL std::uint64_t limit() const noexcept;
    PENSTOCK_DECL std::uint64_t used() const noexcept;
    /// The most that was ever held at once.
    PENSTOCK_DECL std::uint64_t peak() const noexcept;
    PENSTOCK_DECL std::size_t waiting() const noexcept;

    /// For how long, as far as those know who ask, nothing happened that gives hope to who waits: all units are out for
    /// bodies, and nobody reads one. Asked now and then.
    PENSTOCK_DECL duration stuck_for(steady_time now);

    struct state;

  private:
    friend class fair_share;
    PENSTOCK_DECL explicit fair_semaphore(std::uint64_t limit);
    std::shared_ptr<state> state_;
};

/// One user's part of a `fair_semaphore`. Thread-safe.
class fair_share : public std::enable_shared_from_this<fair_share> {
  public:
    PENSTOCK_DECL ~fair_share();
    fair_share(const fair_share&) = delete;
    fair_share& operator=(const fair_share&) = delete;

    /// A unit if one is free for this; else an empty permit. Allocates nothing.
    PENSTOCK_DECL fair_permit try_acquire(work_kind kind);
    /// Waits for a unit. On cancellation (any type) nothing is held.
    PENSTOCK_DECL awaitable<fair_permit> acquire(work_kind kind);
    /// Whoever waits now is resumed with an empty permit.
    PENSTOCK_DECL void turn_away();

    PENSTOCK_DECL std::uint64_t used() const noexcept;
    PENSTOCK_DECL std::size_t waiting() const noexcept;
    const std::shared_ptr<fair_semaphore>& of() const noexcept { return of_; }

    struct state;

  private:
    friend class fair_permit;
    friend class fair_semaphore;
    PENSTOCK_DECL fair_share(std::shared_ptr<fair_semaphore> of, double weight, std::uint64_t limit);
    PENSTOCK_DECL void give_back(work_kind kind) noexcept;
    std::shared_ptr<fair_semaphore> of_;
    mutable std::atomic<bool> in_use_{false}; ///< bodies, since somebody asked; before the state, which tells others of it
    std::unique_ptr<state> state_;
};

inline void fair_permit::touch() const noexcept {
    if (of_ && !of_->in_use_.load(std::memory_order_relaxed)) of_->in_use_.store(true, std::memory_order_relaxed);
}

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/fair_semaphore.ipp>
#endif
