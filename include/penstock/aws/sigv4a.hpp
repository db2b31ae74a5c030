// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <string>
#include <string_view>

/// What SigV4A, which signs for several regions at once, has other than SigV4. The canonical request is the
/// same, with the regions in it: x-amz-region-set as a header, X-Amz-Region-Set as a parameter of a presigned
/// URL. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
namespace penstock::aws {

inline constexpr std::string_view sigv4a_algorithm = "AWS4-ECDSA-P256-SHA256";

/// "YYYYMMDD/service/aws4_request"
PENSTOCK_DECL std::string sigv4a_credential_scope(std::string_view amz_date, std::string_view service);
PENSTOCK_DECL std::string sigv4a_string_to_sign(std::string_view amz_date, std::string_view scope,
                                                std::string_view canonical_request);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sigv4a.ipp>
#endif
