// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/tls_context.hpp>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace penstock::aws::detail {

/// Trust in the CA bundle (a file, or a folder of hashed roots) that environment or profile name, where the caller's options leave it to them.
inline http::tls_options trust(http::tls_options tls, std::string ca_bundle) {
    const bool unsaid = tls.ca_file().empty() && tls.ca_directory().empty() && tls.ca_pem().empty() && !tls.context();
    if (!unsaid || !tls.verify() || ca_bundle.empty()) return tls;
    std::error_code nothing_there; // is told by who reads it
    if (std::filesystem::is_directory(ca_bundle, nothing_there))
        tls.ca_directory(std::move(ca_bundle));
    else
        tls.ca_file(std::move(ca_bundle));
    return tls;
}

} // namespace penstock::aws::detail
