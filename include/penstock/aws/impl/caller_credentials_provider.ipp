// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/caller_credentials_provider.hpp>

#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/error.hpp>

#include <mutex>

namespace penstock::aws {
namespace detail {

class caller_credentials_provider final : public credentials_provider {
  public:
    caller_credentials_provider(std::function<awaitable<credentials>()> fetch, std::string name)
        : fetch_{std::move(fetch)}, name_{std::move(name)} {}

    std::optional<credentials_ptr> try_get(wall_time now) override {
        const std::lock_guard lock{mutex_};
        if (!last_ || (last_->expiration && *last_->expiration - now < std::chrono::minutes{1})) return std::nullopt;
        return last_;
    }

    awaitable<credentials_ptr> get() override {
        auto fetched = co_await fetch_();
        auto fresh = std::make_shared<credentials>(std::move(fetched));
        if (fresh->source.empty()) fresh->source = name_;
        check_credentials(*fresh);
        const std::lock_guard lock{mutex_};
        last_ = std::move(fresh);
        co_return last_;
    }

    bool invalidate(const credentials& used) override {
        const std::lock_guard lock{mutex_};
        // Only what was refused: others may have fetched newer ones meanwhile.
        if (last_ && last_->access_key_id == used.access_key_id && last_->session_token == used.session_token)
            last_ = nullptr;
        return true;
    }

    std::string name() const override { return name_; }

  private:
    std::function<awaitable<credentials>()> fetch_;
    std::string name_;
    std::mutex mutex_;
    credentials_ptr last_;
};

} // namespace detail

PENSTOCK_DECL provider_ptr make_caller_credentials_provider(std::function<awaitable<credentials>()> fetch,
                                                            std::string name) {
    if (!fetch) throw_failure(failure{errc::invalid_option, "a credentials provider without a function to call"});
    return std::make_shared<detail::caller_credentials_provider>(std::move(fetch), std::move(name));
}

} // namespace penstock::aws
