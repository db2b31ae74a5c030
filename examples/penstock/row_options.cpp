// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "row_options.hpp"

#include <penstock/codec/codec_info.hpp>
#include <penstock/columnar/parse_data_type.hpp>

#include <fstream>
#include <utility>

namespace tool {

using namespace penstock;

namespace {

/// "tab" has a name, for it is hard to type.
std::string typed(const std::string& text) { return text == "tab" || text == "\\t" ? "\t" : text; }

constexpr text_encoding encodings[] = {text_encoding::utf8,  text_encoding::latin1,  text_encoding::windows_1252,
                                       text_encoding::utf16, text_encoding::utf16le, text_encoding::utf16be};

/// "a, b, c".
template <class Range, class Text>
std::string joined(const Range& all, Text text) {
    std::string out;
    for (const auto& one : all) {
        const std::string name{text(one)};
        if (!name.empty()) out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

text_encoding encoding_named(const std::string& name) {
    if (const auto found = parse_text_encoding(name)) return *found;
    throw usage_error{"--encoding: '" + printable(name, 60) + "' is no encoding",
                      joined(encodings, [](text_encoding e) { return to_string(e); })};
}

/// The text of --schema, or what stands in the file that it names.
std::shared_ptr<const schema> given_schema(const std::string& text) {
    auto fields = text;
    if (text.starts_with('@')) {
        std::ifstream file{text.substr(1)};
        fields.clear();
        std::getline(file, fields, '\0');
        if (!file.is_open() || file.bad()) throw usage_error{"--schema: cannot read " + printable(text.substr(1))};
    }
    auto parsed = parse_schema(fields);
    if (!parsed) throw usage_error{"--schema: " + parsed.error().message()};
    if (parsed->empty()) throw usage_error{"--schema: it has no columns"};
    return std::make_shared<const schema>(std::move(*parsed));
}

/// `csv`: what holds where nothing is said.
csv::options csv_options(const read_rows_options& o, csv::options csv) {
    csv.header(!o.no_header).detect(o.detect).skip_rows(o.skip_rows).comment(o.comment).trim(o.trim);
    if (o.names) csv.names(*o.names);
    if (o.ragged_rows == "pad") csv.ragged_rows(csv::ragged_rows::pad);
    if (o.ragged_rows == "trim") csv.ragged_rows(csv::ragged_rows::trim);
    if (o.ragged_rows == "both") csv.ragged_rows(csv::ragged_rows::pad_and_trim);
    if (!o.delimiter.empty()) csv.delimiter(typed(o.delimiter));
    if (!o.decimal_separator.empty()) csv.decimal_separator(character_named("--decimal-separator", o.decimal_separator));
    if (!o.thousands_separator.empty()) csv.thousands_separator(character_named("--thousands-separator", o.thousands_separator));
    for (const auto& given : o.date_formats) {
        const auto equals = given.find('=');
        if (equals == given.npos) throw usage_error{"--date-format: '" + printable(given, 60) + "' is not column=pattern"};
        csv.date_format(given.substr(0, equals), given.substr(equals + 1));
    }
    if (!o.quote.empty()) csv.quote(quote_named("--quote", o.quote));
    if (!o.escape.empty()) csv.escape(character_named("--escape", o.escape));
    if (o.max_columns) csv.max_columns(*o.max_columns);
    if (o.null_texts) csv.null_texts(*o.null_texts);
    const auto fits = csv.check();
    if (!fits) throw usage_error{fits.error().message()};
    return csv;
}

/// Of lines or documents.
template <class Options>
Options json_options(const read_rows_options& o) {
    Options json;
    json.value_column(o.value_column);
    if (o.max_columns) json.max_columns(*o.max_columns);
    return json;
}

} // namespace

std::string format_list() {
    return joined(file_formats(), [](file_format f) { return to_string(f); });
}

std::string codec_list(bool writable) {
    return "none, " + joined(codecs(), [writable](const codec_info& c) {
               return c.available && (c.writable || !writable) ? to_string(c.kind) : std::string_view{};
           });
}

char character_named(const char* option, const std::string& text) {
    if (const auto meant = typed(text); meant.size() == 1) return meant.front();
    throw usage_error{std::string{option} + ": '" + printable(text, 60) + "' is no single character"};
}

std::optional<char> quote_named(const char* option, const std::string& text) {
    if (text == "none") return std::nullopt;
    return character_named(option, text);
}

compression codec_named(const char* option, const std::string& name, bool writable) {
    const auto codec = parse_compression(name);
    if (!codec) throw usage_error{std::string{option} + ": '" + printable(name, 60) + "' is no codec", codec_list(writable)};
    return *codec;
}

file_format format_named(const char* option, const std::string& name) {
    const auto format = parse_file_format(name);
    if (!format) throw usage_error{std::string{option} + ": '" + printable(name, 60) + "' is no format", format_list()};
    return *format;
}

open_options reading_options(const read_rows_options& o, const std::string& url) {
    auto format = format_from_name(url);
    if (!o.from.empty()) format = format_named("--from", o.from);
    if (!format)
        throw usage_error{(url == "-" ? "standard input has no name to tell its format"
                                      : "the name of " + printable(url) + " does not tell its format"),
                          "give --from: " + format_list()};
    const auto only = [&](const char* option, const char* what, bool given, bool fits) {
        if (given && !fits)
            throw usage_error{std::string{option} + " is for " + what + ", and " + printable(url) + " is " + std::string{to_string(*format)},
                              "--from says another format"};
    };
    const bool csv = *format == file_format::csv || *format == file_format::tsv;
    const bool is_json = *format == file_format::json || *format == file_format::jsonl;
    only("--no-header", "CSV", o.no_header, csv);
    only("--detect", "CSV", o.detect, csv);
    only("--names", "CSV", o.names.has_value(), csv);
    only("--skip-rows", "CSV", o.skip_rows != 0, csv);
    only("--ragged-rows", "CSV", !o.ragged_rows.empty(), csv);
    only("--comment", "CSV", !o.comment.empty(), csv);
    only("--trim", "CSV", o.trim, csv);
    only("--delimiter", "CSV", !o.delimiter.empty(), csv);
    only("--quote", "CSV", !o.quote.empty(), csv);
    only("--escape", "CSV", !o.escape.empty(), csv);
    only("--null", "CSV", o.null_texts.has_value(), csv);
    only("--decimal-separator", "CSV", !o.decimal_separator.empty(), csv);
    only("--thousands-separator", "CSV", !o.thousands_separator.empty(), csv);
    only("--date-format", "CSV", !o.date_formats.empty(), csv);
    only("--pointer", "JSON documents", !o.pointer.empty(), *format == file_format::json);
    only("--value-column", "JSON", !o.value_column.empty(), is_json);
    only("--max-columns", "CSV and JSON", o.max_columns.has_value(), csv || is_json);
    only("--encoding", "text", !o.encoding.empty(), *format != file_format::arrow);
    open_options out;
    out.format(*format).jsonl(json_options<json::lines_options>(o));
    if (*format == file_format::tsv)
        out.tsv(csv_options(o, csv::options::tsv()));
    else
        out.csv(csv_options(o, csv::options()));
    out.json(json_options<json::document_options>(o).rows_at(o.pointer));
    if (o.max_record_bytes) out.max_record_bytes(*o.max_record_bytes);
    if (o.inference_rows) out.inference_rows(*o.inference_rows);
    if (o.inference_bytes) out.inference_bytes(*o.inference_bytes);
    if (!o.compression.empty()) out.compression(codec_named("--compression", o.compression, false));
    if (!o.encoding.empty()) out.encoding(encoding_named(o.encoding));
    if (o.schema) out.schema(given_schema(*o.schema));
    return out;
}

bad_records bad_records_named(const std::string& name) {
    if (name == "skip") return bad_records::skip;
    if (name == "null") return bad_records::null_values;
    if (name == "capture") return bad_records::capture;
    return bad_records::fail;
}

} // namespace tool
