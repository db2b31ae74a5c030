// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/transport_observer.hpp>

#include <memory>

namespace tool {

/// Tells standard error of connections, requests and answers, without secrets.
std::shared_ptr<penstock::http::transport_observer> make_tool_trace();

} // namespace tool
