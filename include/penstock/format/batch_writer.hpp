// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/asio.hpp>

#include <cstdint>
#include <optional>

namespace penstock {

/// Rows in batches, pushed by the caller into a sink. What was written is visible only after `close`, whole
/// or not at all. Belongs to one executor; one call at a time.
///
/// A writer takes one schema: the one it was made with, or that of the first batch. It is judged once: a given one when the writer is
/// made, which throws for what the format cannot hold.
class batch_writer {
  public:
    virtual ~batch_writer() = default;

    /// Takes a batch of the writer's schema. Throws `error`, `errc::invalid_option` for a batch of another; after that, or after a cancellation,
    /// the writer can only be destroyed, and nothing becomes visible.
    virtual awaitable<void> write(record_batch batch) = 0;

    /// Writes what is left and commits the sink. Once only, and last.
    virtual awaitable<void> close() = 0;

    /// How many bytes of text the rows so far have come to, before any compression, also those that are not in the sink yet:
    /// for who ends files by size. A writer that does not know says nothing.
    virtual std::optional<std::uint64_t> text_size() const { return std::nullopt; }
};

} // namespace penstock
