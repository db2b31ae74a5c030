// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_source.hpp>

#include <string>
#include <vector>

namespace penstock::aws {

/// Where credentials are to come from, where they are not given themselves; empty members are unsaid.
struct credentials_request {
    credentials_request() = default;

    std::vector<credentials_source> sources; ///< these and no others; none: all, in their documented order
    std::string container_endpoint;          ///< else the environment says it
    std::string container_token_file;        ///< read at each fetch
    std::string role_arn;                    ///< a role to assume with what is found, or with the keys that are given
    std::string external_id;                 ///< of that role

    friend bool operator==(const credentials_request&, const credentials_request&) = default;
};

} // namespace penstock::aws
