// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/configured_endpoint.hpp>

#include <penstock/core/detail/ascii.hpp>

namespace penstock::aws {
namespace detail {

inline setting endpoint_of_services(std::string_view service, const profile& in) {
    const auto section = in.get("services");
    if (!section) return {};
    if (!in.services)
        throw_failure(failure{errc::invalid_profile,
                              "profile '" + in.name + "' names the services '" + printable(*section, 128) + "'",
                              "there is no section [services " + *section + "] in the config file"});
    profile inside;
    inside.properties = *in.services;
    return {inside.get(service, "endpoint_url").value_or(""), "endpoint_url of services '" + *section + "'"};
}

} // namespace detail

PENSTOCK_DECL setting configured_endpoint_url(std::string_view service, const environment& env, const profile& in,
                                              std::optional<bool> ignore) {
    if (!ignore)
        ignore = as_bool(first_said({from_environment(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
                                     from_profile(in, "ignore_configured_endpoint_urls")}));
    if (ignore.value_or(false)) return {};
    std::string variable = "AWS_ENDPOINT_URL_";
    for (const char c : service) variable += penstock::detail::upper(c);
    auto said = first_said({from_environment(env, variable), from_environment(env, "AWS_ENDPOINT_URL")});
    if (said.value.empty()) said = detail::endpoint_of_services(service, in);
    if (said.value.empty()) said = from_profile(in, "endpoint_url");
    return said;
}

} // namespace penstock::aws
