// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "arguments.hpp"

#include "row_reading.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string_view>

namespace tool {

namespace {

/// CLI11 takes "-5" for an unsigned number of about 2^64.
const CLI::Validator no_sign{[](std::string& text) { return text.starts_with('-') ? "'" + text + "' is negative" : std::string{}; }, ""};

const CLI::Validator row_count{[](std::string& text) {
                                   std::uint64_t n = 0;
                                   const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
                                   const bool good = code == std::errc{} && end == text.data() + text.size();
                                   return good ? std::string{} : "'" + text + "' is no number of rows";
                               },
                               ""};

const CLI::Validator not_empty{[](std::string& text) { return text.empty() ? std::string{"needs a text"} : std::string{}; }, ""};

/// CLI11 makes a list of "[a,b]" wherever there may be several values. A byte that no argument can have ends such a text, until it is
/// in its place.
constexpr char literal = '\0';

std::vector<std::string> reversed_arguments(int argc, char** argv) {
    std::vector<std::string> all;
    for (int i = argc - 1; i > 0; --i) {
        all.emplace_back(argv[i]);
        if (all.back().starts_with('[') && all.back().ends_with(']')) all.back() += literal;
    }
    return all;
}

/// Of all options of all commands.
void take_brackets_literally(CLI::App& app) {
    const CLI::Validator without_end{[](std::string& text) {
                                         if (text.ends_with(literal)) text.pop_back();
                                         return std::string{};
                                     },
                                     ""};
    for (auto* o : app.get_options()) o->transform(without_end);
    for (auto* c : app.get_subcommands({})) take_brackets_literally(*c);
}

/// "a,b,c"; "\," is a comma in one of them, and an empty one is one, too.
std::vector<std::string> listed(std::string_view text) {
    std::vector<std::string> all(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ',')
            all.emplace_back();
        else
            all.back() += text.substr(i).starts_with("\\,") ? text[++i] : text[i];
    }
    return all;
}

/// Of the command, or of all.
bool is_option(const CLI::App* c, const std::string& text) {
    for (; c && text.starts_with("--"); c = c->get_parent())
        if (c->get_option_no_throw(text)) return true;
    return false;
}

/// A list, one argument each time it is given: what stands behind is no part of it.
void list_option(CLI::App& c, const char* name, std::optional<std::vector<std::string>>& list, const char* text) {
    const auto take = [&c, name, &list](const std::vector<std::string>& given) {
        list.emplace();
        for (const auto& one : given) {
            if (is_option(&c, one)) throw usage_error{std::string{name} + " needs a value in front of " + one};
            for (auto& item : listed(one)) list->push_back(std::move(item));
        }
    };
    c.add_option_function<std::vector<std::string>>(name, take, text)->allow_extra_args(false);
}

/// "64M".
template <class Bytes>
void size_option(CLI::App& app, const char* name, Bytes& value, const char* text) {
    app.add_option(name, value, text)->transform(no_sign)->transform(CLI::AsSizeValue{false});
}

void add_global_options(CLI::App& app, global_options& g) {
    app.add_option("--endpoint-url", g.endpoint_url, "The store, as https://host:port (default: AWS)");
    app.add_option("--region", g.region, "The region that requests are signed for");
    app.add_option("--profile", g.profile, "A profile of the shared configuration files");
    app.add_flag("--anonymous", g.anonymous, "Unsigned requests, for public data");
    app.add_flag("--path-style", g.path_style, "The bucket in the URL's path, not in its host name");
    app.add_flag("--requester-pays", g.requester_pays, "Agree to pay for requests to such buckets");
    size_option(app, "--memory-budget", g.memory_budget, "What all buffers may take, as 64M or 1G (default: 128M)");
    app.add_option("--retry", g.retry, "How to retry: default, aws-standard, jetliner, tensorstore, none");
    app.add_flag("--no-progress", g.no_progress, "No progress bar");
    app.add_flag("--trace", g.trace, "Connections and requests, on standard error");
    app.add_flag("--json", g.json, "JSON Lines instead of text");
}

void add_format_options(CLI::App& c, read_rows_options& o) {
    c.add_option("--from", o.from, "The format (" + format_list() + ") where the name does not tell it");
    c.add_option("--compression", o.compression, "The codec (" + codec_list(false) + ") where bytes and name do not tell it");
    c.add_option("--encoding", o.encoding, "Of text: utf-8, latin1, windows-1252, utf-16, utf-16le, utf-16be (default: utf-8)");
    auto* no_header = c.add_flag("--no-header", o.no_header, "The first line of CSV is data, too");
    list_option(c, "--names", o.names, "What the columns of CSV are called, whatever its header says: a,b,c");
    c.add_option("--skip-rows", o.skip_rows, "So many lines stand in front of CSV's header")->check(row_count);
    c.add_option("--ragged-rows", o.ragged_rows, "Rows of CSV of another length: fail, pad (with nulls), trim or both (default: fail)")
        ->check(CLI::IsMember({"fail", "pad", "trim", "both"}));
    c.add_option("--comment", o.comment, "Rows of CSV that begin so are none: #");
    c.add_flag("--trim", o.trim, "Blanks round a field of CSV are no part of it");
    auto* delimiter = c.add_option("--delimiter", o.delimiter, "Between the fields of CSV: a character or more, or tab (default: a comma, of TSV a tab)")->check(not_empty);
    auto* quote = c.add_option("--quote", o.quote, "Around fields of CSV: a character, or none (default: \", of TSV none)")->check(not_empty);
    auto* escape = c.add_option("--escape", o.escape, "Takes the meaning from a quote in quotes, or with --quote none from a delimiter: \\ (default: the quote doubled)")->check(not_empty);
    c.add_flag("--detect", o.detect, "Find out CSV's delimiter, quotes and whether it has a header")
        ->excludes(no_header)->excludes(delimiter)->excludes(quote)->excludes(escape);
    list_option(c, "--null", o.null_texts, "What stands for null in CSV: NA,NULL, or NA, with the empty field (default: that alone)");
    c.add_option("--decimal-separator", o.decimal_separator, "In the numbers of CSV: , for 1,5 (default: a point)");
    c.add_option("--thousands-separator", o.thousands_separator, "In the numbers of CSV: . for 1.234.567 (default: none)");
    c.add_option("--date-format", o.date_formats, "How a column of CSV writes its dates or times: born=%d.%m.%Y (once for each)")->allow_extra_args(false);
    c.add_option("--pointer", o.pointer, "Where the rows are in a JSON document: /data/items");
    c.add_option("--value-column", o.value_column, "One column of this name with the text of each JSON value, of whatever type");
    c.add_option("--max-columns", o.max_columns, "Of CSV's header (default: 16384), and of keys that are found in JSON (default: 4096)")->check(CLI::PositiveNumber);
    size_option(c, "--max-record-bytes", o.max_record_bytes, "A longer row, line or value is a bad record (default: 16M)");
    c.add_option("--inference-rows", o.inference_rows, "Types are found from the first rows, so many (default: 8192) …")->check(CLI::PositiveNumber);
    size_option(c, "--inference-bytes", o.inference_bytes, "… of so much text (default: 1M)");
}

void add_row_options(CLI::App& c, read_rows_options& o) {
    add_format_options(c, o);
    c.add_option("--schema", o.schema, "The columns and their types, as the command schema prints them, or @FILE (default: found)");
    list_option(c, "--select", o.select, "Only these columns: a,b,c (\\, is a comma in a name)");
    c.add_option("--where", o.where, "Only rows like this: \"fare > 40 and status = 'paid'\"");
    c.add_option("--row-index", o.row_index, "A column of this name, in front, with the number of each row, from 0");
    c.add_option("--on-bad-record", o.on_bad_record, "fail, skip, null or capture (in a column _bad_record) (default: fail)")
        ->check(CLI::IsMember({"fail", "skip", "null", "capture"}));
    c.add_option("--max-bad-records", o.max_bad_records, "More of them are an error after all")->check(row_count);
    c.add_option("--tasks", o.tasks, "Parts of a CSV or JSON Lines text that are parsed at a time, by as many threads, 1 to 256 (default: 1)")
        ->check(CLI::Range(1, 256));
    c.add_flag("--stats", o.stats, "Rows, bytes, requests, memory and time, on standard error");
}

void add_limit_option(CLI::App& c, read_rows_options& o) {
    c.add_option("--limit", o.limit, "Stop after so many rows")->check(row_count);
}

void add_write_options(CLI::App& c, write_rows_options& o) {
    c.add_option("--to-quote", o.to_quote, "Round fields of CSV and TSV that are written: a character, or none (default: \" in CSV, none in TSV)")->check(not_empty);
    c.add_option("--to-escape", o.to_escape, "Without quotes: stands in front of delimiters, line breaks and itself: \\ (default: none)")->check(not_empty);
    c.add_option("--to-null", o.to_null, "What is written for null in CSV and TSV: \\N (default: an empty field)");
    c.add_option("--not-finite", o.not_finite, "What NaN and infinities are in JSON, which has no such numbers: null, text or error (default: error)")
        ->check(CLI::IsMember({"null", "text", "error"}));
}

void add_scan_options(CLI::App& c, scan_options& o) {
    c.add_option("url", o.url, "An object, a prefix that ends in '/', a pattern, a local file, or - for standard input")->required();
    add_row_options(c, o);
    c.add_option("--format", o.format, "table, none, " + format_list() + " (default: table on a terminal, else csv, or jsonl for nested columns)");
    add_write_options(c, o);
}

/// "300", "15m", "1h", "7d". How long a link may live is for the signer to say.
std::chrono::seconds time_of(const char* option, const std::string& text) {
    std::int64_t n = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    const std::string_view unit{end, text.data() + text.size()};
    const std::int64_t factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
    if (code != std::errc{} || factor == 0 || n <= 0 || n > std::numeric_limits<std::int64_t>::max() / factor)
        throw usage_error{std::string{option} + ": '" + penstock::printable(text, 60) + "' is no time", "write 300, 15m, 1h or 7d"};
    return std::chrono::seconds{n * factor};
}

/// What CLI11 complains about, on one line. Arguments that nothing expected are not repeated: one may be the value of a
/// misspelt --secret-key.
std::string one_line(const CLI::App& app, const CLI::ParseError& e) {
    if (dynamic_cast<const CLI::ExtrasError*>(&e)) {
        for (const auto& argument : app.remaining(true))
            if (argument.starts_with('-'))
                return "unknown option " + penstock::printable(argument.substr(0, argument.find('=')), 60);
        return "too many arguments";
    }
    std::string text = e.what();
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return penstock::printable(text, 400);
}

/// A command with options of its own: `define` tells CLI11 of them, and where the command was given, `found` runs it.
template <class Options>
void add_command(CLI::App& app, invocation& found, const char* name, const char* text,
                      awaitable<void> (*run)(session&, Options), void (*define)(CLI::App&, Options&)) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(name, text);
    define(*command, *options);
    command->callback([&found, options, run] { found.command = [options, run](session& s) { return run(s, *options); }; });
}

