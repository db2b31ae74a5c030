// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/http/resolver.hpp>

#include <cstddef>
#include <memory>

namespace penstock::http {

class caching_resolver_options {
  public:
    caching_resolver_options() = default;

    /// Answers are kept for their own time to live, but no longer than this. Short: a store moves its load by DNS.
    caching_resolver_options& max_ttl(duration d) { return max_ttl_ = d, *this; }
    /// That a name does not exist is remembered for so long, once it was said twice within such a time: name servers are
    /// wrong for a moment, too, and a retry must reach them. That a name server did not answer is not remembered.
    caching_resolver_options& negative_ttl(duration d) { return negative_ttl_ = d, *this; }
    /// An address that took no connection comes after the others for so long.
    caching_resolver_options& avoid_for(duration d) { return avoid_for_ = d, *this; }

    duration max_ttl() const noexcept { return max_ttl_; }
    duration negative_ttl() const noexcept { return negative_ttl_; }
    duration avoid_for() const noexcept { return avoid_for_; }

  private:
    duration max_ttl_ = std::chrono::seconds{5};
    duration negative_ttl_ = std::chrono::seconds{1};
    duration avoid_for_ = std::chrono::seconds{30};
};

/// Keeps another resolver's answers, and spreads connections over them: each call gets all addresses, and each begins with
/// the next one, from a random start (S3 gives eight addresses and expects them all to be used). One query a name at a
/// time: who asks meanwhile shares its answer, or its failure; where its caller is cancelled, another of them asks.
/// Remembers 1,024 names at most.
PENSTOCK_DECL std::shared_ptr<resolver>
make_caching_resolver(std::shared_ptr<resolver> names, std::shared_ptr<clock_source> clock,
                      std::shared_ptr<random_source> random,
                      caching_resolver_options options = caching_resolver_options());

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/caching_resolver.ipp>
#endif
