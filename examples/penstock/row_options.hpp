// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "options.hpp"

#include <penstock/dataset/open_batches.hpp>

#include <optional>
#include <string>

namespace tool {

/// "csv, tsv, jsonl …"
std::string format_list();
/// Throws `usage_error`, which names the option, for what is no format.
penstock::file_format format_named(const char* option, const std::string& name);
/// "gzip, zstd …": what can be read, or written.
std::string codec_list(bool writable);
/// As `format_named`.
penstock::compression codec_named(const char* option, const std::string& name, bool writable);
/// A single character; "tab" has a name. As `format_named`.
char character_named(const char* option, const std::string& text);
/// The same, or "none".
std::optional<char> quote_named(const char* option, const std::string& text);

/// What the command line says of reading `url`. Throws `usage_error`.
penstock::open_options reading_options(const read_rows_options& o, const std::string& url);
/// By the names of --on-bad-record.
penstock::bad_records bad_records_named(const std::string& name);

} // namespace tool
