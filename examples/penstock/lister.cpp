// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "lister.hpp"

#include "disk.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/glob.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/s3/find_objects.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace tool {

using namespace penstock;
namespace fs = std::filesystem;

namespace {

entry entry_of(const std::string& bucket, std::string key) {
    entry e;
    e.url = s3::object_address{bucket, key}.url();
    e.name = std::move(key);
    return e;
}

entry entry_of(const std::string& bucket, s3::object_summary o) {
    auto e = entry_of(bucket, std::move(o.key));
    e.size = o.size;
    e.etag = o.etag.weak() ? o.etag.raw() : std::string{o.etag.value()};
    e.modified = o.last_modified;
    return e;
}

/// One level under a prefix, folders too, or all below it; of these, what matches.
class s3_lister final : public lister {
  public:
    s3_lister(s3::client& client, s3::object_address where, bool one_level, std::optional<glob> pattern)
        : bucket_{where.bucket}, pattern_{std::move(pattern)},
          pages_{client.list(std::move(where),
                             s3::list_objects_options().delimiter(one_level ? "/" : ""))} {}

    awaitable<std::optional<std::vector<entry>>> next() override {
        for (;;) {
            auto page = co_await pages_.next();
            if (!page) co_return std::nullopt;
            std::vector<entry> found;
            for (auto& o : page->objects) keep(entry_of(bucket_, std::move(o)), found);
            for (auto& p : page->common_prefixes) {
                auto e = entry_of(bucket_, std::move(p));
                e.prefix = true;
                keep(std::move(e), found);
            }
            // Stores give keys and prefixes in order, but apart from each other.
            std::sort(found.begin(), found.end(), [](const entry& a, const entry& b) { return a.name < b.name; });
            if (!found.empty()) co_return found;
        }
    }

  private:
    void keep(entry e, std::vector<entry>& found) const {
        if (!pattern_ || pattern_->matches(e.name) ||
            (e.prefix && pattern_->matches(std::string_view{e.name}.substr(0, e.name.size() - 1))))
            found.push_back(std::move(e));
    }

    std::string bucket_;
    std::optional<glob> pattern_;
    s3::object_lister pages_;
};

/// The objects that match a pattern over several levels.
class s3_finder final : public lister {
  public:
    s3_finder(s3::client& client, s3::object_address where)
        : bucket_{where.bucket}, found_{s3::find_objects(client, std::move(where))} {}

    awaitable<std::optional<std::vector<entry>>> next() override {
        auto batch = co_await found_.next();
        if (!batch) co_return std::nullopt;
        std::vector<entry> out;
        for (auto& o : *batch) out.push_back(entry_of(bucket_, std::move(o)));
        co_return out;
    }

  private:
    std::string bucket_;
    s3::object_finder found_;
};

wall_time to_wall_time(fs::file_time_type t) {
    return std::chrono::time_point_cast<wall_time::duration>(std::chrono::file_clock::to_sys(t));
}

class local_lister final : public lister {
  public:
    local_lister(std::string path, bool everything, std::optional<glob> pattern)
        : path_{std::move(path)}, everything_{everything}, pattern_{std::move(pattern)} {}

    awaitable<std::optional<std::vector<entry>>> next() override {
        if (std::exchange(ended_, true)) co_return std::nullopt;
        std::vector<entry> found;
        const fs::path root{path_.empty() ? "." : path_};
        auto first = describe_file(root.string());
        if (first.prefix)
            walk(root, found);
        else
            found.push_back(std::move(first));
        std::sort(found.begin(), found.end(), [](const entry& a, const entry& b) { return a.name < b.name; });
        if (found.empty()) co_return std::nullopt;
        co_return found;
    }

  private:
    void walk(const fs::path& folder, std::vector<entry>& found) const {
        std::error_code code;
        fs::directory_iterator at{folder, code}, end;
        if (code) throw_system("list", folder.string(), code);
        while (at != end) {
            auto e = describe_file((path_.empty() ? at->path().lexically_normal() : at->path()).string());
            // Links to folders are shown, but not followed: they may lead back here.
            const bool enter = everything_ && e.prefix && !at->is_symlink(code);
            if (enter && (!pattern_ || pattern_->may_match_below(folder_of(e.url))))
                walk(at->path(), found);
            else if (!enter && (!pattern_ || pattern_->matches(e.url)))
                found.push_back(std::move(e));
            at.increment(code);
            if (code) throw_system("list", folder.string(), code);
        }
    }

    std::string path_;
    bool everything_;
    std::optional<glob> pattern_;
    bool ended_ = false;
};

} // namespace

entry describe_file(const std::string& path) {
    entry e;
    std::error_code code;
    const auto status = fs::status(path, code); // of what a link points to
    if (code && !fs::is_symlink(path)) throw_system("list", path, code);
    e.prefix = fs::is_directory(status);
    e.name = e.url = path;
    if (e.prefix) {
        e.name = folder_of(path);
        return e;
    }
    if (fs::is_regular_file(status)) {
        e.size = fs::file_size(path, code);
        if (code) throw_system("list", path, code);
    }
    const auto modified = fs::last_write_time(path, code);
    if (!code) e.modified = to_wall_time(modified);
    return e;
}

std::unique_ptr<lister> list_prefix(session& s, std::string url, bool everything) {
    if (is_s3_url(url)) return std::make_unique<s3_lister>(s.s3(), s3::object_address{url}, !everything, std::nullopt);
    return std::make_unique<local_lister>(local_path(url), everything, std::nullopt);
}

/// "dir*/" asks for folders, which match without their slash.
static std::string one_level_of(std::string pattern) {
    if (pattern.size() > 1 && pattern.ends_with('/')) pattern.pop_back();
    return pattern;
}

std::unique_ptr<lister> list_matches(session& s, std::string url) {
    if (is_s3_url(url)) {
        s3::object_address where{url};
        glob pattern{one_level_of(where.key)};
        auto from = pattern.prefixes();
        // One level shows folders, too.
        if (!pattern.one_level() || from.size() > 1) return std::make_unique<s3_finder>(s.s3(), std::move(where));
        where.key = std::move(from[0]);
        return std::make_unique<s3_lister>(s.s3(), std::move(where), true, std::move(pattern));
    }
    glob pattern{one_level_of(local_path(url))};
    std::string folder;
    bool everything = !pattern.one_level();
    if (const auto from = pattern.prefixes(); from.size() == 1)
        folder = from[0];
    else
        everything = true;
    folder.resize(folder.rfind('/') + 1);
    return std::make_unique<local_lister>(std::move(folder), everything, std::move(pattern));
}

awaitable<bool> is_pattern(session& s, std::string url) {
    if (!is_s3_url(url)) {
        const auto path = local_path(url);
        std::error_code ignored;
        co_return glob::is_pattern(path) && !fs::exists(path, ignored);
    }
    s3::object_address where{url};
    if (!glob::is_pattern(where.key)) co_return false;
    // A list and not a HEAD: patterns need the permission to list anyway. Of all keys with a prefix, the one that
    // is the prefix comes first; below what is a folder, any will do.
    const auto key = where.key;
    auto pages = s.s3().list(std::move(where), s3::list_objects_options().max_keys(1));
    const auto page = co_await as_result(pages.next());
    if (!page && page.error().code() == condition::access_denied) co_return false; // no patterns for this user
    const auto& found = page.value();
    if (!found || found->objects.empty()) co_return true;
    co_return found->objects.front().key != key && !key.ends_with('/');
}

} // namespace tool
