// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/store_presets.hpp>

#include <penstock/aws/detail/host_name.hpp>
#include <penstock/aws/region.hpp>
#include <penstock/core/error.hpp>

#include <utility>

namespace penstock::s3 {
namespace detail {

inline void check_label(const std::string& text, const char* what, const char* hint) {
    if (!aws::detail::is_host_label(text))
        throw_failure(failure{errc::invalid_option, "'" + printable(text, 64) + "' is no " + what, hint});
}

inline client_options store_options(std::string endpoint_url, std::string region, bool path_style) {
    client_options o;
    o.endpoint_url(std::move(endpoint_url)).region(std::move(region)).path_style(path_style);
    return o;
}

} // namespace detail

PENSTOCK_DECL client_options minio_options(std::string endpoint_url) {
    auto o = detail::store_options(std::move(endpoint_url), "us-east-1", true);
    o.capabilities(capabilities_of("MinIO"));
    return o;
}

PENSTOCK_DECL client_options localstack_options(std::string endpoint_url) {
    auto o = detail::store_options(std::move(endpoint_url), "us-east-1", true);
    o.credentials("test", "test");
    return o;
}

PENSTOCK_DECL client_options r2_options(std::string account_id, std::string jurisdiction) {
    detail::check_label(account_id, "account id of Cloudflare",
                        "the account id is the first part of the endpoint that R2's overview shows");
    auto host = std::move(account_id);
    if (!jurisdiction.empty()) {
        detail::check_label(jurisdiction, "jurisdiction of R2", "jurisdictions are eu, fedramp and us");
        host.append(".").append(jurisdiction);
    }
    auto o = detail::store_options("https://" + host + ".r2.cloudflarestorage.com", "auto", true);
    o.equal_parts(true).capabilities(capabilities_of("R2"));
    return o;
}

PENSTOCK_DECL client_options b2_options(std::string region) {
    aws::check_region(region, false);
    auto url = "https://s3." + region + ".backblazeb2.com";
    return detail::store_options(std::move(url), std::move(region), true);
}

PENSTOCK_DECL client_options spaces_options(std::string region) {
    aws::check_region(region, false);
    auto url = "https://" + region + ".digitaloceanspaces.com";
    return detail::store_options(std::move(url), std::move(region), false);
}

} // namespace penstock::s3
