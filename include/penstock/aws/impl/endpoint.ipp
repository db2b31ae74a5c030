// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>

#include <penstock/aws/arn.hpp>
#include <penstock/aws/bucket_name.hpp>
#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/configured_endpoint.hpp>
#include <penstock/aws/detail/s3_endpoint_rules.hpp>
#include <penstock/aws/endpoint_url.hpp>
#include <penstock/aws/region.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>

#include <utility>

namespace penstock::aws {
namespace detail {

/// Where a value stands that `check` refuses is part of the story, unless it is the caller's own.
template <class Check>
void check_setting(const setting& s, Check check) {
    try {
        check();
    } catch (const error& e) {
        if (s.source.empty()) throw;
        throw_failure(e.as_failure().with([&s](error_detail& d) { d.message += " (" + s.source + ")"; }));
    }
}

} // namespace detail

PENSTOCK_DECL endpoint_settings make_endpoint_settings(const endpoint_request& asked, const environment& env,
                                                       const profile& in) {
    endpoint_settings out;
    setting url{asked.endpoint_url, ""};
    if (url.value.empty()) url = configured_endpoint_url("s3", env, in, asked.ignore_configured_endpoint_urls);
    if (!url.value.empty()) {
        detail::check_setting(url, [&] {
            auto custom = parse_endpoint_url(url.value);
            out.custom = std::move(custom.to);
            out.base_path = std::move(custom.base_path);
        });
    }

    const auto said = read_client_settings(env, in);
    out.path_style = asked.path_style ? asked.path_style : said.path_style;
    out.host_header = asked.host_header;
    if (!out.host_header.empty()) {
        if (!out.custom)
            throw_failure(failure{errc::invalid_option, "a host header without an endpoint",
                                  "set endpoint_url as well: the header alone would not change where requests go"});
        if (!http::valid_header("Host", out.host_header) || out.host_header.find_first_of(" \t/@") != std::string::npos)
            throw_failure(failure{errc::invalid_option, "the host header is no host"});
    }

    const auto region = first_said({{asked.region, ""},
                                    from_environment(env, "AWS_REGION"),
                                    from_environment(env, "AWS_DEFAULT_REGION"),
                                    from_profile(in, "region")});
    out.region = region.value;
    out.region_is_default = out.region.empty();
    if (out.region_is_default) {
        const bool r2 = out.custom && out.custom->host.ends_with(".r2.cloudflarestorage.com");
        out.region = r2 ? "auto" : "us-east-1";
    }
    detail::check_setting(region, [&] { check_region(out.region, asked.check_region && !out.custom); });
    out.switches = complete_switches(asked.switches, said.switches);
    detail::check_switches(out, "");
    return out;
}

PENSTOCK_DECL endpoint resolve_endpoint(const endpoint_settings& settings, std::string_view bucket,
                                        api_plane plane) {
    if (!bucket.empty() && !is_arn(bucket) && !valid_bucket_name(bucket)) {
        auto d = bad_bucket_name(bucket);
        d.bucket = bucket;
        throw_failure(failure{errc::invalid_option, std::move(d)});
    }
    return detail::apply_s3_rules(settings, bucket, plane);
}

} // namespace penstock::aws
