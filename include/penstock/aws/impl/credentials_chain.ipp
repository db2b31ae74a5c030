// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_chain.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

namespace penstock::aws {
namespace detail {

class credentials_chain final : public credentials_provider {
  public:
    explicit credentials_chain(std::vector<provider_ptr> providers) : providers_{std::move(providers)} {}

    /// Before the first `get` only the first in order can be sure to be the one.
    std::optional<credentials_ptr> try_get(wall_time now) override { return current()->try_get(now); }

    awaitable<credentials_ptr> get() override {
        std::string story, hint;
        for (std::size_t i = 0; i < providers_.size(); ++i) {
            const auto provider = providers_[i];
            failure why;
            credentials_ptr found;
            try {
                found = co_await provider->get();
            } catch (const error& e) {
                why = e.as_failure();
            }
            if (!why) {
                const std::lock_guard lock{mutex_};
                current_ = i;
                co_return found;
            }
            if (why.code() != errc::no_credentials) throw_failure(std::move(why));
            append_to_story(story, provider->name(), why);
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
    provider_ptr current() {
        const std::lock_guard lock{mutex_};
        return providers_[current_];
    }

    /// "environment: AWS_ACCESS_KEY_ID is not set; profile: …"
    static void append_to_story(std::string& story, const std::string& name, const failure& why) {
        if (!story.empty()) story += "; ";
        const auto& message = why.detail().message;
        if (!message.starts_with(name + ":")) story += name + ": ";
        story += message.empty() ? why.code().message() : message;
    }

    const std::vector<provider_ptr> providers_;
    std::mutex mutex_;
    std::size_t current_ = 0;
};

} // namespace detail

PENSTOCK_DECL provider_ptr make_credentials_chain(std::vector<provider_ptr> providers) {
    if (providers.empty())
        throw_failure(failure{errc::invalid_option, "a credentials chain without providers"});
    if (std::find(providers.begin(), providers.end(), nullptr) != providers.end())
        throw_failure(failure{errc::invalid_option, "a null provider in a credentials chain"});
    return std::make_shared<detail::credentials_chain>(std::move(providers));
}

} // namespace penstock::aws
