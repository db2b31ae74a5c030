// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/profile_file.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::aws {

/// One profile: its properties, and those of the services section that it names.
struct profile {
    profile() = default;

    /// The value of a property; none where it is missing or empty.
    PENSTOCK_DECL std::optional<std::string> get(std::string_view name) const;
    /// The value of a property nested in another: `get("s3", "addressing_style")`.
    PENSTOCK_DECL std::optional<std::string> get(std::string_view name, std::string_view nested) const;

    std::string name = "default";
    profile_properties properties;
    /// By service: "s3", "sts"; each value has nested properties. None: no such section.
    std::optional<profile_properties> services;
};

/// The profile of that name. "default" stands for whatever is there, be it nothing; any other name that no file has is
/// `errc::invalid_profile`, which tells the names that there are.
PENSTOCK_DECL profile find_profile(const shared_config& from, std::string_view name);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/profile.ipp>
#endif
