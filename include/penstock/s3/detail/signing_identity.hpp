// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/sigv4.hpp>

#include <utility>

namespace penstock::s3::detail {

/// Whose keys sign a request, and who gives others in their place.
struct signing_identity {
    signing_identity() = default;
    signing_identity(aws::credentials_ptr who, aws::provider_ptr from,
                     aws::token_name token = aws::token_name::security_token)
        : who{std::move(who)}, from{std::move(from)}, token{token} {}

    bool session() const noexcept { return token == aws::token_name::s3session_token; }

    aws::credentials_ptr who; ///< null: the request is not signed
    aws::provider_ptr from;
    aws::token_name token = aws::token_name::security_token;
};

} // namespace penstock::s3::detail
