// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// None of these is an aggregate: g++ 12 destroys aggregate arguments of coroutines twice.
namespace tool {

/// A command line that cannot mean anything: status 2.
struct usage_error : std::runtime_error {
    usage_error(const std::string& what, std::string hint = {}) : runtime_error{what}, hint{std::move(hint)} {}
    std::string hint;
};

/// What every command takes.
struct global_options {
    global_options() = default;

    std::string endpoint_url;
    std::string region;
    std::string profile;
    std::string retry;
    std::optional<std::uint64_t> memory_budget;
    bool anonymous = false;
    bool path_style = false;
    bool requester_pays = false;
    bool no_progress = false;
    bool json = false;
    bool trace = false;
};

struct ls_options {
    ls_options() = default;

    std::optional<std::string> url;
    bool details = false;
    bool recursive = false;
};

struct stat_options {
    stat_options() = default;

    std::vector<std::string> urls;
};

struct cat_options {
    cat_options() = default;

    std::vector<std::string> urls;
};

struct cp_options {
    cp_options() = default;

    std::string source;
    std::string target;
    std::string content_type;
    std::vector<std::string> metadata; ///< "name=value"
    bool recursive = false;
    std::size_t jobs = 8; ///< of a recursive copy: how many at once
};

struct rm_options {
    rm_options() = default;

    std::vector<std::string> urls;
    bool recursive = false;
    bool bucket = false;
};

struct uploads_options {
    uploads_options() = default;

    std::string action = "ls"; ///< or "abort"
    std::string url;
    std::string id;
    std::optional<std::chrono::seconds> older_than;
    bool all = false;
};

struct mb_options {
    mb_options() = default;

    std::string url;
};

/// How rows are read.
struct read_rows_options {
    read_rows_options() = default;

    std::string url;
    std::string from;        ///< a format; by the name where empty
    std::string compression; ///< a codec; by bytes and name where empty
    std::string encoding;
    std::optional<std::string> schema; ///< its text, or "@" and a file
    std::optional<std::vector<std::string>> select;
    std::string where;
    std::optional<std::uint64_t> limit;
    bool no_header = false;
    bool detect = false; ///< the dialect of CSV
    std::optional<std::vector<std::string>> names; ///< of CSV's columns
    std::uint64_t skip_rows = 0;
    std::string ragged_rows;
    std::string comment;
    bool trim = false;
    std::string delimiter;
    std::string quote;
    std::string escape;
    std::optional<std::vector<std::string>> null_texts;
    std::string decimal_separator;
    std::string thousands_separator;
    std::vector<std::string> date_formats; ///< column=pattern
    std::string pointer;
    std::string value_column;
    std::optional<std::size_t> max_columns, max_record_bytes, inference_rows, inference_bytes;
    std::string row_index;
    unsigned tasks = 1;
    std::string on_bad_record = "fail";
    std::optional<std::uint64_t> max_bad_records;
    bool stats = false;
};

/// How rows are written.
struct write_rows_options {
    write_rows_options() = default;

    std::string not_finite; ///< null or text: what NaN is in JSON
    std::string to_quote;   ///< round fields of CSV and TSV: a character or none
    std::string to_escape;
    std::optional<std::string> to_null;
};

/// `scan`, and `head`, which is a scan of the first rows.
struct scan_options : read_rows_options, write_rows_options {
    scan_options() = default;

    std::string format; ///< empty: a table on a terminal, else CSV, or JSON Lines where CSV cannot hold the columns
    bool checksum = false;
};

struct convert_options : read_rows_options, write_rows_options {
    convert_options() = default;

    std::string target;
    std::string to;             ///< a format; by the target's name where empty
    std::string to_compression; ///< a codec; by the target's name where empty
    std::optional<int> level;
};

struct schema_options : read_rows_options {
    schema_options() = default;
};

struct presign_options {
    presign_options() = default;

    std::string url;
    std::string method = "GET";
    std::chrono::seconds expires{3600};
};

struct check_options {
    check_options() = default;

    std::string url; ///< empty: the store itself
};

struct serve_options {
    serve_options() = default;

    std::string folder;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::vector<std::string> tls; ///< certificate and key, PEM files
    std::string access_key;
    std::string secret_key;
};

} // namespace tool
