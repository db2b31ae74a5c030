// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/s3/client_options.hpp>

namespace penstock::s3::detail {

/// Tells what is wrong with the options and the environment before anything is read or asked: half a key, a role that
/// cannot be.
PENSTOCK_DECL void check_credentials_options(const client_options& o);

/// The provider that a client signs by: the caller's own, else the chain of what the options let be asked, for a store at
/// that place; then the role that is to be assumed.
PENSTOCK_DECL aws::provider_ptr make_client_credentials(const client_options& o, const aws::endpoint_settings& store,
                                                        aws::provider_context context);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/client_credentials.ipp>
#endif
