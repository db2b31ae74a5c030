// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/region.hpp>

#include <penstock/aws/partition.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/detail/edit_distance.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace penstock::aws {
namespace detail {

inline constexpr std::string_view known_regions[] = {
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1",
    "cn-northwest-1", "eu-central-1", "eu-central-2", "eu-isoe-west-1", "eu-north-1", "eu-south-1",
    "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1", "il-central-1",
    "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1",
    "us-gov-west-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1",
    "us-isof-east-1", "us-isof-south-1", "us-west-1", "us-west-2",
};

inline std::string_view nearest_region(std::string_view text) {
    std::string_view best;
    std::size_t distance = 4;
    for (const auto r : known_regions)
        if (const auto d = penstock::detail::edit_distance(text, r); d < distance) best = r, distance = d;
    return best;
}

} // namespace detail

PENSTOCK_DECL bool is_known_region(std::string_view region) noexcept {
    return signing_region(region) != region ||
           std::find(std::begin(detail::known_regions), std::end(detail::known_regions), region) !=
               std::end(detail::known_regions);
}

PENSTOCK_DECL bool is_plausible_region(std::string_view region) noexcept {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !region.empty() && region.size() <= 63 && std::all_of(region.begin(), region.end(), good) &&
           region.front() != '-' && region.back() != '-';
}

PENSTOCK_DECL void check_region(std::string_view region, bool known_only) {
    if (is_plausible_region(region) && (!known_only || is_known_region(region))) return;
    error_detail d;
    d.message = "'" + printable(region, 64) + "'";
    const auto nearest = detail::nearest_region(penstock::detail::lower_case(region.substr(0, 64)));
    if (!nearest.empty()) d.hint = "did you mean '" + std::string{nearest} + "'? ";
    d.hint += is_plausible_region(region)
                  ? "a region newer than this version is accepted with check_region(false)"
                  : "regions are lower-case letters, digits and '-', as in us-east-1";
    throw_failure(failure{errc::invalid_region, std::move(d)});
}

} // namespace penstock::aws
