// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_chain.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/detail/share.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace penstock::aws {
namespace detail {

class credentials_chain final : public credentials_provider {
  public:
    credentials_chain(std::vector<provider_ptr> providers, chain_observer observer, std::shared_ptr<clock_source> clock)
        : providers_{std::move(providers)}, observer_{std::move(observer)}, clock_{std::move(clock)} {}

    /// Before the first `get` only the first in order can be sure to be the one.
    std::optional<credentials_ptr> try_get(wall_time now) override { return current()->try_get(now); }

    awaitable<credentials_ptr> get() override {
        std::string story, hint;
        if (const auto known = found_before()) {
            auto answer = co_await ask(providers_[*known]);
            if (answer) co_return std::move(*answer);
            if (answer.error().code() != errc::no_credentials) throw_failure(answer.error());
            forget(*known);
        }
        for (std::size_t i = 0; i < providers_.size(); ++i) {
            auto answer = co_await ask(providers_[i]);
            if (answer) {
                const std::lock_guard lock{mutex_};
                found_ = i;
                co_return std::move(*answer);
            }
            const auto why = answer.error();
            if (why.code() != errc::no_credentials) throw_failure(why);
            append_to_story(story, providers_[i]->name(), why);
            if (hint.empty()) hint = why.detail().hint;
        }
        throw_failure(failure{errc::no_credentials, std::move(story), std::move(hint)});
    }

    bool invalidate(const credentials& used) override { return current()->invalidate(used); }

    std::string name() const override {
        std::string out;
        for (const auto& p : providers_) out += (out.empty() ? "" : ", ") + p->name();
        return "chain (" + out + ")";
    }

  private:
    awaitable<result<credentials_ptr>> ask(provider_ptr provider) {
        const auto began = clock_->now();
        auto answer = co_await as_result(provider->get());
        if (observer_) {
            provider_answer told;
            told.provider = provider->name();
            if (!answer) told.why = answer.error();
            told.took = clock_->now() - began;
            observer_(told);
        }
        co_return answer;
    }

    std::optional<std::size_t> found_before() {
        const std::lock_guard lock{mutex_};
        return found_;
    }
    void forget(std::size_t which) {
        const std::lock_guard lock{mutex_};
        if (found_ == which) found_.reset();
    }
    provider_ptr current() { return providers_[found_before().value_or(0)]; }

    /// "environment: AWS_ACCESS_KEY_ID is not set; profile: …"
    static void append_to_story(std::string& story, const std::string& name, const failure& why) {
        if (!story.empty()) story += "; ";
        const auto& message = why.detail().message;
        if (!message.starts_with(name + ":")) story += name + ": ";
        story += message.empty() ? why.code().message() : message;
    }

    const std::vector<provider_ptr> providers_;
    const chain_observer observer_;
    const std::shared_ptr<clock_source> clock_;
    std::mutex mutex_;
    std::optional<std::size_t> found_; ///< the provider that has credentials
};

} // namespace detail

PENSTOCK_DECL provider_ptr make_credentials_chain(std::vector<provider_ptr> providers, chain_observer observer,
                                                  std::shared_ptr<clock_source> clock) {
    if (providers.empty())
        throw_failure(failure{errc::invalid_option, "a credentials chain without providers"});
    if (std::find(providers.begin(), providers.end(), nullptr) != providers.end())
        throw_failure(failure{errc::invalid_option, "a null provider in a credentials chain"});
    return penstock::detail::share<detail::credentials_chain>(std::move(providers), std::move(observer), std::move(clock));
}

} // namespace penstock::aws
