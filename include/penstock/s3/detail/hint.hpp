// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::s3::detail {

/// What is known of a refused request beyond what the store said.
struct circumstances {
    circumstances() = default;

    bool on_aws = false;            ///< the endpoint is AWS's own
    std::string_view region;        ///< that was signed for
    std::string_view access_key_id; ///< empty: the request was not signed
    /// How far the store's clock is ahead of ours.
    std::optional<std::chrono::seconds> clock_difference;
};

/// What to do about a failure that the store answered; empty where there is nothing to say.
PENSTOCK_DECL std::string hint_for(const failure& f, const circumstances& c);

/// The IAM action that an operation needs, "s3:GetObject" for "get object"; empty for operations that need none.
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
PENSTOCK_DECL std::string_view permission_for(std::string_view operation) noexcept;

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/hint.ipp>
#endif
