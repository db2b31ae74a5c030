// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/format/read_statistics.hpp>

#include <memory>
#include <optional>

namespace penstock {

/// Rows in batches, pulled by the caller. Belongs to one executor; one call at a time.
class batch_reader {
  public:
    virtual ~batch_reader() = default;

    /// The schema of every batch. Reads as far as it must (a header, the rows that types are inferred from)
    /// and loses no row. Throws `error`.
    virtual awaitable<std::shared_ptr<const penstock::schema>> schema() = 0;

    /// The next batch, never an empty one; nothing at the end. Throws `error`: the rows before the faulty one
    /// have been given by then, and every further call throws the same. But for `errc::budget_exceeded`, and whatever else
    /// a wait for memory ends with: these do not stay, no row is lost, and once memory is free the next call goes on. On
    /// cancellation no row is lost: the next call goes on where this one was.
    virtual awaitable<std::optional<record_batch>> next() = 0;

    /// What was read so far, when no call of the others is under way. A reader that does not count says nothing.
    virtual read_statistics statistics() const { return {}; }
};

} // namespace penstock