void add_listing_commands(CLI::App& app, invocation& found) {
    add_command<ls_options>(app, found, "ls", "List buckets, or the keys and prefixes under a URL", ls, [](auto& c, auto& o) {
        c.add_option("url", o.url, "s3://bucket/prefix, a pattern with * and ?, or a folder");
        c.add_flag("-l,--long", o.details, "Size, time and ETag, too");
        c.add_flag("-r,--recursive", o.recursive, "All keys, instead of one level");
    });
    add_command<stat_options>(app, found, "stat", "Show what the store knows of an object", stat, [](auto& c, auto& o) {
        c.add_option("url", o.urls, "s3://bucket/key, s3://bucket, or a file")->required();
    });
}

void add_object_commands(CLI::App& app, invocation& found) {
    add_command<cat_options>(app, found, "cat", "Write objects to standard output, as they are", cat, [](auto& c, auto& o) {
        c.add_option("url", o.urls, "s3://bucket/key, or a file")->required();
    });
    add_command<cp_options>(
        app, found, "cp", "Copy from and to S3, within it, and from or to '-'", cp, [](auto& c, auto& o) {
            c.add_option("source", o.source, "s3://bucket/key, a file, or - for standard input")->required();
            c.add_option("target", o.target, "s3://bucket/key, a file, or - for standard output")->required();
            c.add_flag("-r,--recursive", o.recursive, "Everything below the source, to below the target");
            c.add_option("--jobs", o.jobs, "With -r: how many copies at once, 1 to 64 (default: 8)")->check(CLI::Range(1, 64));
            c.add_option("--content-type", o.content_type, "Kept with the object");
            c.add_option("--metadata", o.metadata, "NAME=VALUE, kept with the object; may be repeated")->allow_extra_args(false);
        });
    add_command<rm_options>(app, found, "rm", "Remove objects", rm, [](auto& c, auto& o) {
        c.add_option("url", o.urls, "s3://bucket/key, or a file")->required();
        c.add_flag("-r,--recursive", o.recursive, "Everything below the URL");
        c.add_flag("--bucket", o.bucket, "The bucket itself; with -r after all that is in it");
    });
    add_command<uploads_options>(
        app, found, "uploads", "List or abort multipart uploads that were never completed", uploads,
        [](CLI::App& c, uploads_options& o) {
            c.add_option("action", o.action, "ls, or abort")->required()->check(CLI::IsMember({"ls", "abort"}));
            c.add_option("url", o.url, "s3://bucket/prefix")->required();
            c.add_option_function<std::string>("--older-than", [&o](const std::string& text) { o.older_than = time_of("--older-than", text); },
                                  "Only those begun so long ago: 1h, 7d");
            c.add_option("--id", o.id, "With abort: this upload of the key s3://bucket/key");
            c.add_flag("--all", o.all, "With abort: all, also those that somebody is still at");
        });
    add_command<mb_options>(app, found, "mb", "Make a bucket", mb,
                            [](auto& c, auto& o) { c.add_option("url", o.url, "s3://bucket")->required(); });
    add_command<presign_options>(
        app, found, "presign", "Make a link that works without credentials for a while", presign,
        [](CLI::App& c, presign_options& o) {
            c.add_option("url", o.url, "s3://bucket/key")->required();
            c.add_option_function<std::string>("--expires", [&o](const std::string& text) { o.expires = time_of("--expires", text); },
                                  "How long: 300, 15m, 1h, 7d (default: 1h)");
            c.add_option("--method", o.method, "GET, PUT, HEAD or DELETE (default: GET)")
                ->transform(CLI::IsMember({"GET", "PUT", "HEAD", "DELETE"}, CLI::ignore_case));
        });
}

