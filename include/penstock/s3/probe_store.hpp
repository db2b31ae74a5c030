// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/s3/store_capabilities.hpp>
#include <penstock/s3/uri.hpp>

#include <string>

namespace penstock::s3 {

class client;

/// What a client knows of the store that has a bucket: what its options say, else what the store has shown so far, else what
/// is known of AWS, or of the store that it says to be. Sends nothing. Throws what reading the settings throws.
PENSTOCK_DECL store_capabilities known_capabilities(const client& c, std::string bucket = {});

/// Tries it out, and has the client remember: writes small objects under the address's key, with conditions that do not
/// hold, and removes them again. Some 20 requests. Throws where the objects cannot be written or removed; what else fails
/// leaves its capability open. After an error or a cancellation, objects whose names have "penstock-probe-" may be left.
///
/// Finds out: list objects v2, byte order, conditional read, suffix range, create-only and conditional put, conditional
/// delete, versions, region header.
PENSTOCK_DECL awaitable<store_capabilities> probe_store(client c, object_address where);

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/probe_store.ipp>
#endif
