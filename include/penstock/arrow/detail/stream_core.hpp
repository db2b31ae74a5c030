// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/options.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/read_statistics.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace penstock::arrow::detail {

/// An Arrow stream, or the file around one, from bytes in pieces of any size to batches. Pure, no I/O.
class stream_core {
  public:
    enum class status {
        need_input,   ///< fill `room()`, or say that the input has ended
        schema_known, ///< asked for the schema only
        batch,        ///< `take` it
        pause,        ///< a good deal of work was done: let others have a turn
        end,
        failed,
    };

    /// `total`: how long the input is, where that is known: what it cannot hold is refused before memory is taken.
    PENSTOCK_DECL stream_core(stream_options options, std::string name, std::optional<std::uint64_t> total);
    PENSTOCK_DECL ~stream_core();

    /// Where the next bytes belong. Not empty after `need_input`.
    PENSTOCK_DECL std::span<std::byte> room() noexcept;
    PENSTOCK_DECL void filled(std::size_t n) noexcept;
    PENSTOCK_DECL void ended() noexcept;
    PENSTOCK_DECL void input_failed(failure f);

    /// After `failed` with `errc::budget_exceeded` of the pool it can be called again.
    PENSTOCK_DECL status advance(bool only_schema);

    /// Of the projection; null before it is known.
    PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& schema() const noexcept;
    PENSTOCK_DECL record_batch take();
    /// What the message of the last batch says of it.
    PENSTOCK_DECL const key_value_metadata& metadata() const noexcept;
    PENSTOCK_DECL const failure& error() const noexcept;
    PENSTOCK_DECL read_statistics statistics() const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace penstock::arrow::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/arrow/impl/stream_core.ipp>
#endif