void add_row_commands(CLI::App& app, invocation& found) {
    add_command<scan_options>(app, found, "head", "Show the first rows", scan, [](auto& c, auto& o) {
        o.limit = 10;
        add_scan_options(c, o);
        c.add_option("-n,--lines,--limit", o.limit, "How many rows (default: 10)")->check(row_count);
    });
    add_command<scan_options>(app, found, "scan", "Read rows: select columns, filter, print in any format", scan, [](auto& c, auto& o) {
        add_scan_options(c, o);
        add_limit_option(c, o);
        c.add_flag("--checksum", o.checksum, "Of the benchmark's columns, instead of rows");
    });
    add_command<convert_options>(
        app, found, "convert", "Write rows in another format and compression, as the target's name says", convert, [](auto& c, auto& o) {
            c.add_option("source", o.url, "As for scan")->required();
            c.add_option("target", o.target, "s3://bucket/key, a file, or - for standard output")->required();
            add_row_options(c, o);
            add_limit_option(c, o);
            c.add_option("--to", o.to, "The format to write (" + format_list() + ") where the name does not tell it");
            c.add_option("--to-compression", o.to_compression, "The codec to write (" + codec_list(true) + ") where the name does not tell it");
            c.add_option("--level", o.level, "Of the compression, on the codec's own scale");
            add_write_options(c, o);
        });
    add_command<schema_options>(app, found, "schema", "Show the columns and their types, as --schema takes them", print_schema, [](auto& c, auto& o) {
        c.add_option("url", o.url, "An object, a local file, or - for standard input")->required();
        add_format_options(c, o);
    });
}

