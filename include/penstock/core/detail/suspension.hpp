// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>

#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <utility>

namespace penstock::detail {

class suspension_queue;

/// A coroutine that waits until somebody calls `resume`. Lives in that coroutine's frame, and leaves its queue with it.
///
/// It waits on an Asio timer that never fires, because what waits there is destroyed together with its execution
/// context. A queue of handlers would keep a frame alive that owns, perhaps through others, the queue itself.
class suspension {
  public:
    explicit suspension(const executor& ex) : never_{ex, asio::steady_timer::time_point::max()} {}
    suspension(const suspension&) = delete;
    suspension& operator=(const suspension&) = delete;
    ~suspension() { unlink(); }

    template <class Token>
    auto wait(Token&& token) {
        return never_.async_wait(std::forward<Token>(token));
    }

    /// Lets the coroutine go on, on its own executor and never within this call. False where it was cancelled before.
    bool resume() { return never_.cancel() > 0; }

    inline void unlink() noexcept;

  private:
    friend class suspension_queue;
    asio::steady_timer never_;
    suspension_queue* queue_ = nullptr;
    suspension* previous_ = nullptr;
    suspension* next_ = nullptr;
};

/// Suspensions in order of arrival; owns none of them.
class suspension_queue {
  public:
    suspension_queue() = default;
    suspension_queue(const suspension_queue&) = delete;
    suspension_queue& operator=(const suspension_queue&) = delete;
    ~suspension_queue() {
        while (first_) first_->unlink();
    }

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    /// Precondition: not empty.
    suspension& front() const noexcept { return *first_; }

    /// In order of arrival; `f` may unlink the one that it is given.
    template <class F>
    void for_each(F f) const {
        for (auto* s = first_; s;) {
            auto* const next = s->next_;
            f(*s);
            s = next;
        }
    }

    void push_back(suspension& s) noexcept {
        s.queue_ = this;
        s.previous_ = last_;
        (last_ ? last_->next_ : first_) = &s;
        last_ = &s;
        ++size_;
    }

  private:
    friend class suspension;
    suspension* first_ = nullptr;
    suspension* last_ = nullptr;
    std::size_t size_ = 0;
};

inline void suspension::unlink() noexcept {
    if (!queue_) return;
    (previous_ ? previous_->next_ : queue_->first_) = next_;
    (next_ ? next_->previous_ : queue_->last_) = previous_;
    --queue_->size_;
    queue_ = nullptr;
    previous_ = next_ = nullptr;
}

} // namespace penstock::detail
