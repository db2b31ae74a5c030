// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/options.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/format/batch_reader.hpp>

#include <concepts>
#include <memory>

namespace penstock::arrow {

/// Reads the Arrow IPC streaming format (https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format), and an
/// Arrow file from front to back, as the stream that is inside; all types of `data_type`, dictionaries replaced and grown
/// by deltas, bodies compressed by lz4 or zstd (where the build has them), metadata of versions 4 and 5, the streams of
/// before 2019 without markers, too.
///
/// The body of a message is read into one pooled block, in which its arrays lie; it goes back to its pool with the last of
/// them. A message of more rows than `batch_rows` is given in slices. Columns that are not wanted are neither decompressed
/// nor looked at.
///
/// Where a file's dictionaries lie behind the batches that use them (as polars writes it), the messages are held until its end,
/// up to `max_held_bytes`.
///
/// A stream ends with its end marker or, between two messages, with the data; then nothing may follow. A file must
/// end with its footer.
///
/// Errors, each with object and byte offset of the message: `errc::malformed_arrow` for what breaks the format, data that
/// ends too early included, or fails `validate`; `errc::invalid_utf8`; `errc::unsupported` for big-endian data, types that
/// there are not here and codecs that the build lacks; `errc::limit_exceeded`; `errc::corrupt_compressed_data`;
/// `errc::unknown_column` for a name in `columns`, and as the options for missing and extra columns say; `errc::type_mismatch`;
/// whatever the source answers.
///
/// With a schema, its columns are read, in its order; each is found by its name, and cast where its type is another that holds
/// all of its values (`can_cast`): a file's int32 as int64, float as double, a dictionary as what its values are. Any other type is
/// an error that names the column, and so is a null where the schema allows none. A missing column is an error, unless
/// `missing_columns` says otherwise.
///
/// Memory: a message at a time (but for those held) and the dictionaries, each below the limits of `stream_options`, which are checked before any
/// is taken. The reader keeps the executor free: it works on the compute executor where it has one, else it posts after about
/// 1 MiB of work, between columns.
class stream_reader final : public batch_reader {
  public:
    PENSTOCK_DECL explicit stream_reader(std::unique_ptr<byte_source> source, stream_options options = stream_options());
    /// The same for a source by value.
    template <std::derived_from<byte_source> Source>
    explicit stream_reader(Source source, stream_options options = stream_options())
        : stream_reader{std::unique_ptr<byte_source>{std::make_unique<Source>(std::move(source))}, std::move(options)} {}
    PENSTOCK_DECL stream_reader(stream_reader&&) noexcept;
    PENSTOCK_DECL stream_reader& operator=(stream_reader&&) noexcept;
    PENSTOCK_DECL ~stream_reader() override;

    PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> schema() override;
    PENSTOCK_DECL awaitable<std::optional<record_batch>> next() override;
    PENSTOCK_DECL read_statistics statistics() const override;

    /// What the message of the last batch said of it: its custom metadata.
    PENSTOCK_DECL const key_value_metadata& batch_metadata() const noexcept;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace penstock::arrow

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/arrow/impl/stream_reader.ipp>
#endif
