// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>
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
};

/// The same with the environment and the defaults added, checked: what requests are resolved by.
struct endpoint_settings {
    endpoint_settings() = default;

    std::string region;
    /// The endpoint that was named; none means AWS.
    std::optional<http::origin> custom;
    std::string base_path; ///< of the custom endpoint, "" or "/base"
    std::string host_header;
    std::optional<bool> path_style;
};

/// Where the requests for one bucket go.
struct endpoint {
    endpoint() = default;

    http::origin to;
    std::string host_header; ///< the value of Host: with a port where it is not the scheme's own
    std::string path_prefix; ///< what comes before "/key": "", "/base", "/bucket", "/base/bucket"
    std::string region;      ///< to sign for

    std::string url() const { return to.url(); }
};

/// Explicit settings beat the environment (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; AWS_REGION, AWS_DEFAULT_REGION).
/// A region that nobody names is us-east-1; "auto" on Cloudflare R2. Throws `errc::invalid_endpoint`,
/// `errc::invalid_region`, `errc::invalid_option` (a host header without an endpoint).
PENSTOCK_DECL endpoint_settings make_endpoint_settings(const endpoint_request& asked, const environment& env);

/// Resolves the endpoint for `bucket` (empty: the service itself). On AWS the bucket goes into the host name, on a
/// custom endpoint into the path, unless `path_style` says otherwise; always into the path where the host name could
/// not carry it: a literal address, a name that is no DNS label, dots under TLS (whose wildcard covers one label).
/// Throws `errc::invalid_option` for text that no bucket can have for its name.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
PENSTOCK_DECL endpoint resolve_endpoint(const endpoint_settings& settings, std::string_view bucket);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/endpoint.ipp>
#endif
