// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/suspension.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context_as.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>
#include <mutex>
#include <utility>

namespace penstock::detail {

/// Who waits, on one execution context, for units that other threads hand out. In the waiting coroutine's frame; whatever
/// ends that frame, nothing stays queued or held: the last derived class calls `end` in its destructor.
class shared_waiter : public suspension {
  public:
    explicit shared_waiter(const executor& ex)
        : suspension{ex}, context_{asio::use_service<context_service>(
                              asio::query(ex, asio::execution::context_as<asio::execution_context&>))},
          place_{context_.add(*this)} {}

    /// Leaves the queue, and gives back what was granted. By any thread that may end this context.
    virtual void leave() = 0;

  protected:
    ~shared_waiter() = default;

    void end() {
        context_.remove(place_);
        leave();
    }

  private:
    /// One that is about to be destroyed takes its waiters out of their queues first. (Asio ends the newest services first,
    /// and this one is newer than the timers'.)
    class context_service : public asio::detail::execution_context_service_base<context_service> {
      public:
        explicit context_service(asio::execution_context& c) : execution_context_service_base{c} {}

        using place = std::list<shared_waiter*>::iterator;
        place add(shared_waiter& w) {
            const std::lock_guard lock{mutex_};
            return waiters_.insert(waiters_.end(), &w);
        }
        void remove(place p) {
            const std::lock_guard lock{mutex_};
            waiters_.erase(p);
        }

      private:
        void shutdown() override {
            // Nobody runs this context any more: no waiter comes or goes.
            for (auto* w : waiters_) w->leave();
        }

        std::mutex mutex_;
        std::list<shared_waiter*> waiters_;
    };

    context_service& context_;
    typename context_service::place place_;
};

} // namespace penstock::detail
