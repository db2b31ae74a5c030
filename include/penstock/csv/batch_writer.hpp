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
/// that, and one row.
class batch_writer final : public penstock::batch_writer {
  public:
    /// With a schema, the header is written even when no batch comes. Throws `error`: `errc::invalid_option`,
    /// `errc::unsupported` for a column whose type has no form in CSV. Precondition: `sink` is not null.
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

    /// Throws `error`: `errc::invalid_option` when the batch has another schema than the first,
    /// `errc::closed` after `close` and after a write that failed or was cancelled, what the sink throws.
    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
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
