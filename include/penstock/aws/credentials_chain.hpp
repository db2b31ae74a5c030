// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>

#include <vector>

namespace penstock::aws {

/// Asks `providers` in order, and keeps to the first that has credentials. One that has none
/// (`errc::no_credentials`) is passed over; any other failure ends the chain, for a source that is set up and
/// broken must not silently become another identity. When all have none, the error tells what each of them
/// said.
///
/// Throws `errc::invalid_option` for an empty list or a null in it.
PENSTOCK_DECL provider_ptr make_credentials_chain(std::vector<provider_ptr> providers);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/credentials_chain.ipp>
#endif
