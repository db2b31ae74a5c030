// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/region_redirect.hpp>

#include <penstock/aws/arn.hpp>
#include <penstock/aws/partition.hpp>
#include <penstock/aws/region.hpp>
#include <penstock/s3/detail/request_builder.hpp>

#include <algorithm>
#include <iterator>

namespace penstock::s3::detail {

PENSTOCK_DECL region_sign region_sign_of(const operation& op, const failure& why) noexcept {
    const auto& d = why.detail();
    // An ARN says the region itself; a bucket is made where the client is; without a bucket there is none to look for.
    if (op.bucket.empty() || op.makes_bucket || aws::is_arn(op.bucket)) return region_sign::none;
    if (d.service_code == "IllegalLocationConstraintException") return region_sign::certain;
    static constexpr int redirects[] = {301, 302, 307};
    const bool redirected = std::find(std::begin(redirects), std::end(redirects), d.http_status) != std::end(redirects);
    if (redirected || d.service_code == "PermanentRedirect") return region_sign::certain;
    if (d.service_code == "AuthorizationHeaderMalformed" && !d.region.empty()) return region_sign::certain;
    const bool silent = std::string_view{op.method} == "HEAD" && d.http_status == 400 && d.service_code.empty();
    return silent ? region_sign::possible : region_sign::none;
}

/// Whether one of the host's labels is the region: then another region is another host, which only the caller knows.
inline bool names_region(std::string_view host, std::string_view region) noexcept {
    while (!host.empty()) {
        const auto dot = std::min(host.find('.'), host.size());
        if (host.substr(0, dot) == region) return true;
        host.remove_prefix(std::min(dot + 1, host.size()));
    }
    return false;
}

PENSTOCK_DECL failure region_obstacle(const aws::endpoint_settings& settings, const aws::endpoint& where,
                                      std::string_view region, bool moved, const failure& why) {
    const auto shown = "'" + printable(region, 64) + "'";
    std::string message, hint;
    if (region.empty()) {
        message = "the bucket is in another region, and the store does not say in which";
        hint = "set the region of the bucket";
    } else if (region == where.region) {
        message = "the request was signed for region " + shown + ", which is the one that the store names";
        hint = settings.custom ? "check that the endpoint is that of this region" : "try again later: a new bucket may be redirected for hours";
    } else if (!aws::is_plausible_region(region)) {
        message = "the store names " + shown + " as the region, which is none";
        hint = "set the region of the bucket";
    } else if (moved) {
        message = "the store sent us to region '" + where.region + "' first, and then to " + shown;
        hint = "set the region to " + shown;
    } else if (settings.custom && names_region(settings.custom->host, where.region)) {
        message = "the bucket is in region " + shown + ", the endpoint is that of '" + where.region + "'";
        hint = "set the region to " + shown + ", and the endpoint to that region's";
    } else if (!settings.custom && aws::partition_of(region).id != aws::partition_of(where.region).id) {
        message = "the bucket is in region " + shown + ", where other credentials are valid";
        hint = "set the region to " + shown + ", and credentials of partition " + std::string{aws::partition_of(region).id};
    } else {
        return failure{};
    }
    auto story = why.detail();
    story.region = region;
    story.message = story.message.empty() ? message : message + ": " + story.message;
    story.hint = hint;
    return failure{errc::wrong_region, std::move(story)};
}

PENSTOCK_DECL operation make_find_region(std::string_view bucket) {
    auto op = bucket_operation("find region", "HEAD", bucket);
    op.by = signed_by::nobody;
    op.once = true;
    return op;
}

PENSTOCK_DECL std::string region_in(const http::response_head& head) {
    const auto region = head.headers["x-amz-bucket-region"];
    return aws::is_plausible_region(region) ? std::string{region} : std::string{};
}

} // namespace penstock::s3::detail
