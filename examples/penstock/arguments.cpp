// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
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

void add_global_options(CLI::App& app, global_options& g, std::string& profile) {
    app.add_option("--endpoint-url", g.endpoint_url, "The store, as https://host:port (default: AWS)");
    app.add_option("--region", g.region, "The region that requests are signed for");
    app.add_option("--profile", profile, "A profile of the shared configuration files");
    app.add_flag("--anonymous", g.anonymous, "Unsigned requests, for public data");
    app.add_flag("--path-style", g.path_style, "The bucket in the URL's path, not in its host name");
    app.add_flag("--requester-pays", g.requester_pays, "Agree to pay for requests to such buckets");
    app.add_option("--memory-budget", g.memory_budget, "What all buffers may take, as 64M or 1G (default: 128M)")
        ->transform(no_sign)->transform(CLI::AsSizeValue{false});
    app.add_option("--retry", g.retry, "How to retry: default, aws-standard, jetliner, tensorstore, none");
    app.add_flag("--no-progress", g.no_progress, "No progress bar");
    app.add_flag("--trace", g.trace, "Connections and requests, on standard error");
    app.add_flag("--json", g.json, "JSON Lines instead of text");
}

void add_scan_options(CLI::App& c, scan_options& o) {
    c.add_option("url", o.url, "An object, a prefix that ends in '/', a pattern, or a local file")->required();
    c.add_option("--from", o.from, "The format (csv, tsv, jsonl) where the name does not tell it");
    c.add_option("--select", o.select, "Only these columns: a,b,c")->delimiter(',');
    c.add_option("--where", o.where, "Only rows like this: \"fare > 40 and status = 'paid'\"");
    c.add_option("--format", o.format, "table, csv, tsv, jsonl or none (default: table on a terminal, else csv)");
    c.add_flag("--no-header", o.no_header, "The first line of CSV is data, too");
    c.add_flag("--stats", o.stats, "Rows, bytes, requests and time, on standard error");
}

/// "300", "15m", "1h", "7d". How long a link may live is for the signer to say.
std::optional<std::chrono::seconds> seconds_of(const std::string& text) {
    std::int64_t n = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    const std::string_view unit{end, text.data() + text.size()};
    const std::int64_t factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
    if (code != std::errc{} || factor == 0 || n <= 0 || n > std::numeric_limits<std::int64_t>::max() / factor)
        return std::nullopt;
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

} // namespace

