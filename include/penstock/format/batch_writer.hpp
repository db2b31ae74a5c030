// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/asio.hpp>

#include <cstdint>
#include <optional>

namespace penstock {

/// Rows in batches, pushed by the caller into a sink. What was written is visible only after `close`, whole
/// or not at all: a writer that is destroyed before destroys its sink without a commit, which leaves nothing behind (`byte_sink`).
/// Belongs to one executor; one call at a time. Memory: a block of text and the text of one row, where a writer says nothing else,
/// and what the sink holds.
///
/// A writer takes one schema: the one it was made with, or that of the first batch. It is judged once: a given one when the writer is
/// made, which throws for what the format cannot hold.
class batch_writer {
  public:
    virtual ~batch_writer() = default;

    /// Takes a batch of the writer's schema. When it returns, the batch is needed no more, though part of its text may wait for the
    /// next call; a batch without rows adds no row. Throws `error`: `errc::invalid_option` for a batch of another schema, what the format
    /// cannot hold, with column and row, whatever the sink throws, and `errc::closed` where the writer can take no more: after
    /// `close`, and after any call that failed or was cancelled. Then it can only be destroyed, and nothing becomes visible.
    virtual awaitable<void> write(record_batch batch) = 0;

    /// Writes what is left and what ends the text, and commits the sink. Without a batch, too. Once only, and last: a further call
    /// throws `errc::closed`, whatever came of this one. Throws as `write`. Where writing fails or is cancelled nothing becomes
    /// visible; where the sink's commit does, the sink says what that means.
    virtual awaitable<void> close() = 0;

    /// How many bytes of text the rows so far have come to, before any compression, also those that are not in the sink yet:
    /// for who ends files by size. A writer that does not know says nothing.
    virtual std::optional<std::uint64_t> text_size() const { return std::nullopt; }
};

} // namespace penstock
