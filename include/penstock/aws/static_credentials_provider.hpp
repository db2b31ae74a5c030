// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>

#include <string>

namespace penstock::aws {

/// Always the same keys. Throws `errc::invalid_credentials` where one of the two is missing or a value could not stand
/// in a header; the value itself is never told.
PENSTOCK_DECL provider_ptr make_static_credentials_provider(std::string access_key_id, std::string secret_access_key,
                                                            std::string session_token = {},
                                                            std::string source = "static");

/// Throws `errc::invalid_credentials` for keys that cannot be used; every provider's answer passes here.
PENSTOCK_DECL void check_credentials(const credentials& c);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/static_credentials_provider.ipp>
#endif
