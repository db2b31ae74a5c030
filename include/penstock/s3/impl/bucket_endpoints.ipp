// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/bucket_endpoints.hpp>

#include <penstock/aws/arn.hpp>
#include <penstock/aws/directory_bucket.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <utility>

namespace penstock::s3::detail {

PENSTOCK_DECL bucket_endpoints::place& bucket_endpoints::find_or_add(const std::string& bucket) {
    const auto found =
        std::find_if(places_.begin(), places_.end(), [&](const place& p) { return p.bucket == bucket; });
    if (found != places_.end()) {
        std::rotate(places_.begin(), found, found + 1);
    } else {
        if (places_.size() >= limit) places_.pop_back();
        places_.emplace(places_.begin(), bucket);
    }
    return places_.front();
}

PENSTOCK_DECL endpoint_ptr bucket_endpoints::resolve(const char* operation, const std::string& bucket,
                                                     aws::api_plane plane, const std::string& region) const {
    try {
        if (region.empty()) return std::make_shared<const aws::endpoint>(aws::resolve_endpoint(settings_, bucket, plane));
        auto elsewhere = settings_;
        elsewhere.region = region;
        return std::make_shared<const aws::endpoint>(aws::resolve_endpoint(elsewhere, bucket, plane));
    } catch (const error& e) {
        throw_failure(e.as_failure().with([operation](error_detail& d) { d.operation = operation; }));
    }
}

PENSTOCK_DECL endpoint_ptr bucket_endpoints::of(const operation& op) {
    if (op.plane == aws::api_plane::data) return of(op.name, op.bucket);
    // Too rare to be kept. What was known of a bucket is not true of another that gets its name.
    if (op.makes_bucket) std::erase_if(places_, [&](const place& p) { return p.bucket == op.bucket; });
    return resolve(op.name, op.bucket, op.plane, op.makes_bucket ? std::string{} : find_or_add(op.bucket).region);
}

PENSTOCK_DECL endpoint_ptr bucket_endpoints::of(const char* operation, const std::string& bucket) {
    auto& known = find_or_add(bucket);
    if (!known.data) known.data = resolve(operation, bucket, aws::api_plane::data, known.region);
    return known.data;
}

PENSTOCK_DECL void bucket_endpoints::learn(const std::string& bucket, std::string region) {
    auto& known = find_or_add(bucket);
    if (known.region == region) return;
    known.region = std::move(region);
    known.data.reset();
}

PENSTOCK_DECL bool bucket_endpoints::knows(std::string_view bucket) const noexcept {
    return std::any_of(places_.begin(), places_.end(),
                       [bucket](const place& p) { return p.bucket == bucket && !p.region.empty(); });
}

PENSTOCK_DECL bool bucket_endpoints::must_ask(std::string_view bucket) const noexcept {
    // The host of a directory bucket cannot even be named without its region.
    return settings_.region_is_default && !settings_.custom && !bucket.empty() && !aws::is_arn(bucket) &&
           !aws::is_directory_bucket(bucket) && !knows(bucket);
}

PENSTOCK_DECL std::shared_ptr<semaphore> bucket_endpoints::turn(const std::string& bucket) {
    auto& known = find_or_add(bucket);
    if (!known.turn) known.turn = semaphore::create(1);
    return known.turn;
}

} // namespace penstock::s3::detail
