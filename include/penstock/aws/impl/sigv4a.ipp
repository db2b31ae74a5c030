// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sigv4a.hpp>

#include <penstock/aws/sha256.hpp>

namespace penstock::aws {

PENSTOCK_DECL std::string sigv4a_credential_scope(std::string_view amz_date, std::string_view service) {
    std::string out{amz_date.substr(0, 8)};
    return out.append("/").append(service).append("/aws4_request");
}

PENSTOCK_DECL std::string sigv4a_string_to_sign(std::string_view amz_date, std::string_view scope,
                                                std::string_view canonical_request) {
    std::string out{sigv4a_algorithm};
    out.append("\n").append(amz_date).append("\n").append(scope).append("\n");
    return out.append(sha256_hex(canonical_request));
}

} // namespace penstock::aws
