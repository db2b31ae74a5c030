// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "lister.hpp"

#include <penstock/dataset/open.hpp>

#include <boost/json/serialize.hpp>

namespace tool {

using namespace penstock;

namespace {

boost::json::value text_or_null(std::string_view text) {
    if (text.empty()) return nullptr;
    return json_text(text);
}

boost::json::object facts_of(const s3::object_address& object, const s3::object_metadata& m) {
    boost::json::object o;
    o["bucket"] = json_text(object.bucket);
    o["key"] = json_text(object.key);
    o["size"] = m.size ? boost::json::value(*m.size) : boost::json::value(nullptr);
    o["etag"] = text_or_null(m.etag.weak() ? std::string_view{m.etag.raw()} : m.etag.value());
    o["last_modified"] = json_time(m.last_modified);
    o["content_type"] = text_or_null(m.content_type);
    o["version_id"] = text_or_null(m.version_id);
    boost::json::object metadata;
    for (const auto& [name, value] : m.metadata) metadata[json_text(name)] = json_text(value);
    o["metadata"] = std::move(metadata);
    return o;
}

awaitable<boost::json::object> facts(session& s, std::string url) {
    boost::json::object o;
    if (!is_s3_url(url)) {
        const auto file = describe_file(local_path(url));
        o["path"] = json_text(file.name);
        o["size"] = file.size ? boost::json::value(*file.size) : boost::json::value(nullptr);
        o["last_modified"] = json_time(file.modified);
        co_return o;
    }
    const s3::object_address object{url};
    if (object.key.empty()) {
        const auto bucket = co_await s.s3().head_bucket(object.bucket);
        o["bucket"] = json_text(object.bucket);
        o["region"] = text_or_null(bucket.region);
        co_return o;
    }
    const auto metadata = co_await s.s3().head(object);
    co_return facts_of(object, metadata);
}

void print(output& out, std::string_view prefix, const boost::json::object& o) {
    for (const auto& [name, value] : o) {
        const auto label = std::string{prefix} + std::string{name.data(), name.size()};
        if (value.is_object()) {
            print(out, label + ".", value.get_object());
            continue;
        }
        std::string text = "-";
        if (value.is_string())
            text = printable({value.get_string().data(), value.get_string().size()}, 4096);
        else if (!value.is_null())
            text = boost::json::serialize(value);
        out.line(printable(label) + std::string(label.size() < 15 ? 15 - label.size() : 1, ' ') + text);
    }
}

} // namespace

awaitable<void> stat(session& s, stat_options o) {
    bool first = true;
    for (const auto& url : o.urls) {
        const auto found = co_await facts(s, url);
        if (s.json()) {
            s.out().line(json_line(found));
            continue;
        }
        if (!std::exchange(first, false)) s.out().line("");
        print(s.out(), "", found);
    }
}

} // namespace tool
