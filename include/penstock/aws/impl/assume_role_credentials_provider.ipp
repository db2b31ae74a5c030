// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/assume_role_credentials_provider.hpp>

#include <penstock/aws/detail/sts_service.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>

#include <utility>

namespace penstock::aws {
namespace detail {

inline awaitable<credentials> fetch_assumed_role(provider_ptr base, assume_role_options role, sts_settings sts,
                                                 provider_context context) {
    const sts_service service{context, sts};
    auto got = co_await service.assume_role(std::move(base), std::move(role), "assume role");
    co_return got;
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_assume_role_credentials_provider(provider_ptr base, assume_role_options role,
                                                                 sts_settings sts, const provider_context& context) {
    if (!base) throw_failure(failure{errc::invalid_option, "a role without credentials to take it by"});
    check_role(role);
    auto fetch = [base = std::move(base), role = std::move(role), sts = std::move(sts), context] {
        return detail::fetch_assumed_role(base, role, sts, context);
    };
    return make_refreshing_credentials_provider("assume role", std::move(fetch), context.clock(), context.make_random());
}

} // namespace penstock::aws
