// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <penstock/core/detail/share.hpp>
#include <penstock/core/wait_list.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdint>
#include <utility>

namespace penstock {
namespace detail {

class system_timer_impl final : public timer {
  public:
    explicit system_timer_impl(const executor& ex) : shared_{std::make_shared<shared>(ex)} {}
    ~system_timer_impl() override { cancel(); }

    void start(steady_time deadline, std::function<void()> on_expiry) override {
        shared_->on_expiry = std::move(on_expiry);
        const auto generation = ++shared_->generation;
        shared_->timer.expires_at(deadline);
        // The handler owns the state: a cancelled wait may complete after this object is gone.
        shared_->timer.async_wait([state = shared_, generation](const boost::system::error_code& ec) {
            if (ec || state->generation != generation) return;
            auto call = std::exchange(state->on_expiry, nullptr);
            if (call) call();
        });
    }

    void cancel() noexcept override {
        ++shared_->generation;
        shared_->on_expiry = nullptr;
        try {
            shared_->timer.cancel();
        } catch (...) { // NOLINT: the generation already silences the handler
        }
    }

  private:
    struct shared {
        explicit shared(const executor& ex) : timer{ex} {}
        asio::steady_timer timer;
        std::function<void()> on_expiry;
        std::uint64_t generation = 0;
    };
    std::shared_ptr<shared> shared_;
};

class system_clock_impl final : public clock_source {
  public:
    steady_time now() const noexcept override { return std::chrono::steady_clock::now(); }
    wall_time wall_now() const noexcept override { return std::chrono::system_clock::now(); }
    std::unique_ptr<timer> make_timer(executor ex) override { return std::make_unique<system_timer_impl>(ex); }
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<clock_source> make_system_clock() { return detail::share<detail::system_clock_impl>(); }

PENSTOCK_DECL awaitable<void> sleep_for(std::shared_ptr<clock_source> c, duration d) {
    if (d <= duration::zero()) co_return;
    const executor ex = co_await asio::this_coro::executor;
    wait_list waiters;
    auto t = c->make_timer(ex);
    t->start(later(c->now(), d), [&waiters] { waiters.notify_all(); });
    co_await waiters.wait();
}

} // namespace penstock
