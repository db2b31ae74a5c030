// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// Options are no aggregates: as temporaries in an awaited call g++ 12 would destroy those twice (see tests/compiler).
#include <penstock/s3/client_options.hpp>
#include <penstock/s3/get_object.hpp>

#include <type_traits>

#ifdef WRONG
static_assert(std::is_aggregate_v<penstock::s3::client_options>);
#else
static_assert(!std::is_aggregate_v<penstock::s3::client_options>);
static_assert(!std::is_aggregate_v<penstock::s3::get_object_options>);
static_assert(!std::is_aggregate_v<penstock::http::transport_options>);
static_assert(!std::is_aggregate_v<penstock::http::tls_options>);
static_assert(!std::is_aggregate_v<penstock::http::origin>);
#endif
