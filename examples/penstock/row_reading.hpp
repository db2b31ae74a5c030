// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "row_output.hpp"
#include "session.hpp"

#include <penstock/dataset/open_batches.hpp>

#include <cstdint>
#include <memory>
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

/// What the command line says of reading `url`. Throws `usage_error`.
penstock::open_options reading_options(const read_rows_options& o, const std::string& url);

/// Opens an object, a file, or standard input ("-"). `first` as `open_source` has it.
awaitable<std::unique_ptr<penstock::byte_source>> open_input(session& s, std::string url, std::uint64_t first);

/// Reads rows as the options say, of one object after the other, into `to`, and says on standard error what --stats asks for
/// and which records were bad.
awaitable<void> read_rows(session& s, read_rows_options o, row_output& to);

} // namespace tool
