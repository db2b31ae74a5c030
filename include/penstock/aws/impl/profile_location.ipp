// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/profile_location.hpp>

#include <utility>

namespace penstock::aws {
namespace detail {

/// The path that `path` means where it begins with "~"; as it is where nobody knows the home.
inline std::string expand_home(std::string path, const environment& env) {
    if (path != "~" && !path.starts_with("~/")) return path;
    auto home = env.home();
    if (!home) return path;
    while (home->ends_with('/')) home->pop_back();
    return *home + path.substr(1);
}

inline profile_location locate_profile_file(const std::string& asked, const std::string& variable, const char* name,
                                            const environment& env) {
    if (!asked.empty()) return {expand_home(asked, env), named_by::caller};
    if (auto named = env.get(variable)) return {expand_home(std::move(*named), env), named_by::environment};
    if (!env.home()) return {};
    return {expand_home(std::string{"~/.aws/"} + name, env), named_by::nobody};
}

} // namespace detail

PENSTOCK_DECL std::string profile_name(const profile_request& asked, const environment& env) {
    if (!asked.name.empty()) return asked.name;
    return env.get("AWS_PROFILE", "AWS_DEFAULT_PROFILE").value_or("default");
}

PENSTOCK_DECL profile_locations locate_profile_files(const profile_request& asked, const environment& env) {
    profile_locations out;
    out.config = detail::locate_profile_file(asked.config_file, "AWS_CONFIG_FILE", "config", env);
    out.credentials =
        detail::locate_profile_file(asked.credentials_file, "AWS_SHARED_CREDENTIALS_FILE", "credentials", env);
    return out;
}

} // namespace penstock::aws
