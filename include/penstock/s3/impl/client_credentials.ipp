// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_credentials.hpp>

#include <penstock/aws/assume_role_credentials_provider.hpp>
#include <penstock/aws/default_credentials_chain.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>

#include <algorithm>
#include <utility>

namespace penstock::s3::detail {

inline aws::assume_role_options role_of(const aws::credentials_request& asked) {
    return aws::assume_role_options{asked.role_arn}.external_id(asked.external_id);
}

PENSTOCK_DECL void check_credentials_options(const client_options& o) {
    const auto& asked = o.credentials_request();
    if (!asked.role_arn.empty()) aws::check_role(role_of(asked));
    if (o.credentials()) return;
    const auto& sources = asked.sources;
    const bool by_environment = sources.empty() ? o.profile().name.empty()
                                                : std::find(sources.begin(), sources.end(),
                                                            aws::credentials_source::environment) != sources.end();
    if (by_environment) aws::make_environment_credentials_provider(o.environment());
}

PENSTOCK_DECL aws::provider_ptr make_client_credentials(const client_options& o, const aws::endpoint_settings& store,
                                                        aws::provider_context context) {
    const auto& asked = o.credentials_request();
    if (!asked.container_endpoint.empty())
        context.env(context.env().with("AWS_CONTAINER_CREDENTIALS_FULL_URI", asked.container_endpoint)
                        .with("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ""));
    if (!asked.container_token_file.empty())
        context.env(context.env().with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", asked.container_token_file));

    // Another store's region is no region of AWS's services.
    aws::sts_settings sts;
    if (!store.custom) sts.region(o.region()).switches(store.switches);

    auto found = o.credentials();
    if (!found) {
        aws::default_chain_options chain;
        chain.sources(asked.sources).profile(o.profile()).sts(sts).observer(o.credentials_observer());
        if (store.custom) chain.store_host(store.custom->host);
        found = aws::make_default_credentials_chain(chain, context);
    }
    if (asked.role_arn.empty()) return found;
    return aws::make_assume_role_credentials_provider(std::move(found), role_of(asked), sts, context);
}

} // namespace penstock::s3::detail
