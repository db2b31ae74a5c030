// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What Python loads by ctypes: text formats are read into Arrow's C stream interface, and written from it. Made of our headers
// alone. Functions answer null, or what went wrong.
#include <penstock/codec/compress.hpp>
#include <penstock/codec/compression.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/columnar/c_data.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/csv/batch_writer.hpp>
#include <penstock/format/c_stream.hpp>
#include <penstock/json/document_reader.hpp>
#include <penstock/json/document_writer.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/json/lines_writer.hpp>

#include "real/guarded.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace penstock;

asio::io_context io{1};

/// "name=value", one behind the other, with \x1f in between. Each is to be asked for once.
class settings {
  public:
    explicit settings(std::string_view text) {
        while (!text.empty()) {
            const auto end = std::min(text.find('\x1f'), text.size());
            const auto one = text.substr(0, end);
            const auto equals = one.find('=');
            values_.emplace(one.substr(0, equals), one.substr(equals + 1));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    std::optional<std::string> take(const std::string& name) {
        const auto found = values_.find(name);
        if (found == values_.end()) return std::nullopt;
        auto value = std::move(found->second);
        values_.erase(found);
        return value;
    }
    template <class F>
    void with(const std::string& name, F&& f) {
        if (const auto value = take(name)) f(*value);
    }
    void done() const {
        if (!values_.empty()) throw std::runtime_error{"there is no setting " + values_.begin()->first};
    }

  private:
    std::map<std::string, std::string> values_;
};

std::optional<char> character(const std::string& value) {
    return value.empty() ? std::nullopt : std::optional{value.front()};
}

std::unique_ptr<batch_reader> open_rows(const std::string& path, settings s, std::shared_ptr<const schema> given) {
    auto source = decompress(open_file(path));
    const auto format = s.take("format").value();
    read_options common;
    common.schema = std::move(given);
    s.with("infer", [&](const std::string& v) { common.infer_types = v == "true"; });
    s.with("encoding", [&](const std::string& v) {
        common.encoding = v == "utf16" ? text_encoding::utf16 : text_encoding::latin1;
    });
    if (format == "csv") {
        csv::options o;
        s.with("delimiter", [&](const std::string& v) { o.delimiter(v.front()); });
        s.with("quote", [&](const std::string& v) { o.quote(character(v)); });
        s.with("escape", [&](const std::string& v) { o.escape(character(v)); });
        s.with("null", [&](const std::string& v) { o.null_texts({v}); });
        s.with("no_null", [&](const std::string&) { o.null_texts({}); });
        s.with("header", [&](const std::string& v) { o.header(v == "true"); });
        s.with("detect", [&](const std::string& v) { o.detect(v == "true"); });
        s.with("hex", [&](const std::string&) { o.binary(binary_form::hex); });
        s.done();
        return std::make_unique<csv::batch_reader>(std::move(source), std::move(o.common(std::move(common))));
    }
    if (format == "jsonl") {
        json::lines_options o;
        s.with("value", [&](const std::string& v) { o.value_column(v); });
        s.done();
        return std::make_unique<json::lines_reader>(std::move(source), std::move(o.common(std::move(common))));
    }
    json::document_options o;
    s.with("value", [&](const std::string& v) { o.value_column(v); });
    s.with("rows_at", [&](const std::string& v) { o.rows_at(v); });
    s.done();
    return std::make_unique<json::document_reader>(std::move(source), std::move(o.common(std::move(common))));
}

std::unique_ptr<batch_writer> create_rows(const std::string& path, settings s, const std::shared_ptr<const schema>& columns) {
    auto sink = compress(create_file(path), compression_from_name(path));
    const auto format = s.take("format").value();
    if (format == "csv") {
        csv::write_options o;
        s.with("delimiter", [&](const std::string& v) { o.delimiter(v.front()); });
        s.with("quote", [&](const std::string& v) { o.quote(character(v)); });
        s.with("escape", [&](const std::string& v) { o.escape(character(v)); });
        s.with("null", [&](const std::string& v) { o.null_text(v); });
        s.with("header", [&](const std::string& v) { o.header(v == "true"); });
        s.with("crlf", [&](const std::string& v) { o.crlf(v == "true"); });
        s.with("hex", [&](const std::string&) { o.binary(binary_form::hex); });
        s.done();
        return std::make_unique<csv::batch_writer>(std::move(sink), std::move(o), columns);
    }
    json::write_options o;
    s.with("omit", [&](const std::string&) { o.nulls(json::null_members::omit); });
    s.with("ascii", [&](const std::string&) { o.ascii(true); });
    s.with("slash", [&](const std::string&) { o.escape_slash(true); });
    s.with("indent", [&](const std::string& v) { o.indent(static_cast<unsigned>(std::stoul(v))); });
    s.with("wide", [&](const std::string&) { o.wide_numbers(json::wide_numbers::text); });
    s.with("not_finite", [&](const std::string& v) { o.not_finite(v == "null" ? json::not_finite::null : json::not_finite::text); });
    s.done();
    if (format == "jsonl") return std::make_unique<json::lines_writer>(std::move(sink), std::move(o));
    return std::make_unique<json::document_writer>(std::move(sink), json::write_shape::array, std::move(o));
}

awaitable<void> write_rows(c_stream in, std::unique_ptr<batch_writer> out) {
    while (auto batch = in.next()) co_await out->write(std::move(*batch));
    co_await out->close();
}

} // namespace

extern "C" {

/// `columns`: null infers.
const char* bridge_read_text(const char* path, const char* options, ArrowSchema* columns, ArrowArrayStream* out) {
    return guarded([&] {
        auto given = columns ? import_schema(columns) : nullptr;
        export_stream(open_rows(path, settings{options}, std::move(given)), io, out);
    });
}

const char* bridge_write_text(ArrowArrayStream* in, const char* path, const char* options) {
    return guarded([&] {
        c_stream from{in};
        auto to = create_rows(path, settings{options}, from.schema());
        test::run(write_rows(std::move(from), std::move(to)));
    });
}

} // extern "C"
