// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/environment.hpp>

namespace penstock::aws {

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where set, AWS_SESSION_TOKEN and AWS_ACCOUNT_ID; read anew once a second,
/// for a process may change them. Half a key is `errc::invalid_credentials` naming the missing variable, thrown here
/// already; none at all is `errc::no_credentials`, thrown when credentials are needed.
/// https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
PENSTOCK_DECL provider_ptr make_environment_credentials_provider(environment env = environment());

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/environment_credentials_provider.ipp>
#endif
