// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>
#include <iterator>

/// Versions are kept here, in memory; the storage holds what is the latest, unless that is the mark of a deletion.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
namespace penstock::testing::detail {

inline constexpr std::string_view null_version = "null";

inline std::string version_id_of(const object_record& r) {
    return r.version_id.empty() ? std::string{null_version} : r.version_id;
}

inline s3_problem no_such_version() {
    return {404, "NoSuchVersion", "The specified version does not exist."};
}

/// Null where the bucket never had versioning.
inline bucket_versions* versions_of(const service_call& c, const std::string& bucket) {
    const auto found = c.state.versions.find(bucket);
    return found == c.state.versions.end() ? nullptr : &found->second;
}

inline void forget_version(bucket_versions& v, const std::string& key, std::string_view id) {
    const auto found = v.older.find(key);
    if (found == v.older.end()) return;
    std::erase_if(found->second, [id](const object_version& o) { return o.id == id; });
    if (found->second.empty()) v.older.erase(found);
}

/// Makes room for a new latest version: what is the latest becomes an older one, but for the null version where a new null
/// version follows.
inline void retire_latest(service_call& c, bucket_versions& v, const std::string& key) {
    if (!v.enabled) forget_version(v, key, null_version);
    auto latest = c.store().find(c.bucket, key);
    if (!latest) return;
    auto id = version_id_of(latest->record);
    if (!v.enabled && id == null_version) return;
    object_version old;
    old.id = std::move(id);
    old.modified = latest->record.last_modified;
    old.object = std::move(latest);
    auto& all = v.older[key];
    all.insert(all.begin(), std::move(old));
}

PENSTOCK_DECL void keep_object(service_call& c, object_record r, std::shared_ptr<stored_bytes> bytes,
                               http::header_list& headers) {
    tell_encryption(r.headers, headers);
    if (auto* v = versions_of(c, c.bucket)) {
        retire_latest(c, *v, r.key);
        if (v->enabled) r.version_id = c.state.new_id();
        headers.add("x-amz-version-id", version_id_of(r));
    }
    c.store().put(c.bucket, std::move(r), std::move(bytes));
}

PENSTOCK_DECL std::shared_ptr<const stored_object> find_object(service_call& c, const std::string& bucket,
                                                               const std::string& key, const std::string* version) {
    auto latest = c.store().find(bucket, key);
    const auto* v = versions_of(c, bucket);
    const auto older = v ? v->older.find(key) : decltype(v->older.find(key)){};
    const bool has_older = v && older != v->older.end();
    if (!version) {
        if (latest) return latest;
        s3_problem missing{404, "NoSuchKey", "The specified key does not exist."};
        if (has_older)
            missing.header("x-amz-delete-marker", "true").header("x-amz-version-id", older->second.front().id);
        throw missing;
    }
    if (latest && version_id_of(latest->record) == *version) return latest;
    if (has_older) {
        for (const auto& o : older->second) {
            if (o.id != *version) continue;
            if (o.object) return o.object;
            throw s3_problem{405, "MethodNotAllowed", "The specified method is not allowed against this resource."}
                .header("x-amz-delete-marker", "true")
                .header("x-amz-version-id", o.id);
        }
    }
    throw no_such_version();
}

PENSTOCK_DECL void add_version_header(const service_call& c, const std::string& bucket, const object_record& r,
                                      http::header_list& out) {
    if (versions_of(c, bucket)) out.add("x-amz-version-id", version_id_of(r));
}

PENSTOCK_DECL removed_object remove_object(service_call& c, const std::string& key, const std::string* version) {
    removed_object out;
    auto* v = versions_of(c, c.bucket);
    if (!v) {
        if (version && *version != null_version)
            throw s3_problem{400, "InvalidArgument", "Invalid version id specified"};
        c.store().remove(c.bucket, key);
        return out;
    }
    if (!version) {
        retire_latest(c, *v, key);
        c.store().remove(c.bucket, key);
        object_version mark;
        mark.id = v->enabled ? c.state.new_id() : std::string{null_version};
        mark.modified = c.now();
        out.delete_marker = true;
        out.version_id = mark.id;
        auto& all = v->older[key];
        all.insert(all.begin(), std::move(mark));
        return out;
    }
    out.version_id = *version;
    if (const auto latest = c.store().find(c.bucket, key); latest && version_id_of(latest->record) == *version) {
        c.store().remove(c.bucket, key);
    } else if (const auto found = v->older.find(key); found != v->older.end()) {
        out.delete_marker = std::any_of(found->second.begin(), found->second.end(), [&](const object_version& o) {
            return o.id == *version && !o.object;
        });
        forget_version(*v, key, *version);
    }
    // The next one is the latest now.
    const auto rest = v->older.find(key);
    if (rest == v->older.end() || !rest->second.front().object || c.store().find(c.bucket, key)) return out;
    c.store().restore(c.bucket, std::move(rest->second.front().object));
    rest->second.erase(rest->second.begin());
    if (rest->second.empty()) v->older.erase(rest);
    return out;
}

PENSTOCK_DECL bool has_older_versions(const service_call& c) {
    const auto* v = versions_of(c, c.bucket);
    return v && !v->older.empty();
}

PENSTOCK_DECL s3_response get_bucket_versioning(service_call& c) {
    c.require_bucket();
    xml::writer w;
    w.open("VersioningConfiguration").attribute("xmlns", s3::xml_namespace);
    if (const auto* v = versions_of(c, c.bucket)) w.element("Status", v->enabled ? "Enabled" : "Suspended");
    return xml_response(w.finish());
}

PENSTOCK_DECL s3_response put_bucket_versioning(service_call& c) {
    c.require_bucket();
    const auto body = parse_body(c, "VersioningConfiguration");
    const auto* status = body.find("Status");
    if (!status || (status->text != "Enabled" && status->text != "Suspended"))
        throw s3_problem{400, "MalformedXML",
                         "The XML you provided was not well-formed or did not validate against our published schema"};
    if (!c.store().keeps_versions() || aws::is_directory_bucket(c.bucket))
        throw s3_problem{501, "NotImplemented", "The storage of this server keeps no versions."};
    c.state.versions[c.bucket].enabled = status->text == "Enabled";
    return {};
}

// ---- listing

struct listed_version {
    std::string key;
    std::string id;
    std::shared_ptr<const stored_object> object; ///< null: the mark of a deletion
    wall_time modified{};
    bool latest = false;
};

/// All versions of a key, the latest first.
inline std::vector<listed_version> all_versions(service_call& c, const std::string& key) {
    std::vector<listed_version> out;
    if (auto latest = c.store().find(c.bucket, key)) {
        auto& one = out.emplace_back();
        one.id = version_id_of(latest->record);
        one.modified = latest->record.last_modified;
        one.object = std::move(latest);
    }
    if (const auto* v = versions_of(c, c.bucket)) {
        if (const auto older = v->older.find(key); older != v->older.end()) {
            for (const auto& o : older->second) {
                auto& one = out.emplace_back();
                one.id = o.id;
                one.modified = o.modified;
                one.object = o.object;
            }
        }
    }
    for (auto& one : out) one.key = key;
    if (!out.empty()) out.front().latest = true;
    return out;
}

/// The least key not below `from` that has any version and starts with `prefix`.
inline std::optional<std::string> next_key(service_call& c, const std::string& prefix, const std::string& from) {
    std::optional<std::string> out;
    c.store().list(c.bucket, prefix, from, [&](const object_record& r) {
        out = r.key;
        return list_step::stop();
    });
    if (const auto* v = versions_of(c, c.bucket)) {
        const auto it = v->older.lower_bound(std::max(prefix, from));
        if (it != v->older.end() && it->first.starts_with(prefix) && (!out || it->first < *out)) out = it->first;
    }
    return out;
}

PENSTOCK_DECL s3_response list_object_versions(service_call& c) {
    c.require_bucket();
    if (aws::is_directory_bucket(c.bucket))
        throw s3_problem{501, "NotImplemented", "Directory buckets have no versions"};
    const auto prefix = c.parameter_text("prefix"), delimiter = c.parameter_text("delimiter");
    const auto key_marker = c.parameter_text("key-marker"), id_marker = c.parameter_text("version-id-marker");
    const bool encode = url_encoding(c);
    const auto max_keys = number_parameter(c, "max-keys", largest_page, largest_page);
    if (key_marker.empty() && !id_marker.empty())
        throw s3_problem{400, "InvalidArgument", "A version-id marker cannot be specified without a key marker."};

    std::vector<listed_version> found;
    std::vector<std::string> prefixes;
    std::string last_key, last_id;
    bool truncated = false;
    const auto full = [&] { return found.size() + prefixes.size() >= max_keys; };
    // A marker with an id is in the middle of a key; one that is a common prefix stands for all below it.
    const bool marks_prefix = !delimiter.empty() && key_marker.size() > prefix.size() && key_marker.ends_with(delimiter);
    std::string from = key_marker;
    if (!key_marker.empty() && id_marker.empty()) from = marks_prefix ? after_prefix(key_marker) : key_marker + '\0';
    while (max_keys > 0) {
        const auto key = next_key(c, prefix, from);
        if (!key) break;
        const auto cut = delimiter.empty() ? std::string::npos : key->find(delimiter, prefix.size());
        if (cut != std::string::npos) {
            truncated = full();
            if (truncated) break;
            prefixes.push_back(key->substr(0, cut + delimiter.size()));
            last_key = prefixes.back();
            last_id.clear();
            from = after_prefix(last_key);
            if (from.empty()) break;
            continue;
        }
        auto versions = all_versions(c, *key);
        auto it = versions.begin();
        if (*key == key_marker && !id_marker.empty()) {
            it = std::find_if(it, versions.end(), [&](const listed_version& v) { return v.id == id_marker; });
            if (it != versions.end()) ++it;
        }
        for (; it != versions.end() && !truncated; ++it) {
            truncated = full();
            if (truncated) break;
            last_key = it->key;
            last_id = it->id;
            found.push_back(std::move(*it));
        }
        if (truncated) break;
        from = *key + '\0';
    }

    xml::writer w;
    w.open("ListVersionsResult").attribute("xmlns", s3::xml_namespace);
    w.element("Name", c.bucket).element("Prefix", list_text(prefix, encode));
    w.element("KeyMarker", list_text(key_marker, encode)).element("VersionIdMarker", id_marker);
    w.element("MaxKeys", max_keys).element_if("Delimiter", list_text(delimiter, encode));
    if (encode) w.element("EncodingType", "url");
    w.element("IsTruncated", truncated ? "true" : "false");
    if (truncated) w.element("NextKeyMarker", list_text(last_key, encode)).element_if("NextVersionIdMarker", last_id);
    const auto& owner = c.state.options.owner();
    for (const auto& v : found) {
        w.open(v.object ? "Version" : "DeleteMarker").element("Key", list_text(v.key, encode));
        w.element("VersionId", v.id).element("IsLatest", v.latest ? "true" : "false");
        w.element("LastModified", xml_time(v.modified));
        if (v.object) {
            const auto& r = v.object->record;
            w.element("ETag", quoted_etag(r.etag)).element("Size", r.size).element("StorageClass", "STANDARD");
        }
        w.open("Owner").element("ID", owner).element("DisplayName", owner).close();
        w.close();
    }
    for (const auto& p : prefixes) w.open("CommonPrefixes").element("Prefix", list_text(p, encode)).close();
    return xml_response(w.finish());
}

} // namespace penstock::testing::detail
