// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/retry_strategy.hpp>

#include <functional>
#include <string>
#include <utility>

namespace penstock::aws::detail {

/// For all attempts at one request to a service that gives credentials: others who need these wait for about as long.
inline constexpr std::chrono::seconds service_deadline{60};

/// What a small service around a store is asked, and how its answers are read.
struct service_call {
    service_call(endpoint to, std::function<http::request()> ask) : to{std::move(to)}, ask{std::move(ask)} {}

    endpoint to;
    std::function<http::request()> ask; ///< for each attempt anew: it may be signed for its time
    std::string body;
    http::fetch_options limits;
    retry_options retry;
    /// Looks at an answer: no failure where it is taken. Unset: every answer is.
    std::function<failure(const http::document&)> look;
    /// Whether an answer that was refused told what to mend, which is done: the next attempt comes at once. Must end that by
    /// itself. Unset: never.
    std::function<bool(const failure&, const http::document&)> mend;
};

/// Asks until an answer is taken, as often as the rules of retries allow. Throws the last failure with where it was and all
/// its attempts. Cancellation (any type) closes the connection, or ends the wait for another attempt.
PENSTOCK_DECL awaitable<http::document> call_service(provider_context context, service_call call);

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/service_call.ipp>
#endif
