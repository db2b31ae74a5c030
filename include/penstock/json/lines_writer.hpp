// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/format/batch_writer.hpp>
#include <penstock/json/write_options.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace penstock::json {

/// Writes JSON Lines: one object a row, its keys in the order of the columns, LF at the end of each line, the last one
/// included. A batch without rows adds nothing; without any row the object is empty. What the options leave to the
/// defaults: nulls are null; NaN and infinities are errors (`not_finite`); numbers are the shortest text that reads back the
/// same; strings are escaped where they must be.
///
/// Errors: those of `formatter`, with the sink's name, and of every `batch_writer`.
///
/// The writer keeps the executor free: after 256 KiB of text it posts. Memory: 256 KiB and one row's text.
class lines_writer final : public batch_writer {
  public:
    /// No I/O happens here. With a schema, one that has no form in JSON is told at once. Precondition: `sink` is not null. Throws
    /// what the constructor and `begin` of `formatter` throw.
    PENSTOCK_DECL explicit lines_writer(std::unique_ptr<byte_sink> sink, write_options options = write_options(),
                                 std::shared_ptr<const schema> schema = nullptr);
    /// The same for a sink by value.
    template <std::derived_from<byte_sink> Sink>
    explicit lines_writer(Sink sink, write_options options = write_options(),
                   std::shared_ptr<const schema> schema = nullptr)
        : lines_writer{std::unique_ptr<byte_sink>{std::make_unique<Sink>(std::move(sink))}, std::move(options), std::move(schema)} {}

    PENSTOCK_DECL lines_writer(lines_writer&&) noexcept;
    PENSTOCK_DECL lines_writer& operator=(lines_writer&&) noexcept;
    PENSTOCK_DECL ~lines_writer() override;

    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
    PENSTOCK_DECL awaitable<void> close() override;
    PENSTOCK_DECL std::optional<std::uint64_t> text_size() const override;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/lines_writer.ipp>
#endif
