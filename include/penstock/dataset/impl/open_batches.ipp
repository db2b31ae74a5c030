// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/dataset/open_batches.hpp>

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

#include <utility>

namespace penstock {
namespace detail {

inline file_format format_of(const std::string& name, const open_options& options) {
    if (options.format()) return *options.format();
    if (const auto found = format_from_name(name)) return *found;
    error_detail d;
    d.operation = "open";
    d.object = name;
    d.message = "the name does not tell the format";
    d.hint = "name it .csv, .tsv, .jsonl or .json (.gz may follow), or say which format it is";
    throw_failure(failure{errc::invalid_option, std::move(d)});
}

} // namespace detail

PENSTOCK_DECL std::string_view to_string(file_format f) noexcept {
    switch (f) {
    case file_format::csv: return "csv";
    case file_format::tsv: return "tsv";
    case file_format::jsonl: return "jsonl";
    case file_format::json: return "json";
    }
    return "unknown";
}

PENSTOCK_DECL std::optional<file_format> parse_file_format(std::string_view name) noexcept {
    if (detail::iequals(name, "csv")) return file_format::csv;
    if (detail::iequals(name, "tsv")) return file_format::tsv;
    if (detail::iequals(name, "jsonl") || detail::iequals(name, "ndjson")) return file_format::jsonl;
    if (detail::iequals(name, "json")) return file_format::json;
    return std::nullopt;
}

PENSTOCK_DECL std::optional<file_format> format_from_name(std::string_view name) noexcept {
    name = without_compression_extension(name);
    name = name.substr(name.rfind('/') + 1);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    return parse_file_format(name.substr(dot + 1));
}

PENSTOCK_DECL std::unique_ptr<batch_reader> make_batch_reader(std::unique_ptr<byte_source> source,
                                                              open_options options) {
    const auto format = detail::format_of(source->name(), options);
    auto codec = options.decompression();
    if (options.compression()) codec.kind(*options.compression());
    if (!codec.pool() && options.common().pool) codec.pool(options.common().pool);
    if (!codec.compute_executor()) codec.compute_executor(options.common().compute_executor);
    auto plain = decompress(std::move(source), std::move(codec));
    if (format == file_format::jsonl)
        return std::make_unique<json::lines_reader>(std::move(plain),
                                                    json::lines_options().common(options.common()));
    if (format == file_format::json)
        return std::make_unique<json::document_reader>(
            std::move(plain), json::document_options().common(options.common()).rows_at(options.rows_at()));
    auto csv = csv::options().common(options.common()).header(options.header());
    if (format == file_format::tsv) csv.delimiter('\t');
    return std::make_unique<csv::batch_reader>(std::move(plain), std::move(csv));
}

PENSTOCK_DECL awaitable<std::unique_ptr<batch_reader>> open_batches(s3::client* s3, std::string url,
                                                                    open_options options) {
    const auto name = s3::is_json_spec(url) ? detail::read_spec(s3, url).address.url() : url;
    options.format(detail::format_of(name, options)); // before a request is sent
    if (s3 && !options.common().pool) options.pool(s3->buffers());
    if (s3 && !options.decompression().budget()) {
        auto codec = options.decompression();
        options.decompression(codec.budget(s3->budget()));
    }
    auto source = co_await open_source(s3, std::move(url));
    co_return make_batch_reader(std::move(source), std::move(options));
}

PENSTOCK_DECL std::unique_ptr<batch_writer> make_batch_writer(file_format format, std::unique_ptr<byte_sink> sink,
                                                              std::shared_ptr<const schema> schema) {
    if (format == file_format::jsonl) return std::make_unique<json::lines_writer>(std::move(sink));
    if (format == file_format::json) return std::make_unique<json::document_writer>(std::move(sink));
    csv::write_options options;
    if (format == file_format::tsv) options.delimiter('\t');
    return std::make_unique<csv::batch_writer>(std::move(sink), std::move(options), std::move(schema));
}

} // namespace penstock