void add_service_commands(CLI::App& app, invocation& found) {
    add_command<check_options>(app, found, "check", "Try the way to a store, step by step, and tell what fails", check,
                               [](auto& c, auto& o) { c.add_option("url", o.url, "s3://bucket, or s3://bucket/key"); });
    app.add_subcommand("credentials", "Show which source has credentials, and which have none and why; --json prints them as "
                                      "a credential_process does")
        ->callback([&found] { found.command = [](session& s) { return credentials(s); }; });
    add_command<serve_options>(
        app, found, "serve", "Serve a folder as an S3 store: its subfolders are the buckets", serve, [](auto& c, auto& o) {
            c.add_option("folder", o.folder, "Where the buckets are; made where it does not exist")->required();
            c.add_option("--host", o.host, "The address to listen on (default: 127.0.0.1)");
            c.add_option("--port", o.port, "0 takes any free one (default: 0)");
            c.add_option("--tls", o.tls, "HTTPS with this certificate and key (PEM files)")->expected(2);
            c.add_option("--access-key", o.access_key, "Requests must be signed with this key …")
                ->envname("PENSTOCK_ACCESS_KEY");
            c.add_option("--secret-key", o.secret_key, "… and its secret, better given by the environment")
                ->envname("PENSTOCK_SECRET_KEY");
        });
}

} // namespace

