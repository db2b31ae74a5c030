// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/options.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/format/batch_writer.hpp>

#include <concepts>
#include <memory>
#include <string>

namespace penstock::arrow {

/// Writes the Arrow IPC streaming format, metadata version 5: schema, dictionaries before the batch that needs them and
/// again only when they change, a message a batch, the end marker. A batch without rows adds nothing. Buffers are written
/// from where they lie; only those of slices that do not begin with a byte or with offset 0, and compressed ones, are
/// made anew. Views carry the whole of their blocks.
///
/// Errors: `errc::invalid_option` for a batch whose schema is not the first one's and for a codec that Arrow does not
/// have; `errc::unsupported` for a dictionary of dictionaries, which messages have no form for, and a codec that the build
/// lacks; `errc::closed` after `close`, whatever came of it, and after a write that failed or was cancelled; whatever the
/// sink throws.
///
/// The writer keeps the executor free: it posts after each message. Memory: the batch that is written, its compressed
/// buffers, and the dictionaries of the last one.
class stream_writer final : public batch_writer {
  public:
    /// `schema`: what is written where no batch comes; else the first batch's may differ in metadata only. Null: the
    /// first batch's, and no columns without one.
    PENSTOCK_DECL explicit stream_writer(std::unique_ptr<byte_sink> sink, write_options options = write_options(),
                                         std::shared_ptr<const penstock::schema> schema = nullptr);
    /// The same for a sink by value.
    template <std::derived_from<byte_sink> Sink>
    explicit stream_writer(Sink sink, write_options options = write_options(),
                           std::shared_ptr<const penstock::schema> schema = nullptr)
        : stream_writer{std::unique_ptr<byte_sink>{std::make_unique<Sink>(std::move(sink))}, std::move(options),
                        std::move(schema)} {}
    PENSTOCK_DECL stream_writer(stream_writer&&) noexcept;
    PENSTOCK_DECL stream_writer& operator=(stream_writer&&) noexcept;
    PENSTOCK_DECL ~stream_writer() override;

    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
    /// With custom metadata for its message.
    PENSTOCK_DECL awaitable<void> write(record_batch batch, key_value_metadata metadata);
    PENSTOCK_DECL awaitable<void> close() override;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace penstock::arrow

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/arrow/impl/stream_writer.ipp>
#endif
