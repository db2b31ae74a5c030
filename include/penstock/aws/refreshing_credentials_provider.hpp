// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>

#include <functional>
#include <memory>
#include <string>

namespace penstock::aws {

/// How long before they expire credentials are renewed; each is at most a share of their lifetime.
class refresh_windows {
  public:
    /// Five minutes or a fifth; one minute or a twentieth.
    refresh_windows() = default;
    refresh_windows(duration advisory, duration mandatory) : advisory_{advisory}, mandatory_{mandatory} {}

    /// From then on one caller renews them while the others go on with what there is.
    PENSTOCK_DECL duration advisory(duration lifetime) const noexcept;
    /// From then on everybody waits for new ones.
    PENSTOCK_DECL duration mandatory(duration lifetime) const noexcept;

  private:
    duration advisory_ = std::chrono::minutes{5};
    duration mandatory_ = std::chrono::minutes{1};
};

using credentials_fetch = std::function<awaitable<credentials>()>;

/// Keeps what `fetch` gives, and calls it again ahead of expiry (at a moment that differs from process to process), and
/// after the store refused what it gave. All callers on all threads share one call at a time, and its failure, which the
/// next call does not know of. `fetch` runs on the executor of the caller who comes first; when that one is cancelled or
/// its executor ends, the next in line calls it anew. Others wait for one call for at most a minute.
///
/// While the old credentials are still valid a failure to renew them is nobody's: they are used, and fetching is tried
/// again soon. Credentials that have expired when they come are `errc::invalid_credentials`.
PENSTOCK_DECL provider_ptr make_refreshing_credentials_provider(std::string name, credentials_fetch fetch,
                                                                std::shared_ptr<clock_source> clock,
                                                                std::shared_ptr<random_source> random,
                                                                refresh_windows windows = refresh_windows());

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/refreshing_credentials_provider.ipp>
#endif
