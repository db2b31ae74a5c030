// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>

namespace penstock::aws {

/// Unsigned requests, for public data. Probes nothing.
PENSTOCK_DECL provider_ptr make_anonymous_credentials_provider();

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/anonymous_credentials_provider.ipp>
#endif
