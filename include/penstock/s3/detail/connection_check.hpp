// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/s3/connection_report.hpp>
#include <penstock/s3/uri.hpp>

#include <memory>

namespace penstock::s3::detail {

class client_state;

/// What `client::check` does.
PENSTOCK_DECL awaitable<connection_report> check_connection(std::shared_ptr<client_state> client, object_address where);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/connection_check.ipp>
#endif
