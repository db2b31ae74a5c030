// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sigv4_verify.hpp>
#include <penstock/testing/detail/service_call.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::testing::detail {

inline s3_problem access_denied() { return {403, "AccessDenied", "Access Denied"}; }

/// What a request may do, and how its body is checked.
struct access_grant {
    std::string payload_hash; ///< that was signed, or sent without a signature
    std::optional<aws::chunk_signer> chunk_signer;
};

/// Redirects what was sent to the endpoint of another region than its bucket's: before anybody looks at signatures.
PENSTOCK_DECL void check_endpoint_region(const service_call& c, std::string_view base_domain);

/// Verifies the signature, by a user's keys or a session's. Throws what the client is told.
PENSTOCK_DECL access_grant grant_access(service_call& c, const aws::sigv4_received& received);

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/service_access.ipp>
#endif
