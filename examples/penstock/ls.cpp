// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "lister.hpp"

#include <cstdio>

namespace tool {

using namespace penstock;

namespace {

std::string line_of(const entry& e, bool details) {
    // Keys may hold anything; a line of output is one key.
    const auto name = printable(e.name, static_cast<std::size_t>(-1));
    if (!details) return name;
    char size[32] = "-";
    if (e.size) std::snprintf(size, sizeof size, "%llu", static_cast<unsigned long long>(*e.size));
    char front[96];
    std::snprintf(front, sizeof front, "%14s  %20s  ", size, time_text(e.modified).c_str());
    return front + (e.etag.empty() ? "-" : printable(e.etag)) + "  " + name;
}

boost::json::object json_of(const entry& e) {
    boost::json::object o;
    if (e.prefix) {
        o["prefix"] = json_text(e.name);
        return o;
    }
    o["key"] = json_text(e.name);
    o["size"] = e.size ? boost::json::value(*e.size) : boost::json::value(nullptr);
    o["etag"] = e.etag.empty() ? boost::json::value(nullptr) : boost::json::value(json_text(e.etag));
    o["last_modified"] = json_time(e.modified);
    return o;
}

awaitable<void> list_buckets(session& s, bool details) {
    s3::list_buckets_options options;
    for (;;) {
        const auto page = co_await s.s3().list_buckets(options);
        for (const auto& b : page.buckets) {
            boost::json::object o;
            o["bucket"] = json_text(b.name);
            o["created"] = json_time(b.created);
            if (s.json())
                s.out().line(json_line(o));
            else
                s.out().line((details ? time_text(b.created) + "  " : "") + printable(b.name));
        }
        if (page.next_continuation_token.empty()) co_return;
        options.continuation_token(page.next_continuation_token);
    }
}

} // namespace

awaitable<void> ls(session& s, ls_options o) {
    if (!o.url) {
        co_await list_buckets(s, o.details);
        co_return;
    }
    const bool pattern = co_await is_pattern(s, *o.url);
    const auto entries = pattern ? list_matches(s, *o.url) : list_prefix(s, *o.url, o.recursive);
    for (;;) {
        const auto page = co_await entries->next();
        if (!page) break;
        for (const auto& e : *page) s.out().line(s.json() ? json_line(json_of(e)) : line_of(e, o.details));
    }
}

} // namespace tool
