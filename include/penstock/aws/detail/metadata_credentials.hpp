// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/fetch.hpp>

#include <string>
#include <string_view>

/// What instance metadata and container endpoints have in common: small documents, and trouble to tell without secrets.
namespace penstock::aws::detail {

/// The keys in a JSON object with AccessKeyId, SecretAccessKey, Token, Expiration and perhaps AccountId. An object that has
/// Code and Message instead of keys is `errc::no_credentials` with both; all else is `errc::invalid_credentials` or
/// `errc::malformed_json`. `source` begins every message. `secret`, which was sent, is not repeated.
PENSTOCK_DECL result<credentials> read_metadata_credentials(std::string_view body, const std::string& source,
                                                            std::string_view secret = {});

/// What a status that is no success says: `errc::throttled`, `errc::service_unavailable`, `errc::access_denied` or
/// `errc::service_error`, with the code and message of a JSON object where the body is one. `secret`, which was sent, is
/// not repeated.
PENSTOCK_DECL failure status_failure(const http::document& answer, const std::string& source, std::string_view secret);

/// Whether the same request may succeed when it is sent again.
inline bool is_passing(int status) noexcept { return status == 408 || status == 429 || status >= 500; }

/// The failure told as that source's.
inline failure told_by(const std::string& source, const failure& why) {
    return why.with([&](error_detail& d) {
        d.message = source + (d.message.empty() ? "" : ": " + d.message);
    });
}

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/metadata_credentials.ipp>
#endif
