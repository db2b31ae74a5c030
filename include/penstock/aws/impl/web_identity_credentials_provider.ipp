// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/web_identity_credentials_provider.hpp>

#include <penstock/aws/detail/sts_service.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>

#include <utility>

namespace penstock::aws {
namespace detail {

inline constexpr char web_identity_name[] = "web identity";

inline awaitable<credentials> fetch_by_web_identity(std::string token_file, assume_role_options role, sts_settings sts,
                                                    provider_context context) {
    const sts_service service{context, sts};
    auto got = co_await service.assume_role_by_token(std::move(token_file), std::move(role), web_identity_name);
    co_return got;
}

inline awaitable<credentials> fetch_by_web_identity_of_environment(sts_settings sts, provider_context context) {
    const auto file = context.env().get("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto arn = context.env().get("AWS_ROLE_ARN");
    if (!file) {
        throw_failure(failure{errc::no_credentials, std::string{web_identity_name} + ": AWS_WEB_IDENTITY_TOKEN_FILE is not set"});
    }
    if (!arn) {
        throw_failure(failure{errc::invalid_credentials,
                              std::string{web_identity_name} + ": AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not",
                              "set both or neither"});
    }
    assume_role_options role{*arn};
    role.session_name(context.env().get("AWS_ROLE_SESSION_NAME").value_or(""));
    check_role(role);
    auto got = co_await fetch_by_web_identity(*file, std::move(role), std::move(sts), std::move(context));
    co_return got;
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_web_identity_credentials_provider(std::string token_file, assume_role_options role,
                                                                  sts_settings sts, const provider_context& context) {
    if (token_file.empty()) throw_failure(failure{errc::invalid_option, "no file with a web identity token"});
    check_role(role);
    auto fetch = [token_file = std::move(token_file), role = std::move(role), sts = std::move(sts), context] {
        return detail::fetch_by_web_identity(token_file, role, sts, context);
    };
    return make_refreshing_credentials_provider(detail::web_identity_name, std::move(fetch), context.clock(),
                                                context.make_random());
}

PENSTOCK_DECL provider_ptr make_web_identity_credentials_provider(sts_settings sts, const provider_context& context) {
    auto fetch = [sts = std::move(sts), context] { return detail::fetch_by_web_identity_of_environment(sts, context); };
    return make_refreshing_credentials_provider(detail::web_identity_name, std::move(fetch), context.clock(),
                                                context.make_random());
}

} // namespace penstock::aws
