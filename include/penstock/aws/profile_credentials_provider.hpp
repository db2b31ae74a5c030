// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/profile_location.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/sts.hpp>

namespace penstock::aws {

/// What a profile of the shared config and credentials files says: keys, a role taken by another profile or by a named
/// source, a web identity, single sign-on, or a process. The rules are those of `plan_profile_chain`. The files are read
/// at the first fetch, and again at every renewal; that blocks for as long as it takes to read two small files.
///
/// A profile without credentials is `errc::no_credentials`. One that is named and does not exist, or that cannot work, is
/// another code: in a chain the search ends there.
PENSTOCK_DECL provider_ptr make_profile_credentials_provider(profile_request which = {}, sts_settings sts = {},
                                                             const provider_context& context = {});

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/profile_credentials_provider.ipp>
#endif
