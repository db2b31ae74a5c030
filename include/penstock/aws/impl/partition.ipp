// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/partition.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>

namespace penstock::aws {
namespace detail {

struct partition_row {
    std::string_view region_prefix; // before \w+-\d+ in the names of its regions
    partition found;
};

/// AWS's partitions.json. What S3 has not: FIPS in China by AWS's endpoint rules, dual-stack names in the
/// isolated partitions by its endpoints.json, acceleration outside "aws" by S3's user guide. The first
/// partition is that of every other region.
inline constexpr partition_row partitions[] = {
    {"", {"aws", "amazonaws.com", "api.aws", "us-east-1", true, true, true}},
    {"cn-",
     {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1", false, true, false}},
    {"us-gov-", {"aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1", true, true, false}},
    {"eusc-de-",
     {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1", true, true, false}},
    {"us-iso-", {"aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1", true, false, false}},
    {"us-isob-", {"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1", true, false, false}},
    {"eu-isoe-",
     {"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1", true, false, false}},
    {"us-isof-",
     {"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1", true, false, false}},
};

/// Whether `text` is a word, '-' and a number, as in "east-1".
constexpr bool is_place_and_number(std::string_view text) noexcept {
    using penstock::detail::is_digit;
    const auto hyphen = text.find('-');
    if (hyphen == std::string_view::npos || hyphen == 0 || hyphen + 1 == text.size()) return false;
    const auto word = text.substr(0, hyphen), number = text.substr(hyphen + 1);
    return std::all_of(word.begin(), word.end(),
                       [](char c) { return penstock::detail::is_letter(c) || is_digit(c) || c == '_'; }) &&
           std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c); });
}

/// The partition whose global pseudo region this is.
constexpr const partition* global_partition(std::string_view region) noexcept {
    constexpr std::string_view suffix = "-global";
    if (!region.ends_with(suffix)) return nullptr;
    region.remove_suffix(suffix.size());
    for (const auto& row : partitions)
        if (row.found.id == region) return &row.found;
    return nullptr;
}

constexpr bool is_under(std::string_view host, std::string_view domain) noexcept {
    if (host.size() <= domain.size() || host[host.size() - domain.size() - 1] != '.') return false;
    return penstock::detail::iequals(host.substr(host.size() - domain.size()), domain);
}

} // namespace detail

PENSTOCK_DECL const partition& partition_of(std::string_view region) noexcept {
    if (const auto* global = detail::global_partition(region)) return *global;
    for (const auto& row : detail::partitions)
        if (!row.region_prefix.empty() && region.starts_with(row.region_prefix) &&
            detail::is_place_and_number(region.substr(row.region_prefix.size())))
            return row.found;
    return detail::partitions[0].found;
}

PENSTOCK_DECL std::string_view signing_region(std::string_view region) noexcept {
    const auto* global = detail::global_partition(region);
    return global ? global->implicit_global_region : region;
}

PENSTOCK_DECL bool is_aws_host(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1); // a name that is told to be complete
    return std::any_of(std::begin(detail::partitions), std::end(detail::partitions), [host](const auto& row) {
        return detail::is_under(host, row.found.dns_suffix) ||
               detail::is_under(host, row.found.dual_stack_suffix);
    });
}

} // namespace penstock::aws
