// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "disk.hpp"
#include "jobs.hpp"
#include "lister.hpp"

#include <penstock/core/file_io.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/s3/copy.hpp>
#include <penstock/s3/download.hpp>
#include <penstock/s3/upload.hpp>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace tool {

using namespace penstock;
namespace fs = std::filesystem;

namespace {

std::string_view last_component(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Where `source` goes when `target` may name a folder: it does when it ends in a slash, is a bucket, or is a folder on
/// the disk.
std::string target_of(const std::string& source, const std::string& target) {
    if (source == "-" || target == "-") return target;
    const auto name = is_s3_url(source) ? s3::object_address{source}.key : local_path(source);
    if (is_s3_url(target)) {
        s3::object_address to{target};
        if (to.key.empty() || to.key.back() == '/') to.key += last_component(name);
        return to.url();
    }
    std::error_code ignored;
    const auto path = local_path(target);
    const bool folder = path.ends_with('/') || fs::is_directory(path, ignored);
    return folder ? (fs::path{path} / last_component(name)).string() : path;
}

s3::put_object_options put_options(const cp_options& o) {
    s3::put_object_options out;
    out.content_type(o.content_type);
    for (const auto& m : o.metadata) {
        const auto equals = m.find('=');
        if (equals == 0 || equals == m.npos)
            throw usage_error{"cp: '" + m + "' is not NAME=VALUE", "--metadata owner=me"};
        out.metadata(m.substr(0, equals), m.substr(equals + 1));
    }
    return out;
}

s3::copy_object_options copy_options(const cp_options& o) {
    s3::copy_object_options out;
    const auto attributes = put_options(o);
    if (o.content_type.empty() && o.metadata.empty()) return out;
    out.replace_metadata().content_type(attributes.content_type()).metadata(attributes.metadata());
    return out;
}

awaitable<std::unique_ptr<byte_source>> open_input(session& s, std::string url) {
    if (url == "-") co_return standard_input(s.get_executor());
    auto source = co_await open_source(s.s3_for(url), url);
    co_return source;
}

std::unique_ptr<byte_sink> open_output(session& s, const std::string& url, const cp_options& o) {
    if (url == "-") return standard_output();
    if (!is_s3_url(url)) return create_file(local_path(url)); // from another file
    return std::make_unique<s3::object_writer>(s.s3().create(s3::object_address{url}, put_options(o)));
}

/// What --json tells of a copy; empty without.
std::string report_of(session& s, const std::string& from, const std::string& to, std::optional<std::uint64_t> size) {
    if (!s.json() || to == "-") return {};
    boost::json::object done;
    done["source"] = json_text(from);
    done["target"] = json_text(to);
    if (size) done["size"] = *size;
    return json_line(done);
}

/// A local file to S3; gives its size.
awaitable<std::uint64_t> send_file(session& s, std::string from, std::string to, s3::put_object_options options, progress* shared) {
    std::error_code unknown;
    const auto path = local_path(from);
    const auto size = fs::file_size(path, unknown);
    std::optional<progress> own;
    auto& bar = shared ? *shared : own.emplace(s.show_progress(), from, unknown ? std::nullopt : std::optional<std::uint64_t>{size});
    std::uint64_t sent = 0;
    auto how = s3::upload_options{}.progress([&](std::uint64_t bytes) { bar.advance(bytes - std::exchange(sent, bytes)); });
    co_await s3::upload_file(s.s3(), path, s3::object_address{to}, std::move(options), std::move(how));
    co_return sent;
}

/// Several ranges at a time; gives the size.
awaitable<std::uint64_t> download(session& s, std::string from, std::string to, progress* shared) {
    std::optional<progress> own;
    std::uint64_t told = 0;
    s3::download_options options;
    options.progress([&](std::uint64_t done, std::optional<std::uint64_t> total) {
        auto& bar = shared ? *shared : own ? *own : own.emplace(s.show_progress(), from, total);
        bar.advance(done - told);
        told = done;
    });
    const auto got = co_await s3::download(s.s3(), s3::object_address{from}, std::move(to), std::move(options));
    co_return got.bytes;
}

/// Gives the report. `shared` is the bar of many copies; none: one of its own.
awaitable<std::string> copy_one(session& s, std::string from, std::string to, cp_options o, progress* shared) {
    if (is_s3_url(from) && is_s3_url(to)) {
        co_await s3::copy(s.s3(), s3::object_address{from}, s3::object_address{to}, copy_options(o));
        co_return report_of(s, from, to, std::nullopt);
    }
    if (is_s3_url(to) && from != "-") {
        const auto size = co_await send_file(s, from, to, put_options(o), shared);
        co_return report_of(s, from, to, size);
    }
    if (is_s3_url(from) && to != "-" && !is_s3_url(to)) {
        const auto size = co_await download(s, from, local_path(to), shared);
        co_return report_of(s, from, to, size);
    }
    const auto source = co_await open_input(s, from);
    const auto sink = open_output(s, to, o);
    std::optional<progress> own;
    auto& bar = shared ? *shared : own.emplace(s.show_progress(), from, source->remaining());
    const auto size = co_await pump(*source, *sink, bar);
    co_await sink->commit();
    co_return report_of(s, from, to, size);
}

/// Where the key goes below `folder` on the disk. Keys may be called what no path can ("..", "a//b"), but they never
/// get out of the folder, nor two of them to the same file.
std::string path_below(const std::string& folder, const std::string& key) {
    std::string_view rest{key};
    for (bool more = !rest.empty(); more;) {
        const auto slash = rest.find('/');
        const auto part = rest.substr(0, slash);
        if (part.empty() || part == "." || part == ".." || part.find('\0') != part.npos) {
            error_detail d;
            d.operation = "cp -r";
            d.object = key;
            d.message = "this key cannot be the name of a file below " + folder;
            d.hint = "copy it by itself, to a name of your choice";
            throw_failure(failure{errc::unsupported, std::move(d)}); // the data's fault, not the command line's
        }
        more = slash != rest.npos && slash + 1 < rest.size();
        if (more) rest.remove_prefix(slash + 1);
    }
    return folder_of(folder) + key;
}

[[noreturn]] void throw_not_copied(const std::string& path, std::string why, std::string hint) {
    error_detail d;
    d.operation = "cp -r";
    d.object = path;
    d.message = std::move(why);
    d.hint = std::move(hint);
    throw_failure(failure{errc::unsupported, std::move(d)});
}

/// What lies below the target may be anybody's: a link there would lead a copy out of the folder.
void refuse_links(const std::string& folder, const std::string& path) {
    const fs::path root{folder_of(folder)};
    std::error_code ignored;
    for (fs::path below{path}; below != root && below.native().size() > root.native().size(); below = below.parent_path()) {
        if (!fs::is_symlink(below, ignored)) continue;
        throw_not_copied(path, "'" + printable(below.string()) + "' is a link, which might lead out of the folder",
                         "remove the link, or copy to where it points");
    }
}

/// Starts a copy of everything below the source, to below the target.
awaitable<void> start_copies(session& s, const cp_options& o, job_list& jobs, progress& bar) {
    const bool from_s3 = is_s3_url(o.source), to_s3 = is_s3_url(o.target);
    auto source = o.source;
    std::string root; // what names in the listing begin with
    if (from_s3) {
        s3::object_address where{o.source};
        root = where.key = folder_of(where.key);
        source = where.url();
    } else {
        root = folder_of(local_path(o.source));
        source = root;
    }
    s3::object_address target;
    if (to_s3) {
        target = s3::object_address{o.target};
        target.key = folder_of(target.key);
    }
    const auto below = target.key;

    const auto entries = list_prefix(s, source, true);
    bool any = false;
    for (;;) {
        const auto page = co_await entries->next();
        if (!page) break;
        for (const auto& e : *page) {
            any = true;
            if (e.prefix) throw_not_copied(e.name, "links to folders are not followed", "copy what it points to by itself");
            if (!from_s3 && !e.size) throw_not_copied(e.name, "this is no regular file", "move it away, or copy the others by name");
            const auto relative = e.name.substr(root.size());
            std::string to;
            if (to_s3) {
                target.key = below + relative;
                to = target.url();
            } else {
                to = path_below(local_path(o.target), relative);
                refuse_links(local_path(o.target), to);
                if (relative.empty() || relative.back() == '/') { // the mark of a folder
                    make_folder(to);
                    continue;
                }
                make_folder(fs::path{to}.parent_path().string());
            }
            auto job = copy_one(s, e.url, std::move(to), o, &bar);
            co_await jobs.start(std::move(job));
        }
    }
    if (any || !from_s3) co_return;
    error_detail d;
    d.operation = "cp -r";
    d.object = source;
    d.message = "nothing lies below this prefix";
    throw_failure(failure{errc::no_such_key, std::move(d)});
}

awaitable<void> copy_tree(session& s, cp_options o) {
    progress bar{s.show_progress(), o.source, std::nullopt};
    job_list jobs{s.get_executor(), o.jobs, s.out()};
    auto starter = start_copies(s, o, jobs, bar);
    co_await jobs.run(std::move(starter));
}

} // namespace

awaitable<void> cp(session& s, cp_options o) {
    if (o.recursive) {
        if (o.source == "-" || o.target == "-") throw usage_error{"cp -r: '-' is no folder"};
        co_await copy_tree(s, o);
        co_return;
    }
    const auto target = target_of(o.source, o.target);
    const auto report = co_await copy_one(s, o.source, target, o, nullptr);
    if (!report.empty()) s.out().line(report);
}

} // namespace tool
