// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/client_settings.hpp>

namespace penstock::aws {
namespace detail {

/// What the environment says, else the profile.
inline setting either(const environment& env, const profile& in, const char* variable, const char* property) {
    return first_said({from_environment(env, variable), from_profile(in, property)});
}

/// "legacy" or "regional".
inline std::optional<bool> as_legacy(const setting& s) {
    const auto word = as_word(s, {"regional", "legacy"});
    if (!word) return std::nullopt;
    return *word == 1;
}

} // namespace detail

PENSTOCK_DECL endpoint_switches read_service_switches(const environment& env, const profile& in) {
    endpoint_switches out;
    out.dual_stack = as_bool(detail::either(env, in, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
    out.fips = as_bool(detail::either(env, in, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
    out.legacy_sts = detail::as_legacy(detail::either(env, in, "AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints"));
    return out;
}

PENSTOCK_DECL client_settings read_client_settings(const environment& env, const profile& in) {
    const auto either = [&](const char* variable, const char* property) {
        return detail::either(env, in, variable, property);
    };
    const auto of_s3 = [&](const char* property) { return from_profile(in, "s3", property); };

    client_settings out;
    if (const auto style = as_word(of_s3("addressing_style"), {"virtual", "path", "auto"}); style && *style < 2)
        out.path_style = *style == 1;
    auto& switches = out.switches;
    switches = read_service_switches(env, in);
    switches.accelerate = as_bool(of_s3("use_accelerate_endpoint"));
    switches.dual_stack =
        as_bool(first_said({from_environment(env, "AWS_USE_DUALSTACK_ENDPOINT"), of_s3("use_dualstack_endpoint"),
                            from_profile(in, "use_dualstack_endpoint")}));
    switches.use_arn_region =
        as_bool(first_said({either("AWS_S3_USE_ARN_REGION", "s3_use_arn_region"), of_s3("use_arn_region")}));
    if (const auto off = as_bool(either("AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "s3_disable_express_session_auth")))
        switches.express_sessions = !*off;
    switches.legacy_us_east_1 = detail::as_legacy(first_said(
        {either("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "s3_us_east_1_regional_endpoint"), of_s3("us_east_1_regional_endpoint")}));
    out.ca_bundle = either("AWS_CA_BUNDLE", "ca_bundle").value;
    const auto mode = as_word(either("AWS_RETRY_MODE", "retry_mode"), {"standard", "legacy", "adaptive"});
    if (mode) out.retry = retry_options::preset(*mode == 0 ? "aws-standard" : *mode == 2 ? "adaptive" : "default");
    if (const auto attempts = as_count(either("AWS_MAX_ATTEMPTS", "max_attempts")))
        out.retry = out.retry.value_or(retry_options{}).max_attempts(*attempts);
    return out;
}

} // namespace penstock::aws