std::optional<invocation> parse_arguments(int argc, char** argv) {
    CLI::App app{"Streams, reads and writes data on S3 and on local disks.", "penstock"};
    app.set_version_flag("--version", "penstock " PENSTOCK_VERSION_STRING);
    app.require_subcommand(1);
    app.fallthrough(); // options of all commands may follow the command

    invocation found;
    add_global_options(app, found.global);
    add_listing_commands(app, found);
    add_object_commands(app, found);
    add_row_commands(app, found);
    add_service_commands(app, found);
    app.add_subcommand("help", "Print this");
    if (argc > 1 && std::string_view{argv[1]} == "help") { // before parsing: then it would be the help of "help"
        std::fputs(app.help().c_str(), stdout);
        return std::nullopt;
    }

    take_brackets_literally(app);
    try {
        app.parse(reversed_arguments(argc, argv));
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) {
            app.exit(e); // --help and --version
            return std::nullopt;
        }
        std::string name = "penstock";
        for (const auto* c : app.get_subcommands()) name += " " + c->get_name();
        throw usage_error{one_line(app, e), name + " --help"};
    }
    if (app.got_subcommand("cp")) found.cleans_up = app.get_subcommand("cp")->get_option("target")->as<std::string>() != "-";
    if (app.got_subcommand("convert"))
        found.cleans_up = app.get_subcommand("convert")->get_option("target")->as<std::string>() != "-";
    found.serves = app.got_subcommand("serve");
    return found;
}

} // namespace tool
