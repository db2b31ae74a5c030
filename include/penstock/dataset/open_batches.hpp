// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compression.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/format/batch_reader.hpp>
#include <penstock/format/batch_writer.hpp>
#include <penstock/format/read_options.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

namespace s3 {
class client;
}

/// How rows are stored. More formats may come in any version: give a `switch` a default.
enum class file_format : std::uint8_t {
    csv,
    tsv,   ///< CSV with tabs
    jsonl, ///< one JSON object a line
    json,  ///< a JSON document: an array of objects, one object, or several; written as an array
};

/// "csv", "tsv", "jsonl", "json".
PENSTOCK_DECL std::string_view to_string(file_format f) noexcept;

/// The format of that name, in any case; "ndjson" is "jsonl", too.
PENSTOCK_DECL std::optional<file_format> parse_file_format(std::string_view name) noexcept;

/// What a name's extension says, that of a codec taken off: "a/b.csv.gz" is CSV. Extensions: .csv .tsv .jsonl .ndjson
/// .json.
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
    open_options& header(bool on) { return header_ = on, *this; }
    /// JSON: a JSON pointer to the rows, "/data/items"; see `json::document_options`.
    open_options& rows_at(std::string pointer) { return rows_at_ = std::move(pointer), *this; }

    const std::optional<file_format>& format() const noexcept { return format_; }
    const std::optional<penstock::compression>& compression() const noexcept { return compression_; }
    const decompress_options& decompression() const noexcept { return decompression_; }
    bool header() const noexcept { return header_; }
    const std::string& rows_at() const noexcept { return rows_at_; }

  private:
    std::optional<file_format> format_;
    std::optional<penstock::compression> compression_;
    decompress_options decompression_;
    bool header_ = true;
    std::string rows_at_;
};

/// The rows in the bytes of `source`, which may be compressed. No I/O happens here.
///
/// Errors: `errc::invalid_option` where neither `options` nor the source's name tells the format; what the reader of
/// the format throws. Cancellation and memory are those of `decompress` and of the reader of the format.
PENSTOCK_DECL std::unique_ptr<batch_reader> make_batch_reader(std::unique_ptr<byte_source> source,
                                                              open_options options = open_options());

/// Opens an S3 object, a `file:` URL or a path as rows: `open_source`, then `make_batch_reader`. Decompression takes its
/// memory from the client's budget, where there is a client and the options name no budget.
///
///     auto rows = co_await open_batches(&s3, "s3://lake/trips.csv.gz");
///     while (auto batch = co_await rows->next()) use(*batch);
PENSTOCK_DECL awaitable<std::unique_ptr<batch_reader>> open_batches(s3::client* s3, std::string url,
                                                                    open_options options = open_options());

/// Writes rows of `schema` into `sink` in that format. Compress by giving it a `compress`ing sink.
PENSTOCK_DECL std::unique_ptr<batch_writer> make_batch_writer(file_format format, std::unique_ptr<byte_sink> sink,
                                                              std::shared_ptr<const schema> schema);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/dataset/impl/open_batches.ipp>
#endif
