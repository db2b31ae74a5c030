// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>

#include <cstdint>
#include <string>

namespace penstock::aws {

/// Which profile, and where the files are; empty members are unsaid.
struct profile_request {
    profile_request() = default;

    std::string name;
    std::string config_file;
    std::string credentials_file;
};

/// How much a file is expected to be there.
enum class named_by : std::uint8_t {
    nobody,      ///< in its usual place: whatever keeps it from being opened, it is as if it were not there
    environment, ///< it may be missing: so people switch it off
    caller       ///< it must be there
};

struct profile_location {
    profile_location() = default;
    profile_location(std::string path, aws::named_by by) : path{std::move(path)}, named_by{by} {}

    std::string path; ///< empty: nowhere
    aws::named_by named_by = aws::named_by::nobody;
};

struct profile_locations {
    profile_locations() = default;

    profile_location config;
    profile_location credentials;
};

/// As asked, else AWS_PROFILE or AWS_DEFAULT_PROFILE, else "default".
PENSTOCK_DECL std::string profile_name(const profile_request& asked, const environment& env);

/// As asked, else AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else "config" and "credentials" in the folder .aws of
/// the user's home. A leading "~/" is the home, too.
/// https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
PENSTOCK_DECL profile_locations locate_profile_files(const profile_request& asked, const environment& env);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/profile_location.ipp>
#endif
