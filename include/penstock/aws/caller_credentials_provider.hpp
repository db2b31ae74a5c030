// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>

#include <string>

namespace penstock::aws {

/// Credentials from the caller's own secret store: `fetch` is awaited as `make_refreshing_credentials_provider` says. What
/// it throws is told to who waits; `errc::no_credentials` means, in a chain, that the next source is asked.
PENSTOCK_DECL provider_ptr make_caller_credentials_provider(credentials_fetch fetch, std::string name = "caller",
                                                            const provider_context& context = {});

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/caller_credentials_provider.ipp>
#endif
