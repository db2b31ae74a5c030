// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/s3_endpoint_rules.hpp>

#include <penstock/aws/access_point.hpp>
#include <penstock/aws/arn.hpp>
#include <penstock/aws/detail/host_name.hpp>
#include <penstock/aws/directory_bucket.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/partition.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>

#include <optional>
#include <string>
#include <utility>

namespace penstock::aws::detail {

[[noreturn]] inline void refuse_endpoint(std::string_view bucket, std::string message, std::string hint,
                                         errc code = errc::invalid_option) {
    error_detail d;
    d.bucket = bucket;
    d.message = std::move(message);
    d.hint = std::move(hint);
    throw_failure(failure{code, std::move(d)});
}

PENSTOCK_DECL void check_switches(const endpoint_settings& s, std::string_view bucket) {
    const auto& on = s.switches;
    if (on.accelerate.value_or(false) && on.fips.value_or(false))
        refuse_endpoint(bucket, "Transfer Acceleration has no FIPS endpoint",
                        "switch accelerate or fips off");
    const auto refuse_custom = [&](const std::optional<bool>& asked, const char* name) {
        if (s.custom && asked.value_or(false))
            refuse_endpoint(bucket,
                            std::string{name} + " chooses a host name, and the endpoint " + s.custom->url() +
                                " is one",
                            std::string{"switch "} + name +
                                " off (an endpoint_url may name such a host itself), or unset endpoint_url");
    };
    refuse_custom(on.dual_stack, "dual_stack");
    refuse_custom(on.fips, "fips");
    refuse_custom(on.accelerate, "accelerate");
    if (s.custom) return;

    const auto& p = partition_of(s.region);
    const auto refuse_partition = [&](const char* name, std::string what) {
        refuse_endpoint(
            bucket, "S3 has no " + what + " in partition " + std::string{p.id} + " (region " + s.region + ")",
            std::string{"switch "} + name + " off, or choose a region that has it");
    };
    if (on.fips.value_or(false) && !p.s3_fips) refuse_partition("fips", "FIPS endpoints");
    if (on.dual_stack.value_or(false) && !on.fips.value_or(false) && !p.s3_dual_stack)
        refuse_partition("dual_stack", "dual-stack endpoints");
    if (on.accelerate.value_or(false) && !p.s3_accelerate)
        refuse_partition("accelerate", "Transfer Acceleration");
}

/// "s3", region and partition to a host of AWS: "s3.us-west-2.amazonaws.com", with "dualstack." where it is
/// on.
inline http::origin aws_origin(const endpoint_settings& s, std::string_view service,
                               std::string_view region) {
    std::string host{service};
    if (s.switches.dual_stack.value_or(false)) host += ".dualstack";
    if (!region.empty()) host.append(".").append(region);
    host.append(".").append(partition_of(region.empty() ? s.region : region).dns_suffix);
    return http::origin{std::move(host), 443, true};
}

/// "s3" or "s3-fips".
inline std::string with_fips(const endpoint_settings& s, std::string service) {
    if (s.switches.fips.value_or(false)) service += "-fips";
    return service;
}

inline void put_into_path(endpoint& e, std::string_view bucket) {
    e.path_prefix += '/';
    append_uri_encoded(e.path_prefix, bucket);
}

inline void put_into_host(endpoint& e, std::string_view label) {
    e.to.host.insert(0, std::string{label} + ".");
}

// ---- access points by ARN

inline void resolve_access_point(endpoint& e, const endpoint_settings& s, std::string_view arn,
                                 api_plane plane) {
    const auto parsed = parse_access_point(arn);
    if (!parsed) throw_failure(parsed.error());
    const auto& point = *parsed;
    if (plane == api_plane::control)
        refuse_endpoint(arn, "an access point is neither made nor removed as a bucket",
                        "give the bucket's name");
    if (s.switches.accelerate.value_or(false))
        refuse_endpoint(arn, "access points have no Transfer Acceleration", "switch accelerate off");
    if (s.path_style.value_or(false))
        refuse_endpoint(arn, "an access point's ARN has no path style",
                        "leave path_style unset, or use the access point's alias as the bucket");
    if (s.custom && is_literal_address(s.custom->host))
        refuse_endpoint(
            arn, "an access point goes into the host name, and the endpoint " + s.custom->url() + " has none",
            "give the endpoint by name, or use the access point's alias as the bucket");
    const auto ours = signing_region(s.region);
    if (!s.switches.use_arn_region.value_or(true) && point.region != s.region)
        refuse_endpoint(arn, "its region is not the client's, " + s.region + ", and use_arn_region is off",
                        "set the region to " + std::string{point.region} + ", or use_arn_region on");
    const auto &theirs = partition_of(point.region), &own = partition_of(ours);
    if (theirs.id != own.id)
        refuse_endpoint(arn,
                        "it is in partition " + std::string{theirs.id} + ", the client (region " + s.region +
                            ") in " + std::string{own.id},
                        "set a region of partition " + std::string{theirs.id} + "; its keys are others, too");
    if (!s.custom) e.to = aws_origin(s, with_fips(s, "s3-accesspoint"), point.region);
    put_into_host(e, std::string{point.name} + "-" + std::string{point.account_id});
    e.region = point.region;
}

// ---- directory buckets (S3 Express One Zone)

inline void resolve_directory_bucket(endpoint& e, const endpoint_settings& s, std::string_view bucket,
                                     api_plane plane) {
    e.service = "s3express";
    const bool sessions = s.switches.express_sessions.value_or(true);
    if (plane == api_plane::data && sessions) e.auth = auth_scheme::sigv4_s3express;
    if (s.switches.accelerate.value_or(false))
        refuse_endpoint(bucket, "directory buckets have no Transfer Acceleration", "switch accelerate off");
    const bool path_style = s.custom && (s.path_style.value_or(true) || is_literal_address(s.custom->host));
    if (path_style) return put_into_path(e, bucket);
    if (plane == api_plane::control && !s.custom && !bucket.ends_with(directory_access_point_suffix)) {
        e.to = aws_origin(s, with_fips(s, "s3express-control"), e.region);
        return put_into_path(e, bucket);
    }
    const auto zone = zone_of_directory_bucket(bucket);
    if (!fits_host_name(bucket) || bucket.find('.') != std::string_view::npos)
        refuse_endpoint(bucket, "the name of a directory bucket has to fit into a host name",
                        "such names are made of 3 to 63 lower-case letters, digits and '-'");
    if (!s.custom) {
        if (!zone)
            refuse_endpoint(bucket, "the name of a directory bucket, but without a zone in it",
                            "such names look like base--use1-az4--x-s3");
        e.to = aws_origin(s, with_fips(s, "s3express") + "-" + std::string{*zone}, e.region);
    }
    put_into_host(e, bucket);
}

// ---- all others

/// S3 without a bucket.
inline http::origin service_origin(const endpoint_settings& s) {
    const auto& on = s.switches;
    const bool legacy =
        s.region == "aws-global" || (s.region == "us-east-1" && on.legacy_us_east_1.value_or(false));
    const bool global = legacy && !on.fips.value_or(false) && !on.dual_stack.value_or(false);
    return aws_origin(s, with_fips(s, "s3"), global ? std::string_view{} : signing_region(s.region));
}

inline void resolve_bucket(endpoint& e, const endpoint_settings& s, std::string_view bucket) {
    const bool dotted = bucket.find('.') != std::string_view::npos;
    const bool fits = fits_host_name(bucket) && !(dotted && e.to.tls) && !is_literal_address(bucket);
    const bool path_style = s.path_style.value_or(s.custom.has_value());
    if (s.switches.accelerate.value_or(false)) {
        if (path_style || !fits)
            refuse_endpoint(
                bucket, "Transfer Acceleration needs the bucket in the host name",
                path_style
                    ? "switch accelerate or path_style off"
                    : "switch accelerate off: this name (dots, upper case, length) does not fit there");
        // The rule set puts a region into one of these names, and only there.
        const bool with_region = s.region == "aws-global" && s.switches.dual_stack.value_or(false);
        e.to = aws_origin(s, "s3-accelerate", with_region ? std::string_view{e.region} : std::string_view{});
    }
    if (path_style || !fits || is_literal_address(e.to.host)) return put_into_path(e, bucket);
    put_into_host(e, bucket);
}

PENSTOCK_DECL endpoint apply_s3_rules(const endpoint_settings& s, std::string_view bucket, api_plane plane) {
    if (s.region.empty())
        refuse_endpoint(bucket, "no region is set", "set a region, as in us-east-1", errc::invalid_region);
    check_switches(s, bucket);
    endpoint e;
    e.to = s.custom ? *s.custom : service_origin(s);
    e.path_prefix = s.base_path;
    e.region = signing_region(s.region);
    if (bucket.empty()) {
        if (plane == api_plane::control) {
            e.service = "s3express";
            if (!s.custom) e.to = aws_origin(s, with_fips(s, "s3express-control"), e.region);
        }
    } else if (is_arn(bucket)) {
        resolve_access_point(e, s, bucket, plane);
    } else if (is_directory_bucket(bucket)) {
        resolve_directory_bucket(e, s, bucket, plane);
    } else if (bucket.ends_with("--op-s3")) {
        refuse_endpoint(bucket, "an access point of S3 on Outposts",
                        "use a bucket or an access point of a region", errc::unsupported);
    } else {
        resolve_bucket(e, s, bucket);
    }
    e.host_header = s.host_header.empty() ? host_with_port(e.to) : s.host_header;
    return e;
}

} // namespace penstock::aws::detail
