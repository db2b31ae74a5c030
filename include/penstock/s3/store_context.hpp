// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>
#include <penstock/core/fair_semaphore.hpp>

#include <memory>
#include <utility>

namespace penstock::s3 {

namespace detail {
class context_scope;
}

/// What clients that are configured apart use together: limits and settings, by name. A handle: copies are the same context.
/// Thread-safe. `parse_store_context` makes one with resources in it.
class store_context {
  public:
    /// Nothing but the defaults.
    PENSTOCK_DECL explicit store_context(aws::environment env = aws::environment());
    explicit store_context(std::shared_ptr<const detail::context_scope> scope) noexcept : scope_{std::move(scope)} {}

    /// The limit of all in this context who say "shared": PENSTOCK_S3_REQUEST_CONCURRENCY, else
    /// TENSORSTORE_S3_REQUEST_CONCURRENCY, else 32. Throws `errc::invalid_option` where such a variable is no whole number
    /// from 1.
    PENSTOCK_DECL std::shared_ptr<fair_semaphore> shared_requests() const;

    const std::shared_ptr<const detail::context_scope>& scope() const noexcept { return scope_; }

  private:
    std::shared_ptr<const detail::context_scope> scope_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/store_context.ipp>
#endif
