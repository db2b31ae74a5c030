// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstdint>
#include <string>

namespace penstock::aws {

/// Which places are searched for credentials.
enum class credentials_source : std::uint8_t {
    automatic,   ///< all of them, in their order
    environment, ///< the environment's three variables only
    profile,     ///< the shared config and credentials files only
    metadata,    ///< what the machine is: container, web identity, instance
    container,   ///< the container's metadata service only
    instance,    ///< the instance's metadata service only
};

/// Where credentials are to come from, where they are not given themselves; empty members are unsaid.
struct credentials_request {
    credentials_request() = default;

    credentials_source source = credentials_source::automatic;
    std::string container_endpoint;   ///< else the environment says it
    std::string container_token_file; ///< read at each fetch
    std::string role_arn;             ///< a role to assume with what is found, or with the keys that are given
    std::string external_id;          ///< of that role

    friend bool operator==(const credentials_request&, const credentials_request&) = default;
};

} // namespace penstock::aws
