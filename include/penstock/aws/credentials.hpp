// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <memory>
#include <optional>
#include <string>

namespace penstock::aws {

/// One set of keys: never changed once made, so that key, secret and token always belong together.
struct credentials {
    credentials() = default;
    credentials(std::string access_key_id, std::string secret_access_key, std::string session_token = {})
        : access_key_id{std::move(access_key_id)}, secret_access_key{std::move(secret_access_key)},
          session_token{std::move(session_token)} {}

    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;            ///< empty for long-lived keys
    std::optional<wall_time> expiration;  ///< none: never
    std::string account_id;
    std::string source;                   ///< which provider made them, for errors: "environment", "static" …

    /// The source and the last four characters of the key id: all that may ever be shown.
    std::string display() const {
        const auto n = access_key_id.size();
        return source + (n >= 4 ? " (..." + access_key_id.substr(n - 4) + ")" : std::string{});
    }
};

/// Whether both sign alike, whoever made them.
inline bool same_keys(const credentials& a, const credentials& b) noexcept {
    return a.access_key_id == b.access_key_id && a.secret_access_key == b.secret_access_key &&
           a.session_token == b.session_token;
}

/// Null stands for anonymous access: requests are not signed.
using credentials_ptr = std::shared_ptr<const credentials>;

} // namespace penstock::aws
