// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "session.hpp"

#include <penstock/s3/uploads.hpp>

namespace tool {

using namespace penstock;

namespace {

/// What is older by the store's own word; an upload that has no time is not.
bool old_enough(const s3::upload_summary& u, const uploads_options& o, wall_time now) {
    if (!o.older_than) return true;
    return u.initiated && *u.initiated < now - *o.older_than;
}

void report(session& s, const std::string& bucket, const s3::upload_summary& u, bool aborted) {
    const auto url = s3::object_address{bucket, u.key}.url();
    if (s.json()) {
        boost::json::object line;
        line[aborted ? "aborted" : "url"] = json_text(url);
        line["upload_id"] = json_text(u.upload_id);
        line["initiated"] = json_time(u.initiated);
        s.out().line(json_line(line));
    } else if (!aborted) {
        s.out().line(time_text(u.initiated) + "  " + printable(url, 2048) + "  " + printable(u.upload_id, 2048));
    }
}

} // namespace

awaitable<void> uploads(session& s, uploads_options o) {
    const s3::object_address where{o.url};
    const bool abort = o.action == "abort";
    if (abort && o.id.empty() && !o.older_than && !o.all)
        throw usage_error{"uploads abort: which ones?", "give --older-than 7d, --id or --all"};
    if (abort && !o.id.empty()) {
        co_await s3::abort_upload(s.s3(), where, o.id);
        co_return;
    }
    const auto now = make_system_clock()->wall_now();
    auto pages = s3::list_uploads(s.s3(), where);
    for (;;) {
        const auto page = co_await pages.next();
        if (!page) co_return;
        for (const auto& u : page->uploads) {
            if (!old_enough(u, o, now)) continue;
            if (abort) co_await s3::abort_upload(s.s3(), s3::object_address{where.bucket, u.key}, u.upload_id);
            report(s, where.bucket, u, abort);
        }
    }
}

} // namespace tool
