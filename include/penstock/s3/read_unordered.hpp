// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client.hpp>
#include <penstock/s3/parallel_options.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace penstock::s3 {

/// Takes some bytes of an object, from byte `offset` of it. They are valid until it completes.
using bytes_consumer = std::function<awaitable<void>(std::uint64_t offset, std::span<const std::byte> bytes)>;

/// What came of a read.
struct object_read {
    object_read() = default;

    object_metadata metadata; ///< what the first answer said of the object
    std::uint64_t bytes = 0;  ///< that came
    bool not_modified = false; ///< no byte: a condition said that the caller has the object
};

/// Reads an object, or a part of it, over several connections, and hands over its bytes as they come, in no order, at most
/// 256 KiB at a time, each byte once. Several calls of `consume` may be under way where it waits; it must outlive the read.
///
/// The requests are those of `open_parallel`: pinned to one object, resumed at the byte. Throws `error`; what `consume`
/// throws ends the read, too. On failure and on cancellation (any type) all connections are closed, and nothing of the
/// read runs any more when it completes. Memory: 256 KiB and a connection's own for each connection, from the budget.
PENSTOCK_DECL awaitable<object_read> read_unordered(client from, object_address object, bytes_consumer consume,
                                                    get_object_options options = get_object_options(),
                                                    parallel_options how = parallel_options());

/// The same, into memory of the caller's, which must live until completion, in order. An object (or the
/// part of it that the options name) of more bytes than `into` is `errc::response_too_large`. After a failure or a
/// cancellation `into` holds anything.
PENSTOCK_DECL awaitable<object_read> read_into(client from, object_address object, std::span<std::byte> into,
                                               get_object_options options = get_object_options(),
                                               parallel_options how = parallel_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/read_unordered.ipp>
#endif
