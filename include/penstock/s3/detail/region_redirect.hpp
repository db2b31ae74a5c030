// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/detail/operation.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Requests that went to another region than their bucket's: what answers say about it, as pure functions. The rules are
/// botocore's S3RegionRedirectorv2.
namespace penstock::s3::detail {

/// Whether a refusal means that the region was the wrong one.
enum class region_sign : std::uint8_t {
    none,
    possible, ///< a HEAD refused without a word
    certain,
};
PENSTOCK_DECL region_sign region_sign_of(const operation& op, const failure& why) noexcept;

/// Why a request that was refused on `where` cannot be sent to `region` instead: the failure `why`, with that region and
/// what to do. No failure where it can. `moved`: it was sent on once already.
PENSTOCK_DECL failure region_obstacle(const aws::endpoint_settings& settings, const aws::endpoint& where,
                                      std::string_view region, bool moved, const failure& why);

/// A HEAD on the bucket that nobody signs: S3 names the region in every answer to it, refusals included.
PENSTOCK_DECL operation make_find_region(std::string_view bucket);
/// The region that an answer names; empty where there is none that could be one.
PENSTOCK_DECL std::string region_in(const http::response_head& head);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/region_redirect.ipp>
#endif
