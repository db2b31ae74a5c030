// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connector.hpp>

#include <memory>

namespace tool {

/// What connects for a client, by the settings of a profile (empty: as the environment says), but tells standard error of each connection, and of each request its
/// first line, the status of its answer and the time between. No header is shown, nor the path that container credentials
/// are at, so no secret is.
std::shared_ptr<penstock::http::connector> make_tracing_connector(const std::string& profile);

} // namespace tool
