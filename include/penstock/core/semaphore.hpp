// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>

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

    void swap(permit& o) noexcept {
        std::swap(owner_, o.owner_);
        std::swap(units_, o.units_);
    }

  private:
    friend class semaphore;
    std::shared_ptr<semaphore> owner_;
    std::uint64_t units_ = 0;
};

/// An awaitable counting semaphore, first come first served: a large request is never overtaken by small ones, unless
/// these are of `acquire_more`.
/// Thread-safe; waiters resume on their own executors.
class semaphore : public std::enable_shared_from_this<semaphore> {
  public:
    /// `c`: what the turns of those with headroom are measured by, see `acquire`.
    PENSTOCK_DECL static std::shared_ptr<semaphore> create(std::uint64_t limit, std::shared_ptr<clock_source> c = make_system_clock());
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

    /// Takes `units` if they are free and nobody waits; an empty permit (`units() == 0`) otherwise.
    PENSTOCK_DECL permit try_acquire(std::uint64_t units, std::uint64_t headroom = 0);

    PENSTOCK_DECL std::uint64_t limit() const noexcept;
    PENSTOCK_DECL std::uint64_t used() const noexcept;
    /// The most that was ever held at once.
    PENSTOCK_DECL std::uint64_t peak() const noexcept;
    PENSTOCK_DECL std::size_t waiting() const noexcept;

    struct state;

  private:
    friend class permit;
    PENSTOCK_DECL semaphore(std::uint64_t limit, std::shared_ptr<clock_source> c);
    PENSTOCK_DECL void give_back(std::uint64_t units) noexcept;
    PENSTOCK_DECL permit take(std::uint64_t units) noexcept;
    PENSTOCK_DECL void check_possible(std::uint64_t units, std::uint64_t headroom) const;
    PENSTOCK_DECL awaitable<permit> wait_in(detail::suspension_queue& queue, std::uint64_t units, std::uint64_t headroom);
    std::shared_ptr<state> state_;
};

/// The byte budget of a client: one semaphore in bytes over socket buffers, windows, decoders and decoded batches.
using memory_budget = semaphore;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/semaphore.ipp>
#endif
