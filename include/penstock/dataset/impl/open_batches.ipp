// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/dataset/open_batches.hpp>

#include <penstock/arrow/stream_reader.hpp>
#include <penstock/arrow/stream_writer.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/error.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/csv/batch_writer.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/json/document_reader.hpp>
#include <penstock/json/document_writer.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/json/lines_writer.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/text/line_reader.hpp>

#include <algorithm>
#include <utility>

namespace penstock {
namespace detail {

/// Names of formats, which are extensions, too; a format's own name comes first.
inline constexpr std::pair<std::string_view, file_format> format_names[] = {
    {"csv", file_format::csv},     {"tsv", file_format::tsv},   {"jsonl", file_format::jsonl}, {"ndjson", file_format::jsonl},
    {"json", file_format::json},   {"text", file_format::text}, {"txt", file_format::text},    {"log", file_format::text},
    {"arrow", file_format::arrow}, {"arrows", file_format::arrow}, {"ipc", file_format::arrow}, {"feather", file_format::arrow},
};

/// `asked`, or what the name says.
inline file_format format_of(const std::string& name, const std::optional<file_format>& asked, const char* operation) {
    if (asked) return *asked;
    if (const auto found = format_from_name(name)) return *found;
    error_detail d;
    d.operation = operation;
    d.object = name;
    d.message = "the name does not tell the format";
    std::string all;
    for (const auto& [extension, f] : format_names) all += (all.empty() ? "." : " .") + std::string{extension};
    d.hint = "name it by one of " + all + " (.gz and the like may follow), or say which format it is";
    throw_failure(failure{errc::invalid_option, std::move(d)});
}

} // namespace detail

PENSTOCK_DECL std::string_view to_string(file_format f) noexcept {
    for (const auto& [name, format] : detail::format_names)
        if (format == f) return name;
    return "unknown";
}

PENSTOCK_DECL std::span<const file_format> file_formats() noexcept {
    static constexpr file_format all[] = {file_format::csv, file_format::tsv, file_format::jsonl, file_format::json, file_format::text,
                                          file_format::arrow};
    return all;
}

PENSTOCK_DECL std::optional<file_format> parse_file_format(std::string_view name) noexcept {
    for (const auto& [known, format] : detail::format_names)
        if (detail::iequals(name, known)) return format;
    return std::nullopt;
}

PENSTOCK_DECL std::optional<file_format> format_from_name(std::string_view name) noexcept {
    name = without_compression_extension(name);
    name = name.substr(name.rfind('/') + 1);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    return parse_file_format(name.substr(dot + 1));
}

PENSTOCK_DECL std::uint64_t first_bytes(std::optional<std::uint64_t> limit) noexcept {
    constexpr std::uint64_t few_rows = 1000, beginning = std::uint64_t{128} << 10;
    return limit && *limit <= few_rows ? beginning : 0;
}

PENSTOCK_DECL std::unique_ptr<batch_reader> make_batch_reader(std::unique_ptr<byte_source> source,
                                                              open_options options) {
    const auto format = detail::format_of(source->name(), options.format(), "open");
    auto shared = options.common();
    // Types of rows that nobody wants need not be read.
    if (shared.limit && *shared.limit < shared.inference_rows) shared.inference_rows = static_cast<std::size_t>(std::max<std::uint64_t>(*shared.limit, 1));
    auto codec = options.decompression();
    if (options.compression()) codec.kind(*options.compression());
    if (!codec.pool() && options.common().pool) codec.pool(options.common().pool);
    if (!codec.compute_executor()) codec.compute_executor(options.common().compute_executor);
    auto plain = decompress(std::move(source), std::move(codec));
    switch (format) {
    case file_format::csv:
    case file_format::tsv: {
        auto csv = format == file_format::tsv ? options.tsv() : options.csv();
        return std::make_unique<csv::batch_reader>(std::move(plain), std::move(csv.common(std::move(shared))));
    }
    case file_format::jsonl: {
        auto lines = options.jsonl();
        return std::make_unique<json::lines_reader>(std::move(plain), std::move(lines.common(std::move(shared))));
    }
    case file_format::json: {
        auto documents = options.json();
        return std::make_unique<json::document_reader>(std::move(plain), std::move(documents.common(std::move(shared))));
    }
    case file_format::text: {
        auto lines = options.text();
        return std::make_unique<text::line_reader>(std::move(plain), std::move(lines.common(std::move(shared))));
    }
    case file_format::arrow: {
        auto stream = options.arrow();
        return std::make_unique<arrow::stream_reader>(std::move(plain), std::move(stream.common(std::move(shared))));
    }
    }
    throw_failure(failure{errc::invalid_option, "there is no such format"});
}

PENSTOCK_DECL awaitable<std::unique_ptr<batch_reader>> open_batches(s3::client* s3, std::string url,
                                                                    open_options options) {
    const auto name = s3::is_json_spec(url) ? detail::read_spec(s3, url).address.url() : url;
    options.format(detail::format_of(name, options.format(), "open")); // before a request is sent
    if (s3 && !options.decompression().budget()) {
        auto codec = options.decompression();
        if (!codec.pool() && !options.common().pool) codec.pool(s3->buffers());
        options.decompression(codec.budget(s3->budget()));
    }
    if (s3 && !options.common().pool) options.pool(buffer_pool::create(s3->budget(), s3->buffers()));
    auto source = co_await open_source(s3, std::move(url), first_bytes(options.common().limit));
    co_return make_batch_reader(std::move(source), std::move(options));
}

PENSTOCK_DECL std::unique_ptr<batch_writer> make_batch_writer(std::unique_ptr<byte_sink> sink,
                                                              std::shared_ptr<const schema> schema,
                                                              create_options options) {
    const auto name = sink->name();
    const auto format = detail::format_of(name, options.format(), "create");
    const auto codec = options.compression().value_or(compression_from_name(name));
    sink = compress(std::move(sink), codec, options.compressing());
    switch (format) {
    case file_format::csv:
    case file_format::tsv:
        return std::make_unique<csv::batch_writer>(std::move(sink), format == file_format::tsv ? options.tsv() : options.csv(), std::move(schema));
    case file_format::jsonl:
        return std::make_unique<json::lines_writer>(std::move(sink), options.json(), std::move(schema));
    case file_format::json:
        return std::make_unique<json::document_writer>(std::move(sink), options.json_shape(), options.json(), std::move(schema));
    case file_format::text:
        return std::make_unique<text::writer>(std::move(sink), options.text(), std::move(schema));
    case file_format::arrow:
        return std::make_unique<arrow::stream_writer>(std::move(sink), options.arrow(), std::move(schema));
    }
    throw_failure(failure{errc::invalid_option, "there is no such format"});
}

PENSTOCK_DECL awaitable<std::unique_ptr<batch_writer>> create_batches(s3::client* s3, std::string url,
                                                                      std::shared_ptr<const schema> schema,
                                                                      create_options options) {
    if (s3 && !options.compressing().budget()) {
        auto codec = options.compressing();
        options.compressing(codec.budget(s3->budget()));
    }
    auto sink = co_await create_sink(s3, std::move(url));
    co_return make_batch_writer(std::move(sink), std::move(schema), std::move(options));
}

} // namespace penstock
