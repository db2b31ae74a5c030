// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/core/error.hpp>

#include <string_view>

namespace penstock::aws::detail {

/// What a credential_process has printed: a JSON object with Version 1, AccessKeyId and SecretAccessKey;
/// SessionToken, Expiration (RFC 3339) and AccountId as there are. `errc::invalid_credentials` else, without
/// the text.
PENSTOCK_DECL result<credentials> read_process_credentials(std::string_view output);

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/process_credentials_provider.ipp>
#endif