std::optional<invocation> parse_arguments(int argc, char** argv) {
    CLI::App app{"Streams, reads and writes data on S3 and on local disks.", "penstock"};
    app.set_version_flag("--version", "penstock " PENSTOCK_VERSION_STRING);
    app.require_subcommand(1);
    app.fallthrough(); // options of all commands may follow the command

    invocation found;
    std::string profile;
    add_global_options(app, found.global, profile);

    auto* ls_command = app.add_subcommand("ls", "List buckets, or the keys and prefixes under a URL");
    ls_options for_ls;
    ls_command->add_option("url", for_ls.url, "s3://bucket/prefix, a pattern with * and ?, or a folder");
    ls_command->add_flag("-l,--long", for_ls.details, "Size, time and ETag, too");
    ls_command->add_flag("-r,--recursive", for_ls.recursive, "All keys, instead of one level");

    auto* stat_command = app.add_subcommand("stat", "Show what the store knows of an object");
    stat_options for_stat;
    stat_command->add_option("url", for_stat.urls, "s3://bucket/key, s3://bucket, or a file")->required();

    auto* cat_command = app.add_subcommand("cat", "Write objects to standard output, as they are");
    cat_options for_cat;
    cat_command->add_option("url", for_cat.urls, "s3://bucket/key, or a file")->required();

    auto* cp_command = app.add_subcommand("cp", "Copy from and to S3, within it, and from or to '-'");
    cp_options for_cp;
    cp_command->add_option("source", for_cp.source, "s3://bucket/key, a file, or - for standard input")->required();
    cp_command->add_option("target", for_cp.target, "s3://bucket/key, a file, or - for standard output")->required();
    cp_command->add_flag("-r,--recursive", for_cp.recursive, "Everything below the source, to below the target");
    cp_command->add_option("--jobs", for_cp.jobs, "With -r: how many copies at once, 1 to 64 (default: 8)")
        ->check(CLI::Range(1, 64));
    cp_command->add_option("--content-type", for_cp.content_type, "Kept with the object");
    cp_command->add_option("--metadata", for_cp.metadata, "NAME=VALUE, kept with the object; may be repeated");

    auto* rm_command = app.add_subcommand("rm", "Remove objects");
    rm_options for_rm;
    rm_command->add_option("url", for_rm.urls, "s3://bucket/key, or a file")->required();
    rm_command->add_flag("-r,--recursive", for_rm.recursive, "Everything below the URL");
    rm_command->add_flag("--bucket", for_rm.bucket, "The bucket itself; with -r after all that is in it");

    auto* mb_command = app.add_subcommand("mb", "Make a bucket");
    mb_options for_mb;
    mb_command->add_option("url", for_mb.url, "s3://bucket")->required();

    auto* head_command = app.add_subcommand("head", "Show the first rows of CSV or JSONL data");
    scan_options for_head;
    for_head.limit = 10;
    add_scan_options(*head_command, for_head);
    head_command->add_option("-n,--lines,--limit", for_head.limit, "How many rows (default: 10)")->check(row_count);

    auto* scan_command = app.add_subcommand("scan", "Read rows: select columns, filter, convert");
    scan_options for_scan;
    add_scan_options(*scan_command, for_scan);
    scan_command->add_option("--limit", for_scan.limit, "Stop after so many rows")->check(row_count);
    scan_command->add_flag("--checksum", for_scan.checksum, "Of the benchmark's columns, instead of rows");

    auto* presign_command = app.add_subcommand("presign", "Make a link that works without credentials for a while");
    presign_options for_presign;
    std::string expires = "1h";
    presign_command->add_option("url", for_presign.url, "s3://bucket/key")->required();
    presign_command->add_option("--expires", expires, "How long: 300, 15m, 1h, 7d (default: 1h)");
    presign_command->add_option("--method", for_presign.method, "GET, PUT, HEAD or DELETE (default: GET)")
        ->transform(CLI::IsMember({"GET", "PUT", "HEAD", "DELETE"}, CLI::ignore_case));

    auto* serve_command = app.add_subcommand("serve", "Serve a folder as an S3 store: its subfolders are the buckets");
    serve_options for_serve;
    serve_command->add_option("folder", for_serve.folder, "Where the buckets are; made where it does not exist")->required();
    serve_command->add_option("--host", for_serve.host, "The address to listen on (default: 127.0.0.1)");
    serve_command->add_option("--port", for_serve.port, "0 takes any free one (default: 0)");
    serve_command->add_option("--tls", for_serve.tls, "HTTPS with this certificate and key (PEM files)")->expected(2);
    serve_command->add_option("--access-key", for_serve.access_key, "Requests must be signed with this key …")
        ->envname("PENSTOCK_ACCESS_KEY");
    serve_command->add_option("--secret-key", for_serve.secret_key, "… and its secret, better given by the environment")
        ->envname("PENSTOCK_SECRET_KEY");

    app.add_subcommand("help", "Print this");
    if (argc > 1 && std::string_view{argv[1]} == "help") { // before parsing: then it would be the help of "help"
        std::fputs(app.help().c_str(), stdout);
        return std::nullopt;
    }

    try {
        app.parse(argc, argv);
        if (!profile.empty())
            throw usage_error{"--profile: this version reads no shared configuration files",
                              "give AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION in the environment"};
        if (presign_command->parsed()) {
            const auto seconds = seconds_of(expires);
            if (!seconds) throw usage_error{"--expires: '" + expires + "' is no time", "write 300, 15m, 1h or 7d"};
            for_presign.expires = *seconds;
        }
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) {
            app.exit(e); // --help and --version
            return std::nullopt;
        }
        std::string name = "penstock";
        for (const auto* c : app.get_subcommands()) name += " " + c->get_name();
        throw usage_error{one_line(app, e), name + " --help"};
    }

    if (ls_command->parsed()) found.command = [o = for_ls](session& s) { return ls(s, o); };
    if (stat_command->parsed()) found.command = [o = for_stat](session& s) { return stat(s, o); };
    if (cat_command->parsed()) found.command = [o = for_cat](session& s) { return cat(s, o); };
    if (cp_command->parsed()) found.command = [o = for_cp](session& s) { return cp(s, o); };
    if (rm_command->parsed()) found.command = [o = for_rm](session& s) { return rm(s, o); };
    if (mb_command->parsed()) found.command = [o = for_mb](session& s) { return mb(s, o); };
    if (head_command->parsed()) found.command = [o = for_head](session& s) { return scan(s, o); };
    if (scan_command->parsed()) found.command = [o = for_scan](session& s) { return scan(s, o); };
    if (presign_command->parsed()) found.command = [o = for_presign](session& s) { return presign(s, o); };
    if (serve_command->parsed()) found.command = [o = for_serve](session& s) { return serve(s, o); };
    found.cleans_up = cp_command->parsed() && for_cp.target != "-";
    found.serves = serve_command->parsed();
    return found;
}

} // namespace tool
