// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/directory_bucket.hpp>

#include <penstock/aws/region.hpp>

namespace penstock::aws {
namespace detail {

inline constexpr std::string_view directory_bucket_suffix = "--x-s3";
inline constexpr std::string_view directory_access_point_suffix = "--xa-s3";

constexpr std::string_view directory_suffix_of(std::string_view bucket) noexcept {
    if (bucket.ends_with(directory_bucket_suffix)) return directory_bucket_suffix;
    return bucket.ends_with(directory_access_point_suffix) ? directory_access_point_suffix
                                                           : std::string_view{};
}

} // namespace detail

PENSTOCK_DECL bool is_directory_bucket(std::string_view bucket) noexcept {
    return !detail::directory_suffix_of(bucket).empty();
}

PENSTOCK_DECL std::optional<std::string_view> zone_of_directory_bucket(std::string_view bucket) noexcept {
    const auto suffix = detail::directory_suffix_of(bucket);
    if (suffix.empty()) return std::nullopt;
    bucket.remove_suffix(suffix.size());
    const auto before = bucket.rfind("--");
    if (before == std::string_view::npos || before == 0) return std::nullopt;
    const auto zone = bucket.substr(before + 2);
    // Lengths differ; what zones have in common is a place and a number in it.
    if (!is_plausible_region(zone) || zone.find('-') == std::string_view::npos) return std::nullopt;
    return zone;
}

} // namespace penstock::aws
