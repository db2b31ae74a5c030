// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>

#include <functional>
#include <string>

namespace penstock::aws {

/// Credentials from the caller's own secret store: `fetch` is awaited when there are none yet, when those at hand are
/// within a minute of their expiration, and after the store refused them. It may be called from several executors at
/// once, and is called once for each caller who waits.
PENSTOCK_DECL provider_ptr make_caller_credentials_provider(std::function<awaitable<credentials>()> fetch,
                                                            std::string name = "caller");

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/caller_credentials_provider.ipp>
#endif
