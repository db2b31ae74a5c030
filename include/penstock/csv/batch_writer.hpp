// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/csv/formatter.hpp>
#include <penstock/format/batch_writer.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace penstock::csv {

/// Writes batches as CSV text into a sink, 256 KiB at a time; after each of them others on the executor run. Memory:
/// that, and one row's text.
class batch_writer final : public penstock::batch_writer {
  public:
    /// No I/O happens here. With a schema, the header is written even when no batch comes. Throws what the constructor and `begin`
    /// of `formatter` throw. Precondition: `sink` is not null.
    PENSTOCK_DECL explicit batch_writer(std::unique_ptr<byte_sink> sink,
                                        write_options options = write_options(),
                                        std::shared_ptr<const schema> schema = nullptr);

    /// Takes a sink by value.
    template <std::derived_from<byte_sink> Sink>
    explicit batch_writer(Sink sink, write_options options = write_options(),
                          std::shared_ptr<const schema> schema = nullptr)
        : batch_writer{std::unique_ptr<byte_sink>{std::make_unique<Sink>(std::move(sink))},
                       std::move(options), std::move(schema)} {}

    PENSTOCK_DECL batch_writer(batch_writer&&) noexcept;
    PENSTOCK_DECL batch_writer& operator=(batch_writer&&) noexcept;
    PENSTOCK_DECL ~batch_writer() override;

    /// Errors: those of `formatter::append_rows`, with the sink's name, and of every `batch_writer`.
    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
    /// Without a schema and a batch the text is empty.
    PENSTOCK_DECL awaitable<void> close() override;
    PENSTOCK_DECL std::optional<std::uint64_t> text_size() const override;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace penstock::csv

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/batch_writer.ipp>
#endif
