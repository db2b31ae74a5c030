// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/options.hpp>
#include <penstock/codec/compress.hpp>
#include <penstock/codec/compression.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/csv/formatter.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/batch_reader.hpp>
#include <penstock/format/batch_writer.hpp>
#include <penstock/format/read_options.hpp>
#include <penstock/json/document_options.hpp>
#include <penstock/json/lines_options.hpp>
#include <penstock/json/write_options.hpp>
#include <penstock/text/options.hpp>
#include <penstock/text/writer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace penstock {

namespace s3 {
class client;
}

/// How rows are stored. More formats may come in any version: give a `switch` a default.
enum class file_format : std::uint8_t {
    csv,
    tsv,   ///< tabs between fields, no quotes
    jsonl, ///< one JSON object a line
    json,  ///< a JSON document: an array of objects, one object, or several; written as an array
    text,  ///< one column, a line a row
    arrow, ///< the Arrow IPC stream; files of it are read, too
};

/// "csv", "tsv", "jsonl", "json", "text", "arrow".
PENSTOCK_DECL std::string_view to_string(file_format f) noexcept;

/// All of them.
PENSTOCK_DECL std::span<const file_format> file_formats() noexcept;

/// The format of that name, in any case; "ndjson" is "jsonl", too, "txt" and "log" are "text",
/// "arrows", "ipc" and "feather" are "arrow".
PENSTOCK_DECL std::optional<file_format> parse_file_format(std::string_view name) noexcept;

/// What a name's extension says, that of a codec taken off: "a/b.csv.gz" is CSV. Extensions: .csv .tsv
/// .jsonl .ndjson .json .text .txt .log .arrow .arrows .ipc .feather.
PENSTOCK_DECL std::optional<file_format> format_from_name(std::string_view name) noexcept;

/// How to read rows, whatever their format; what the formats share (columns, schema, batch sizes …), and the choice
/// between them. Setters chain.
class open_options : public read_option_setters<open_options> {
  public:
    open_options() = default;

    /// By default the name decides.
    open_options& format(file_format f) { return format_ = f, *this; }
    /// By default the name and the first bytes decide; see `decompress`.
    open_options& compression(penstock::compression c) { return compression_ = c, *this; }
    /// What `decompress` may do with it: limits, budget, dictionary. `compression` above says the kind, and the pool and
    /// compute executor of the readers are taken where this has none.
    open_options& decompression(decompress_options o) { return decompression_ = std::move(o), *this; }
    /// CSV and TSV: whether the first row names the columns (the default).
    open_options& header(bool on) { return csv_.header(on), tsv_.header(on), *this; }
    /// JSON: a JSON pointer to the rows, "/data/items"; see `json::document_options`.
    open_options& rows_at(std::string pointer) { return json_.rows_at(std::move(pointer)), *this; }

    // What a format has of its own. What all of them share is set here, whatever these say of it.

    open_options& csv(penstock::csv::options o) { return csv_ = std::move(o), *this; }
    /// In place of `csv::options::tsv()`. For tabs with quotes round texts, as spreadsheets write them: `csv::options().delimiter('\t')`.
    open_options& tsv(penstock::csv::options o) { return tsv_ = std::move(o), *this; }
    open_options& jsonl(json::lines_options o) { return jsonl_ = std::move(o), *this; }
    open_options& json(json::document_options o) { return json_ = std::move(o), *this; }
    open_options& text(text::options o) { return text_ = std::move(o), *this; }
    open_options& arrow(arrow::stream_options o) { return arrow_ = std::move(o), *this; }

    const std::optional<file_format>& format() const noexcept { return format_; }
    const std::optional<penstock::compression>& compression() const noexcept { return compression_; }
    const decompress_options& decompression() const noexcept { return decompression_; }
    const penstock::csv::options& csv() const noexcept { return csv_; }
    const penstock::csv::options& tsv() const noexcept { return tsv_; }
    const json::lines_options& jsonl() const noexcept { return jsonl_; }
    const json::document_options& json() const noexcept { return json_; }
    const text::options& text() const noexcept { return text_; }
    const arrow::stream_options& arrow() const noexcept { return arrow_; }

  private:
    std::optional<file_format> format_;
    std::optional<penstock::compression> compression_;
    decompress_options decompression_;
    penstock::csv::options csv_;
    penstock::csv::options tsv_ = penstock::csv::options::tsv();
    json::lines_options jsonl_;
    json::document_options json_;
    text::options text_;
    arrow::stream_options arrow_;
};

