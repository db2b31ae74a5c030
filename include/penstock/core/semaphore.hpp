// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace penstock {

namespace detail {
class suspension_queue;
}
class semaphore;

/// Units held from a `semaphore`, given back on destruction, from any thread. Keeps the semaphore alive.
class permit {
  public:
    permit() = default;
    permit(permit&& o) noexcept { swap(o); }
    permit& operator=(permit&& o) noexcept {
        permit{std::move(o)}.swap(*this);
        return *this;
    }
    ~permit() { release(); }

    std::uint64_t units() const noexcept { return units_; }
    /// Gives everything back now.
    PENSTOCK_DECL void release() noexcept;
    /// Gives back all but `units`.
    PENSTOCK_DECL void shrink(std::uint64_t units) noexcept;
    /// Takes `more` from the same semaphore, where they are free and nobody waits.
    PENSTOCK_DECL bool try_grow(std::uint64_t more);
    /// Hands over `units` of them, or all where there are fewer.
    PENSTOCK_DECL permit split(std::uint64_t units) noexcept;
    /// Takes over all units of `other`. Precondition: of the same semaphore, or one of them is empty.
    PENSTOCK_DECL void merge(permit&& other) noexcept;
    /// Notes that what is held is in use, see `semaphore::touch`; where it was taken with headroom or as more.
    inline void touch() const noexcept;

    void swap(permit& o) noexcept {
        std::swap(owner_, o.owner_);
        std::swap(units_, o.units_);
        std::swap(lasting_, o.lasting_);
    }

  private:
    friend class semaphore;
    std::shared_ptr<semaphore> owner_;
    std::uint64_t units_ = 0;
    bool lasting_ = false; // taken with headroom, or as more
};

/// An awaitable counting semaphore, first come first served: a large request is never overtaken by small ones, unless
/// these are of `acquire_more`.
/// Thread-safe; waiters resume on their own executors.
class semaphore : public std::enable_shared_from_this<semaphore> {
  public:
    /// `c`: what the turns of those with headroom are measured by, see `acquire`, and `patience`, see `touch`.
    PENSTOCK_DECL static std::shared_ptr<semaphore> create(std::uint64_t limit, std::shared_ptr<clock_source> c = make_system_clock(),
                                                           duration patience = duration::max());
    PENSTOCK_DECL ~semaphore();
    semaphore(const semaphore&) = delete;
    semaphore& operator=(const semaphore&) = delete;

    /// Waits until `units` are free. More than `limit()` can never be had: `errc::budget_exceeded`, at once. On
    /// cancellation (any type) nothing is held.
    ///
    /// With `headroom`, that many units must stay free beyond these, and everybody without headroom goes first. Who will
    /// need more while holding what it has asks for its first units so: then one of them can always go on, and those
    /// who hold and wait never wait for each other.
    ///
    /// However many come without headroom, they do not pass the first one with it by for ever, nor the first of
    /// `acquire_more`: after a second of waiting he lets none of them by for 250 ms, later for twice as long each time, up to
    /// 8 s, and between these turns for three times as long. So he has his units when those who went before him, and hold
    /// theirs for a while only, have given them back; and nobody waits for him longer than such a turn, whatever he holds.
    PENSTOCK_DECL awaitable<permit> acquire(std::uint64_t units, std::uint64_t headroom = 0);

    /// For who holds units that he gives back only once he has had these, too. He waits for nobody but those who hold some
    /// themselves: not for his turn, nor for larger ones of his kind. Without `headroom` for it, taken with the first units,
    /// those who hold and wait may wait for each other for ever. Errors and cancellation as for `acquire`.
    PENSTOCK_DECL awaitable<permit> acquire_more(std::uint64_t units);
    /// The same, if they are free.
    PENSTOCK_DECL permit try_acquire_more(std::uint64_t units);

    /// Notes that units which were taken with headroom or as more are in use. Thread-safe, and costs next to nothing.
    ///
    /// Nobody waits in vain for longer than `patience`, or twice that: `errc::budget_stalled`. Those wait in vain for whom in
    /// that time there was no hope: no units came back or were handed out, nothing held was noted to be in use. (Units taken
    /// without headroom by `acquire` count only for whom they alone stand in the way: however many short ones come and go, others
    /// may hold too much.) They are told one after the other, so that what the first gives back then may help the next: first who
    /// waits for more, then who asked for headroom, the longest waiting of them first; the next after half of `patience` without
    /// hope, and so on down to a sixteenth of it.
    void touch() noexcept {
        if (!touched_.load(std::memory_order_relaxed)) touched_.store(true, std::memory_order_relaxed);
    }

    /// Takes `units` if they are free and nobody waits; an empty permit (`units() == 0`) otherwise.
    PENSTOCK_DECL permit try_acquire(std::uint64_t units, std::uint64_t headroom = 0);

    PENSTOCK_DECL std::uint64_t limit() const noexcept;
    PENSTOCK_DECL std::uint64_t used() const noexcept;
    /// The most that was ever held at once.
    PENSTOCK_DECL std::uint64_t peak() const noexcept;
    PENSTOCK_DECL std::size_t waiting() const noexcept;

    struct state;

  protected:
    PENSTOCK_DECL semaphore(std::uint64_t limit, std::shared_ptr<clock_source> c, duration patience);

  private:
    friend class permit;
    PENSTOCK_DECL void give_back(std::uint64_t units, bool lasting) noexcept;
    /// Units that were not held by who may need more are so now.
    PENSTOCK_DECL void make_lasting(std::uint64_t units) noexcept;
    PENSTOCK_DECL permit take(std::uint64_t units, bool lasting) noexcept;
    PENSTOCK_DECL void check_possible(std::uint64_t units, std::uint64_t headroom) const;
    PENSTOCK_DECL awaitable<permit> wait_in(detail::suspension_queue& queue, std::uint64_t units, std::uint64_t headroom);
    std::atomic<bool> touched_{false};
    std::shared_ptr<state> state_;
};

inline void permit::touch() const noexcept {
    if (lasting_ && owner_) owner_->touch();
}

/// The byte budget of a client: one semaphore in bytes over socket buffers, windows, decoders and decoded batches.
class memory_budget final : public semaphore {
  public:
    static constexpr duration usual_patience = std::chrono::minutes{1};

    /// `patience`: of who waits, while those who hold memory neither use it nor give any back; see `touch`. `duration::max()`:
    /// they wait for ever.
    PENSTOCK_DECL static std::shared_ptr<memory_budget> create(std::uint64_t bytes, std::shared_ptr<clock_source> c = make_system_clock(),
                                                               duration patience = usual_patience);

  private:
    using semaphore::semaphore;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/semaphore.ipp>
#endif
