// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>
#include <penstock/aws/sso_settings.hpp>

namespace penstock::aws {

/// Credentials by the login that `aws sso login` left in its cache. The token of an sso-session is renewed
/// when it expires within five minutes, where the cache has what that takes, at most once in 30 s; the
/// cache's file is then replaced (mode 0600, what it has besides is kept). A renewal that fails is no error
/// while the token is valid.
///
/// Incomplete settings are `errc::invalid_profile`, an impossible region or endpoint what
/// `resolve_service_endpoint` throws, here. Later: `errc::invalid_credentials` where nobody is logged in or
/// the login has expired, with the command that logs in for a hint; `errc::access_denied` where the role is
/// not the user's; else what calling the service throws.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
PENSTOCK_DECL provider_ptr
make_sso_credentials_provider(sso_settings settings, const provider_context& context = provider_context());

namespace detail {

/// What such a provider calls. It remembers when it tried to renew the login, and the new one where that could not be
/// written.
PENSTOCK_DECL credentials_fetch make_sso_fetch(sso_settings settings, const provider_context& context);

} // namespace detail
} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sso_credentials_provider.ipp>
#endif