/// How to write rows, whatever their format, and the choice between them. Setters chain.
class create_options {
  public:
    create_options() = default;

    /// By default the name decides.
    create_options& format(file_format f) { return format_ = f, *this; }
    /// By default the name decides.
    create_options& compression(penstock::compression c) { return compression_ = c, *this; }
    /// Level, window, dictionary, budget.
    create_options& compressing(compress_options o) { return compressing_ = std::move(o), *this; }

    // What a format has of its own.

    create_options& csv(penstock::csv::write_options o) { return csv_ = std::move(o), *this; }
    /// In place of `csv::write_options::tsv()`.
    create_options& tsv(penstock::csv::write_options o) { return tsv_ = std::move(o), *this; }
    /// JSON documents and lines.
    create_options& json(json::write_options o) { return json_ = std::move(o), *this; }
    create_options& json_shape(json::write_shape s) { return json_shape_ = s, *this; }
    create_options& text(text::write_options o) { return text_ = std::move(o), *this; }
    create_options& arrow(arrow::write_options o) { return arrow_ = std::move(o), *this; }

    const std::optional<file_format>& format() const noexcept { return format_; }
    const std::optional<penstock::compression>& compression() const noexcept { return compression_; }
    const compress_options& compressing() const noexcept { return compressing_; }
    const penstock::csv::write_options& csv() const noexcept { return csv_; }
    const penstock::csv::write_options& tsv() const noexcept { return tsv_; }
    const json::write_options& json() const noexcept { return json_; }
    json::write_shape json_shape() const noexcept { return json_shape_; }
    const text::write_options& text() const noexcept { return text_; }
    const arrow::write_options& arrow() const noexcept { return arrow_; }

  private:
    std::optional<file_format> format_;
    std::optional<penstock::compression> compression_;
    compress_options compressing_;
    penstock::csv::write_options csv_;
    penstock::csv::write_options tsv_ = penstock::csv::write_options::tsv();
    json::write_options json_;
    json::write_shape json_shape_ = json::write_shape::array;
    text::write_options text_;
    arrow::write_options arrow_;
};

/// The rows in the bytes of `source`, which may be compressed. No I/O happens here. With a `limit`, types are inferred from no
/// more rows than that.
///
/// Errors: `errc::invalid_option` where neither `options` nor the source's name tells the format; what the reader of
/// the format throws. Cancellation and memory are those of `decompress` and of the reader of the format.
PENSTOCK_DECL std::unique_ptr<batch_reader> make_batch_reader(std::unique_ptr<byte_source> source,
                                                              open_options options = open_options());

/// How many bytes to ask for first (see `open_source`) by whoever wants at most `limit` rows: 128 KiB for up to 1,000 of
/// them, else 0, all.
PENSTOCK_DECL std::uint64_t first_bytes(std::optional<std::uint64_t> limit) noexcept;

/// Opens an S3 object, a `file:` URL or a path as rows: `open_source`, then `make_batch_reader`. With a small `limit` it
/// asks for the beginning of an object only, and for the rest when the rows are not all in there. Where there is a client, all
/// memory is taken from its budget, and batches are paid from there until they are released; unless the options name another
/// pool, and for decompression another budget.
///
///     auto rows = co_await open_batches(&s3, "s3://lake/trips.csv.gz");
///     while (auto batch = co_await rows->next()) use(*batch);
PENSTOCK_DECL awaitable<std::unique_ptr<batch_reader>> open_batches(s3::client* s3, std::string url,
                                                                    open_options options = open_options());

/// Writes rows of `schema` into `sink`, in the format of `options` or of the sink's name, compressed as they or the name say.
/// With a schema, CSV has its header even when no row comes, and a schema that the format cannot hold is told at once. No I/O
/// happens here.
///
/// Errors: `errc::invalid_option` where nothing tells the format; what `compress` and the writer of the format throw.
PENSTOCK_DECL std::unique_ptr<batch_writer> make_batch_writer(std::unique_ptr<byte_sink> sink,
                                                              std::shared_ptr<const schema> schema,
                                                              create_options options = create_options());

/// Creates or replaces an S3 object, a `file:` URL or a path, at `close`, from rows: `create_sink`, then `make_batch_writer`.
/// Compression takes its memory from the client's budget, where there is a client and the options name no budget.
PENSTOCK_DECL awaitable<std::unique_ptr<batch_writer>> create_batches(s3::client* s3, std::string url,
                                                                      std::shared_ptr<const schema> schema,
                                                                      create_options options = create_options());

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/dataset/impl/open_batches.ipp>
#endif
