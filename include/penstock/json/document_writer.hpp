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

/// Writes one JSON document: an array of objects, one a row, or a single object, which takes just one row. Keys are in
/// the order of the columns; compact text has each element on a line of its own; LF ends the document. Without any row the
/// array is empty, and a single object is an error.
///
/// Errors: those of `formatter`, with the sink's name, and of every `batch_writer`.
///
/// The writer keeps the executor free: after 256 KiB of text it posts. Memory: 256 KiB and one row's text.
class document_writer final : public batch_writer {
  public:
    /// No I/O happens here. With a schema, one that has no form in JSON is told at once. Precondition: `sink` is not null. Throws
    /// what the constructor and `begin` of `formatter` throw.
    PENSTOCK_DECL explicit document_writer(std::unique_ptr<byte_sink> sink, write_shape shape = write_shape::array, write_options options = write_options(),
                                 std::shared_ptr<const schema> schema = nullptr);
    /// The same for a sink by value.
    template <std::derived_from<byte_sink> Sink>
    explicit document_writer(Sink sink, write_shape shape = write_shape::array, write_options options = write_options(),
                   std::shared_ptr<const schema> schema = nullptr)
        : document_writer{std::unique_ptr<byte_sink>{std::make_unique<Sink>(std::move(sink))}, shape, std::move(options), std::move(schema)} {}

    PENSTOCK_DECL document_writer(document_writer&&) noexcept;
    PENSTOCK_DECL document_writer& operator=(document_writer&&) noexcept;
    PENSTOCK_DECL ~document_writer() override;

    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
    /// `errc::invalid_option` where a single object has no row.
    PENSTOCK_DECL awaitable<void> close() override;
    PENSTOCK_DECL std::optional<std::uint64_t> text_size() const override;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/document_writer.ipp>
#endif
