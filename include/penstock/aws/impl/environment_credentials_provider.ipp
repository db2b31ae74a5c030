// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment_credentials_provider.hpp>

#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/error.hpp>

#include <mutex>

namespace penstock::aws {
namespace detail {

class environment_credentials_provider final : public credentials_provider {
  public:
    explicit environment_credentials_provider(environment env) : env_{std::move(env)} {}

    std::optional<credentials_ptr> try_get(wall_time now) override {
        {
            const std::lock_guard lock{mutex_};
            if (last_ && now >= read_at_ && now - read_at_ < std::chrono::seconds{1}) return last_;
        }
        auto found = read_if_any();
        const std::lock_guard lock{mutex_};
        if (found) read_at_ = now;
        return found;
    }
    awaitable<credentials_ptr> get() override { co_return read(); }
    bool invalidate(const credentials& used) override {
        const auto now = read_if_any();
        return now && !same_keys(**now, used);
    }
    std::string name() const override { return "environment"; }

    /// Throws where there is half a key, or an unusable one.
    void check() {
        const auto found = as_failure();
        if (found && found.code() != errc::no_credentials) throw_failure(found);
    }

  private:
    failure as_failure() {
        try {
            (void)read();
        } catch (const error& e) {
            return e.as_failure();
        }
        return {};
    }

    /// Why there are none is for `get` to tell.
    std::optional<credentials_ptr> read_if_any() {
        try {
            return read();
        } catch (const error&) {
            return std::nullopt;
        }
    }

    credentials_ptr read() {
        const auto id = env_.get("AWS_ACCESS_KEY_ID");
        const auto secret = env_.get("AWS_SECRET_ACCESS_KEY");
        const auto token = env_.get("AWS_SESSION_TOKEN");
        const auto account = env_.get("AWS_ACCOUNT_ID").value_or("");
        if (!id && !secret) {
            throw_failure(failure{errc::no_credentials, "environment: AWS_ACCESS_KEY_ID is not set", hint()});
        }
        if (!id || !secret) {
            throw_failure(failure{errc::invalid_credentials,
                                  std::string{"environment: "} +
                                      (id ? "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not"
                                          : "AWS_SECRET_ACCESS_KEY is set, AWS_ACCESS_KEY_ID is not"),
                                  "set both or neither"});
        }
        auto fresh = std::make_shared<credentials>(*id, *secret, token.value_or(""));
        fresh->account_id = account;
        fresh->source = "environment";
        const std::lock_guard lock{mutex_};
        if (!last_ || !same_keys(*last_, *fresh) || last_->account_id != account) {
            check_credentials(*fresh);
            last_ = std::move(fresh);
        }
        return last_;
    }

    /// Where the platform hands out credentials in another way, that is what was meant.
    std::string hint() const {
        for (const char* other : {"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"})
            if (env_.get(other))
                return std::string{other} + " is set: let the client ask that source, too ('auto' or 'metadata' instead of "
                                            "the environment alone)";
        return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give credentials in the client's options, or ask for "
               "anonymous access";
    }

    environment env_;
    std::mutex mutex_;
    credentials_ptr last_;
    wall_time read_at_{};
};

} // namespace detail

PENSTOCK_DECL provider_ptr make_environment_credentials_provider(environment env) {
    auto provider = penstock::detail::share<detail::environment_credentials_provider>(std::move(env));
    provider->check();
    return provider;
}

} // namespace penstock::aws
