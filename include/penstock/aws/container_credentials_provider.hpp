// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>

namespace penstock::aws {

/// The role of a container: of an ECS task, by AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or, of EKS Pod Identity and others,
/// by AWS_CONTAINER_CREDENTIALS_FULL_URI. What stands in the file AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which is read at
/// each fetch, else in AWS_CONTAINER_AUTHORIZATION_TOKEN, is sent as the header Authorization.
///
/// A full URI must be HTTPS, or lead to this machine or to the addresses of ECS and EKS; a name, all of whose addresses must
/// be such, is connected to at the addresses that were checked. Three attempts of two seconds, a second apart; answers of at
/// most 64 KiB; never by way of a proxy.
///
/// `errc::no_credentials` where neither variable is set; everything else that is wrong has a code of its own:
/// `errc::invalid_endpoint` for a URI that cannot be or is not allowed, `errc::invalid_credentials` for a token or an answer
/// that cannot be used.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
PENSTOCK_DECL provider_ptr make_container_credentials_provider(const provider_context& context = provider_context());

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/container_credentials_provider.ipp>
#endif
