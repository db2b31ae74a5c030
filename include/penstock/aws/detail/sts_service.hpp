// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/retry_strategy.hpp>
#include <penstock/aws/sts.hpp>

#include <string>

namespace penstock::aws::detail {

/// STS as one fetch of credentials sees it: settings are read anew for the next. Must outlive what it is asked.
class sts_service {
  public:
    /// Throws as `resolve_sts_endpoint`.
    PENSTOCK_DECL sts_service(const provider_context& context, const sts_settings& asked, const profile& in);
    /// With the profile that the environment chooses. Throws as `load_profile`, too.
    PENSTOCK_DECL sts_service(const provider_context& context, const sts_settings& asked);

    /// AssumeRole by the credentials of `base`, which are renewed once where STS says that they have expired. Without any
    /// it is `errc::invalid_credentials`: the role is set up.
    PENSTOCK_DECL awaitable<credentials> assume_role(provider_ptr base, assume_role_options role, std::string source) const;

    /// AssumeRoleWithWebIdentity by the token in a file, which is read again once where STS says that it has expired.
    PENSTOCK_DECL awaitable<credentials> assume_role_by_token(std::string token_file, assume_role_options role,
                                                              std::string source) const;

  private:
    struct question;
    PENSTOCK_DECL awaitable<credentials> ask(question q) const;
    PENSTOCK_DECL http::request request_of(const question& q, wall_time now) const;
    PENSTOCK_DECL std::string read_token(const std::string& path, const std::string& source) const;

    provider_context context_;
    endpoint to_;
    retry_options retry_;
};

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sts_service.ipp>
#endif
