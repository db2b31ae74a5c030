// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace penstock::s3::detail {

/// The sessions that a client has with directory buckets: a provider for each bucket and each set of IAM keys, that renews
/// the session's keys ahead of their expiry. Keeps the 100 that were used last. Belongs to the client's executor.
class express_sessions {
  public:
    /// Sends CreateSession for a bucket.
    using create_function = std::function<awaitable<aws::credentials>(std::string bucket)>;

    PENSTOCK_DECL express_sessions(create_function create, std::shared_ptr<clock_source> clock,
                                   std::shared_ptr<random_source> random);

    /// The provider of the session that `who` has with `bucket`. Does no I/O.
    PENSTOCK_DECL aws::provider_ptr of(const std::string& bucket, const aws::credentials_ptr& who);

    static constexpr std::size_t limit = 100;
    std::size_t size() const noexcept { return known_.size(); }

  private:
    struct session {
        std::string bucket;
        aws::credentials_ptr who;
        aws::provider_ptr provider;
    };

    create_function create_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    std::vector<session> known_; ///< the latest first
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/express_sessions.ipp>
#endif
