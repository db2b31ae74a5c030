// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/sts.hpp>

#include <string>

namespace penstock::aws {

/// The keys of a role's session by an OpenID Connect token in `token_file`, read anew at each fetch: what a Kubernetes
/// service account has on EKS. External id, tags and source identity of the role are not sent. Throws
/// `errc::invalid_option` as `check_role` does, and for no file. Later: the system's code for a file that cannot be read,
/// `errc::invalid_credentials` for one that holds no token, and what STS refuses, as the provider of AssumeRole.
/// https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
PENSTOCK_DECL provider_ptr make_web_identity_credentials_provider(std::string token_file, assume_role_options role,
                                                                  sts_settings sts = {},
                                                                  const provider_context& context = {});

/// The same as the environment has it: AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and, where set, AWS_ROLE_SESSION_NAME.
/// Without a token file it is `errc::no_credentials`, with one and no role `errc::invalid_credentials`, thrown when
/// credentials are needed.
PENSTOCK_DECL provider_ptr make_web_identity_credentials_provider(sts_settings sts = {},
                                                                  const provider_context& context = {});

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/web_identity_credentials_provider.ipp>
#endif
