// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_request.hpp>
#include <penstock/aws/environment.hpp>
#include <penstock/aws/profile_location.hpp>
#include <penstock/aws/retry_strategy.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/rate_limiter.hpp>
#include <penstock/core/semaphore.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace penstock::s3::detail {

/// How many requests a client may have at a time where nobody says it: PENSTOCK_S3_REQUEST_CONCURRENCY, else
/// TENSORSTORE_S3_REQUEST_CONCURRENCY, else 32. Throws `errc::invalid_option` where such a variable is no whole number from 1.
PENSTOCK_DECL std::uint64_t default_request_concurrency(const aws::environment& env);

/// Of `s3_request_concurrency`.
struct request_limit_resource {
    std::shared_ptr<fair_semaphore> limit;
};

/// Of `data_copy_concurrency`.
struct copy_limit_resource {
    std::shared_ptr<semaphore> limit;
};

struct credentials_resource {
    bool anonymous = false;
    aws::credentials_request request;
    aws::profile_request profile;
};

/// Null where there is no limit.
struct rate_resource {
    std::shared_ptr<rate_limiter> reads, writes;
};

/// Another name for a resource.
struct alias_resource {
    std::string name;
};

using context_resource =
    std::variant<alias_resource, request_limit_resource, copy_limit_resource, aws::retry_options, credentials_resource,
                 rate_resource>;

/// The resources of one `context`; what it has not got is its parent's.
class context_scope {
  public:
    explicit context_scope(aws::environment env) : env_{std::move(env)} {}
    explicit context_scope(std::shared_ptr<const context_scope> parent)
        : env_{parent->env_}, parent_{std::move(parent)} {}

    std::map<std::string, context_resource, std::less<>> resources; ///< filled before anybody shares it

    const aws::environment& env() const noexcept { return env_; }
    const std::shared_ptr<const context_scope>& parent() const noexcept { return parent_; }

    /// The limits that "shared" means.
    PENSTOCK_DECL std::shared_ptr<fair_semaphore> shared_requests() const;
    PENSTOCK_DECL std::shared_ptr<semaphore> shared_copies() const;

  private:
    PENSTOCK_DECL const context_scope& root() const noexcept;

    aws::environment env_;
    std::shared_ptr<const context_scope> parent_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<fair_semaphore> requests_; ///< of the root
    mutable std::shared_ptr<semaphore> copies_;        ///< of the root
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/store_context.ipp>
#endif
