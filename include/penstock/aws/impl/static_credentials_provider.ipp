// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/static_credentials_provider.hpp>

#include <penstock/core/detail/share.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>

namespace penstock::aws {
namespace detail {

class static_credentials_provider final : public credentials_provider {
  public:
    explicit static_credentials_provider(credentials_ptr c) : credentials_{std::move(c)} {}

    std::optional<credentials_ptr> try_get(wall_time) override { return credentials_; }
    awaitable<credentials_ptr> get() override { co_return credentials_; }
    bool invalidate(const credentials&) override { return false; }
    std::string name() const override { return credentials_->source; }

  private:
    credentials_ptr credentials_;
};

inline bool visible_text(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace detail

PENSTOCK_DECL void check_credentials(const credentials& c) {
    const auto refuse = [&c](const char* what, const char* hint) {
        throw_failure(failure{errc::invalid_credentials, std::string{what} + " (source: " + c.source + ")", hint});
    };
    if (c.access_key_id.empty()) refuse("the access key id is missing", "give both the access key id and the secret");
    if (c.secret_access_key.empty()) refuse("the secret access key is missing", "give both the access key id and the secret");
    if (!detail::visible_text(c.access_key_id))
        refuse("the access key id has a space or control character", "check for a line break at its end");
    if (!detail::visible_text(c.secret_access_key))
        refuse("the secret access key has a space or control character", "check for a line break at its end");
    if (!detail::visible_text(c.session_token))
        refuse("the session token has a space or control character", "check for a line break at its end");
}

PENSTOCK_DECL provider_ptr make_static_credentials_provider(std::string access_key_id, std::string secret_access_key,
                                                            std::string session_token, std::string source) {
    auto c = std::make_shared<credentials>(std::move(access_key_id), std::move(secret_access_key),
                                           std::move(session_token));
    c->source = std::move(source);
    check_credentials(*c);
    return penstock::detail::share<detail::static_credentials_provider>(std::move(c));
}

} // namespace penstock::aws
