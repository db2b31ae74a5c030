// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/s3/detail/operation.hpp>

#include <algorithm>
#include <string>
#include <string_view>

/// What a store says of a request may hold the token or the key that came with it.
namespace penstock::s3::detail {

inline bool repeats_secret(std::string_view said, const operation& op, const aws::credentials_ptr& who) noexcept {
    const auto holds = [said](std::string_view secret) { return !secret.empty() && said.find(secret) != said.npos; };
    return (who && holds(who->session_token)) ||
           std::any_of(op.keys.begin(), op.keys.end(), [&holds](const auto& key) { return holds(key.secret()); });
}

/// A store's text as others may see it: of at most 256 bytes, without what commands a terminal.
inline std::string shown_text(std::string_view said, const operation& op, const aws::credentials_ptr& who) {
    return repeats_secret(said, op, who) ? "(not shown)" : printable(said, 256);
}

} // namespace penstock::s3::detail
