// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/service_endpoint.hpp>

#include <penstock/aws/detail/host_name.hpp>
#include <penstock/aws/endpoint_url.hpp>
#include <penstock/aws/partition.hpp>
#include <penstock/aws/region.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace penstock::aws {
namespace detail {

struct service_names {
    std::string_view host;    ///< before the region
    std::string_view signing; ///< in signatures
};

constexpr service_names names_of(credential_service service) noexcept {
    switch (service) {
    case credential_service::sts:
        return {"sts", "sts"};
    case credential_service::sso:
        return {"portal.sso", "awsssoportal"};
    case credential_service::sso_oidc:
        break;
    }
    return {"oidc", "sso-oauth"};
}

/// The regions that were there when STS had one endpoint.
inline constexpr std::string_view legacy_sts_regions[] = {
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",  "us-east-2",      "us-west-1",      "us-west-2",
};

inline std::string service_host(credential_service service, std::string_view region,
                                const endpoint_switches& on) {
    const bool fips = on.fips.value_or(false), dual_stack = on.dual_stack.value_or(false);
    const auto& p = partition_of(region);
    const auto suffix = dual_stack ? p.dual_stack_suffix : p.dns_suffix;
    std::string host{names_of(service).host};
    // In GovCloud the endpoints for IPv4 alone are FIPS ones under their plain names.
    if (fips && (dual_stack || p.id != "aws-us-gov")) host += "-fips";
    return host.append(".").append(region).append(".").append(suffix);
}

} // namespace detail

PENSTOCK_DECL endpoint resolve_service_endpoint(credential_service service, std::string_view endpoint_url,
                                                std::string_view region, const endpoint_switches& on) {
    const bool fips = on.fips.value_or(false), dual_stack = on.dual_stack.value_or(false);
    if (!region.empty()) check_region(region, false);
    endpoint e;
    e.service = detail::names_of(service).signing;
    e.region = signing_region(region);
    if (!endpoint_url.empty()) {
        auto custom = parse_endpoint_url(endpoint_url);
        if (fips || dual_stack)
            throw_failure(failure{errc::invalid_option,
                                  std::string{fips ? "fips" : "dual_stack"} +
                                      " chooses a host name, and the endpoint " + custom.to.url() + " is one",
                                  "switch it off, or unset the endpoint of this service"});
        e.to = std::move(custom.to);
        e.path_prefix = std::move(custom.base_path);
        e.host_header = detail::host_with_port(e.to);
        return e;
    }
    if (region.empty())
        throw_failure(failure{errc::invalid_region,
                              "no region for " + std::string{detail::names_of(service).host},
                              "set a region, as in us-east-1"});
    const auto& old = detail::legacy_sts_regions;
    const bool legacy =
        on.legacy_sts.value_or(false) && std::find(std::begin(old), std::end(old), region) != std::end(old);
    if (service == credential_service::sts && (legacy || region == "aws-global") && !fips && !dual_stack) {
        e.region = partition_of("aws-global").implicit_global_region;
        e.to = http::origin{"sts.amazonaws.com", 443, true};
    } else {
        e.to = http::origin{detail::service_host(service, e.region, on), 443, true};
    }
    e.host_header = e.to.host;
    return e;
}

} // namespace penstock::aws
