// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/tls_context.hpp>

#include <string>
#include <utility>

namespace penstock::aws::detail {

/// Trust in the CA bundle that environment or profile name, where the caller's options leave it to them.
inline http::tls_options trust(http::tls_options tls, std::string ca_bundle) {
    const bool unsaid = tls.ca_file().empty() && tls.ca_directory().empty() && tls.ca_pem().empty();
    if (unsaid && tls.verify()) tls.ca_file(std::move(ca_bundle));
    return tls;
}

} // namespace penstock::aws::detail
