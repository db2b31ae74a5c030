// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/profile_chain.hpp>
#include <penstock/aws/profile_location.hpp>
#include <penstock/aws/provider_context.hpp>

#include <functional>

namespace penstock::aws::detail {

/// Makes the provider of the source that a chain begins with, of a profile in these files: environment, container, instance
/// metadata, single sign-on, process.
using profile_source_opener =
    std::function<provider_ptr(const profile_chain&, const profile_request&, const provider_context&)>;

PENSTOCK_DECL provider_ptr open_profile_source(const profile_chain& chain, const profile_request& which,
                                               const provider_context& context);

/// `make_profile_credentials_provider` with another way to open sources, for tests.
PENSTOCK_DECL provider_ptr make_profile_provider(profile_request which, sts_settings sts, const provider_context& context,
                                                 profile_source_opener open);

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/profile_credentials_provider.ipp>
#endif
