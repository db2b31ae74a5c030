// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/sts.hpp>

namespace penstock::aws {

/// The keys of a role's session, renewed ahead of expiry; `base` signs the requests to STS. Throws `errc::invalid_option`
/// as `check_role` does, and for no base.
///
/// Later: `errc::invalid_credentials` where `base` has none, or is anonymous; what it throws besides; what
/// `resolve_sts_endpoint` and reading the profile throw; and what STS refuses: `errc::access_denied`, `errc::expired_token`
/// (after one renewal of the base's) and others, with its code, message and request id. Passing trouble is tried again, for a
/// minute in all.
///
///     auto base = aws::make_environment_credentials_provider();
///     auto role = aws::assume_role_options{"arn:aws:iam::123456789012:role/reader"}.external_id("partner-7");
///     auto keys = aws::make_assume_role_credentials_provider(base, role);
PENSTOCK_DECL provider_ptr make_assume_role_credentials_provider(provider_ptr base, assume_role_options role,
                                                                 sts_settings sts = {},
                                                                 const provider_context& context = {});

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/assume_role_credentials_provider.ipp>
#endif
