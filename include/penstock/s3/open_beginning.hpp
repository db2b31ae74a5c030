// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/s3/client.hpp>

#include <cstdint>
#include <memory>

namespace penstock::s3 {

/// Opens an object of which the first bytes may be all that is wanted: one GET of `first` bytes, and when the reader goes on
/// behind them, another of the rest, pinned by If-Match to the object that the beginning was of. Whoever drops the source
/// in the beginning has cost the store no more than that; with `client::open` all that the sockets on the way hold is
/// sent for nothing, some MiB.
///
/// Throws what `client::open` throws; reading answers `errc::object_changed` where the rest is of another object.
/// Cancellation as `client::open`; one of a wait loses nothing. Memory: that of one `object_reader`. Precondition: `first`
/// is not 0, and `options` have no range and no part.
PENSTOCK_DECL awaitable<std::unique_ptr<byte_source>> open_beginning(client from, object_address object, std::uint64_t first,
                                                                     get_object_options options = get_object_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/open_beginning.ipp>
#endif
