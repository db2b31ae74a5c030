// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/s3/connection_report.hpp>
#include <penstock/s3/uri.hpp>

namespace penstock::s3 {

class client;

/// Tries the way to an object step by step: settings, DNS, TCP, TLS, credentials, signature, region, listing, reading
/// its first byte; without a key the first object that is found, without a bucket the list of buckets. What fails is
/// in the report, with a hint; nothing is thrown but `operation_aborted`. Changes nothing at the store.
PENSTOCK_DECL awaitable<connection_report> check_connection(client c, object_address where);

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/check_connection.ipp>
#endif
