// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "disk.hpp"
#include "lister.hpp"

#include <penstock/dataset/open.hpp>

#include <filesystem>
#include <system_error>

namespace tool {

using namespace penstock;

namespace {

void report(session& s, const std::string& bucket, const std::string& key) {
    if (!s.json()) return;
    boost::json::object o;
    o["deleted"] = json_text(s3::object_address{bucket, key}.url());
    s.out().line(json_line(o));
}

[[noreturn]] void throw_first(const std::string& bucket, const std::vector<s3::delete_error>& errors) {
    const auto& e = errors.front();
    error_detail d;
    d.operation = "delete objects";
    d.bucket = bucket;
    d.key = e.key;
    d.service_code = e.code;
    d.message = e.message;
    if (errors.size() > 1) d.message += " (and " + std::to_string(errors.size() - 1) + " more)";
    throw_failure(failure{e.code == "AccessDenied" ? errc::access_denied : errc::service_error, std::move(d)});
}

awaitable<void> remove_prefix(session& s, s3::object_address where) {
    where.key = folder_of(where.key);
    auto pages = s.s3().list(where);
    for (;;) {
        const auto page = co_await pages.next();
        if (!page) co_return;
        std::vector<s3::object_identifier> batch;
        for (const auto& o : page->objects) batch.emplace_back(o.key);
        if (batch.empty()) continue;
        const auto done = co_await s.s3().remove(where.bucket, std::move(batch));
        for (const auto& d : done.deleted) report(s, where.bucket, d.key);
        if (!done.errors.empty()) throw_first(where.bucket, done.errors);
    }
}

void remove_local(const std::string& path, bool recursive) {
    std::error_code code;
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, code)))
        code = std::make_error_code(std::errc::no_such_file_or_directory);
    else if (recursive)
        std::filesystem::remove_all(path, code);
    else if (std::filesystem::is_directory(std::filesystem::symlink_status(path, code)))
        code = std::make_error_code(std::errc::is_a_directory);
    else
        std::filesystem::remove(path, code);
    if (!code) return;
    const bool folder = code == std::errc::is_a_directory;
    throw_system("remove", path, code, folder ? "give -r to remove a folder with all that is in it" : "");
}

awaitable<void> remove_one(session& s, std::string url, rm_options o) {
    if (!is_s3_url(url)) {
        if (o.bucket) throw usage_error{"rm: '" + url + "' is not a bucket", "write s3://bucket"};
        remove_local(local_path(url), o.recursive);
        co_return;
    }
    const s3::object_address where{url};
    if (o.bucket && !where.key.empty())
        throw usage_error{"rm --bucket: the URL goes on after the bucket", "write s3://bucket"};
    if (o.recursive) {
        co_await remove_prefix(s, where);
    } else if (!o.bucket) {
        if (where.key.empty())
            throw usage_error{"rm: " + url + " names no object",
                              "-r removes all objects of the bucket, --bucket the empty bucket itself"};
        co_await s.s3().remove(where);
        report(s, where.bucket, where.key);
    }
    if (o.bucket) {
        co_await s.s3().remove_bucket(where.bucket);
        report(s, where.bucket, {});
    }
}

} // namespace

awaitable<void> rm(session& s, rm_options o) {
    for (const auto& url : o.urls) co_await remove_one(s, url, o);
}

} // namespace tool
