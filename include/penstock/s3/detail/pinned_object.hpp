// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connection.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/part_memory.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace penstock::s3::detail {

/// Of the connection that a part comes on. It is taken before anything else, so that nobody who holds memory waits for it.
inline constexpr std::uint64_t receiving_memory = http::connection_memory(true);

/// One object as it was when reading began: every later request says so, and every answer is held against it.
struct pinned_object {
    pinned_object(client from, object_address where, get_object_options asked)
        : from{std::move(from)}, where{std::move(where)}, asked{std::move(asked)} {}

    client from;
    object_address where;
    get_object_options asked; ///< by the caller; its range is not what single requests ask for
    object_metadata then;     ///< once the first answer is there

    /// The first request, for `range`, under the caller's conditions. Keeps what the answer says. `held` is
    /// `receiving_memory`.
    PENSTOCK_DECL awaitable<object_reader> begin(object_range range, permit held);
    void pin_version() { asked.version_id(then.version_id.empty() ? asked.version_id() : then.version_id); }

    /// A part of the very same object, else `errc::object_changed`. The part must lie in it. `held` is `receiving_memory`.
    PENSTOCK_DECL awaitable<object_reader> open(byte_range part, permit held) const;
    /// The same, straight into memory.
    PENSTOCK_DECL awaitable<void> read(std::uint64_t offset, std::span<std::byte> into) const;

    /// For who holds nothing of the budget yet. Leaves as much to a short request.
    awaitable<permit> take_memory() const { return from.budget()->acquire(receiving_memory, receiving_memory); }

    /// What a writer of the same client takes for a part, and what feeds it: reads ahead leave that much.
    std::uint64_t writer_part() const noexcept { return from.options().part_size() + beside_a_part; }

    PENSTOCK_DECL failure told(failure f) const;
    /// Why a pinned request failed: where the store says that the object is another, `errc::object_changed`.
    PENSTOCK_DECL failure because(const failure& why) const;
};

/// Fills `into`, which is all that `body` still has: ends it, so that its connection can serve again.
PENSTOCK_DECL awaitable<void> read_out(object_reader& body, std::span<std::byte> into);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/pinned_object.ipp>
#endif
