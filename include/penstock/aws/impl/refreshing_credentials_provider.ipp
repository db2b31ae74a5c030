// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/refreshing_credentials_provider.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/core/with_timeout.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace penstock::aws {
namespace detail {

/// How long others wait for a call that another caller makes: its executor may have been stopped for good.
inline constexpr std::chrono::minutes shared_call_limit{1};

class refreshing_credentials_provider final : public credentials_provider,
                                              public std::enable_shared_from_this<refreshing_credentials_provider> {
  public:
    refreshing_credentials_provider(std::string name, credentials_fetch fetch, std::shared_ptr<clock_source> clock,
                                    std::shared_ptr<random_source> random, refresh_windows windows)
        : name_{std::move(name)}, fetch_{std::move(fetch)}, clock_{std::move(clock)}, random_{std::move(random)},
          windows_{windows} {}

    std::optional<credentials_ptr> try_get(wall_time now) override {
        const std::lock_guard lock{mutex_};
        return usable(now);
    }

    awaitable<credentials_ptr> get() override {
        const auto self = shared_from_this();
        std::uint64_t seen = 0;
        {
            const std::lock_guard lock{mutex_};
            if (auto ready = usable(clock_->wall_now())) co_return *ready;
            seen = calls_ended_;
        }
        permit turn = turns_->try_acquire(1);
        if (turn.units() == 0) {
            penstock::detail::attempt waited{with_timeout(turns_->acquire(1), shared_call_limit, clock_)};
            co_await waited.run();
            if (waited)
                turn = std::move(*waited);
            else if (waited.error().code() != errc::deadline_exceeded) // then it calls without a turn
                throw_failure(waited.error());
        }
        {
            const std::lock_guard lock{mutex_};
            if (calls_ended_ != seen) {
                if (auto ready = usable(clock_->wall_now())) co_return *ready;
                if (failed_) throw_failure(failed_);
            }
        }
        const calling_scope calling{*this};
        auto fetched = co_await as_result(fetch_());
        co_return settle(std::move(fetched));
    }

    bool invalidate(const credentials& used) override {
        const std::lock_guard lock{mutex_};
        // Only what was refused: others may have fetched newer ones meanwhile.
        if (current_ && same_keys(*current_, used)) refused_ = true;
        return true;
    }

    std::string name() const override { return name_; }

  private:
    class calling_scope {
      public:
        explicit calling_scope(refreshing_credentials_provider& of) : of_{of} {
            const std::lock_guard lock{of_.mutex_};
            ++of_.calling_;
        }
        ~calling_scope() {
            const std::lock_guard lock{of_.mutex_};
            --of_.calling_;
        }
        calling_scope(const calling_scope&) = delete;
        calling_scope& operator=(const calling_scope&) = delete;

      private:
        refreshing_credentials_provider& of_;
    };

    /// Called with the lock held.
    std::optional<credentials_ptr> usable(wall_time now) const {
        if (!current_ || refused_) return std::nullopt;
        if (!current_->expiration || now < renew_at_) return current_;
        if (now < must_renew_at_ && calling_ > 0) return current_;
        return std::nullopt;
    }

    credentials_ptr settle(result<credentials> fetched) {
        const auto now = clock_->wall_now();
        auto why = fetched ? unusable(*fetched, now) : fetched.error();
        const std::lock_guard lock{mutex_};
        if (why.code() != condition::cancelled) { // that is the caller's own
            ++calls_ended_;
            failed_ = why;
        }
        if (!why) {
            auto fresh = std::make_shared<credentials>(std::move(*fetched));
            if (fresh->source.empty()) fresh->source = name_;
            if (fresh->expiration) plan(*fresh->expiration, now);
            refused_ = false;
            return current_ = std::move(fresh);
        }
        const bool still_valid = current_ && !refused_ && current_->expiration && now < *current_->expiration;
        if (!still_valid || why.code() == condition::cancelled) throw_failure(std::move(why));
        renew_at_ = std::min(now + pause_, *current_->expiration);
        return current_;
    }

    static std::string shown(wall_time t) { return format_iso8601(instant{t}).value_or("(no date)"); }

    failure unusable(const credentials& c, wall_time now) const {
        try {
            check_credentials(c);
        } catch (const error& e) {
            return e.as_failure();
        }
        if (!c.expiration || *c.expiration > now) return {};
        return failure{errc::invalid_credentials,
                       name_ + ": the credentials expired at " + shown(*c.expiration) + ", it is " + shown(now),
                       "check this machine's clock, and what hands out the credentials"};
    }

    /// When those that expire then are renewed. Called with the lock held.
    void plan(wall_time expiration, wall_time now) {
        const duration lifetime = expiration - now;
        const auto window = windows_.advisory(lifetime);
        const duration jitter{static_cast<duration::rep>(random_->uniform() * static_cast<double>(window.count() / 5))};
        const auto at = [](wall_time t) { return std::chrono::time_point_cast<wall_time::duration>(t); };
        renew_at_ = at(expiration) - std::chrono::duration_cast<wall_time::duration>(window - jitter);
        must_renew_at_ = expiration - std::chrono::duration_cast<wall_time::duration>(windows_.mandatory(lifetime));
        pause_ = std::chrono::duration_cast<wall_time::duration>(std::min<duration>(window / 10, std::chrono::seconds{10}));
    }

    const std::string name_;
    const credentials_fetch fetch_;
    const std::shared_ptr<clock_source> clock_;
    const std::shared_ptr<random_source> random_;
    const refresh_windows windows_;
    const std::shared_ptr<semaphore> turns_ = semaphore::create(1);

    std::mutex mutex_;
    credentials_ptr current_;
    bool refused_ = false; ///< `current_`, by the store
    wall_time renew_at_{}, must_renew_at_{};
    wall_time::duration pause_{}; ///< after a failure, while the old ones are valid
    int calling_ = 0;
    std::uint64_t calls_ended_ = 0;
    failure failed_; ///< how the last of them ended
};

} // namespace detail

PENSTOCK_DECL duration refresh_windows::advisory(duration lifetime) const noexcept {
    return std::min(advisory_, lifetime / 5);
}

PENSTOCK_DECL duration refresh_windows::mandatory(duration lifetime) const noexcept {
    return std::min(mandatory_, lifetime / 20);
}

PENSTOCK_DECL provider_ptr make_refreshing_credentials_provider(std::string name, credentials_fetch fetch,
                                                                std::shared_ptr<clock_source> clock,
                                                                std::shared_ptr<random_source> random,
                                                                refresh_windows windows) {
    if (!fetch) throw_failure(failure{errc::invalid_option, "a credentials provider without a function to call"});
    return penstock::detail::share<detail::refreshing_credentials_provider>(std::move(name), std::move(fetch), std::move(clock),
                                                                     std::move(random), windows);
}

} // namespace penstock::aws
