// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/s3/put_object.hpp>
#include <penstock/s3/store_capabilities.hpp>

#include <string>
#include <string_view>

namespace penstock::s3::detail {

/// The prefix, the time and 80 random bits as text, and the suffix: no two writers ever choose the same.
PENSTOCK_DECL std::string unique_key(std::string_view prefix, wall_time now, random_source& random, std::string_view suffix);

/// Turns the mode into the key and the conditions that it stands for. Throws `errc::invalid_option` for a mode and
/// conditions that contradict each other, `errc::unsupported` where the store is known to ignore the condition.
PENSTOCK_DECL void settle_mode(object_address& where, put_object_options& options, const store_capabilities& store,
                               const clock_source& clock, random_source& random);

class client_state;
PENSTOCK_DECL void settle_mode(client_state& client, object_address& where, put_object_options& options);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/write_modes.ipp>
#endif
