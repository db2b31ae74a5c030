// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint_switches.hpp>
#include <penstock/aws/environment.hpp>
#include <penstock/aws/profile.hpp>
#include <penstock/http/origin.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::aws {

/// What the caller says about the endpoint; empty members are unsaid.
struct endpoint_request {
    endpoint_request() = default;

    std::string endpoint_url;
    std::string region;
    std::optional<bool> path_style;
    std::string host_header;
    bool check_region = true;
    endpoint_switches switches;
    /// Whether endpoints that environment or profile name do not count.
    std::optional<bool> ignore_configured_endpoint_urls;
};

/// The same with environment, profile and defaults added, checked: what requests are resolved by.
struct endpoint_settings {
    endpoint_settings() = default;

    std::string region;
    bool region_is_default = false; ///< nobody named one
    /// The endpoint that was named; none means AWS.
    std::optional<http::origin> custom;
    std::string base_path; ///< of the custom endpoint, "" or "/base"
    std::string host_header;
    std::optional<bool> path_style;
    endpoint_switches switches;
};

/// How requests are signed.
enum class auth_scheme {
    sigv4,
    sigv4_s3express, ///< SigV4 with the keys of a session of the bucket: x-amz-s3session-token
};

/// The two interfaces that directory buckets have. Of other buckets they are one.
enum class api_plane {
    data,    ///< objects, and looking at a bucket: on the endpoint of the bucket's zone
    control, ///< making and removing buckets, and listing the directory buckets: on that of the region
};

/// Where requests go, and how they are signed.
struct endpoint {
    endpoint() = default;

    http::origin to;
    std::string host_header; ///< the value of Host: with a port where it is not the scheme's own
    std::string path_prefix; ///< what comes before "/key": "", "/base", "/bucket", "/base/bucket"
    std::string region;      ///< to sign for
    std::string service = "s3"; ///< to sign for
    auth_scheme auth = auth_scheme::sigv4;

    std::string url() const { return to.url(); }
};

/// Explicit settings beat the environment, and that the profile: see `configured_endpoint_url` and `read_client_settings`;
/// AWS_REGION, AWS_DEFAULT_REGION, region. A region that nobody names is us-east-1; "auto" on Cloudflare R2.
/// Throws `errc::invalid_endpoint`, `errc::invalid_region`, `errc::invalid_option` (a host header without an endpoint,
/// switches that exclude each other), and what reading the settings of environment and profile throws.
PENSTOCK_DECL endpoint_settings make_endpoint_settings(const endpoint_request& asked, const environment& env,
                                                       const profile& in = profile());

/// Resolves the S3 endpoint for `bucket`: a bucket's name, an access point's alias or ARN; empty for the service itself.
///
/// On AWS the bucket goes into the host name, on a custom endpoint into the path, unless `path_style` says otherwise;
/// always into the path where the host name could not carry it: a literal address, a name that is no DNS label, dots
/// under TLS (whose wildcard covers one label). Access points by ARN, acceleration, and directory buckets on AWS have
/// no path style: with the first two it is refused, with the last ignored.
///
/// Throws `errc::invalid_option` for text that no bucket can have for its name and for what cannot be combined,
/// `errc::invalid_region`, `errc::unsupported` (Outposts, Object Lambda, multi-region access points). The story names
/// bucket or ARN, and what to do.
///
/// Rules: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html and AWS's endpoint rule set for S3.
PENSTOCK_DECL endpoint resolve_endpoint(const endpoint_settings& settings, std::string_view bucket,
                                        api_plane plane = api_plane::data);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/endpoint.ipp>
#endif
