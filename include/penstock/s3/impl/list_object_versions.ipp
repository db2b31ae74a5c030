// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/list_object_versions.hpp>

#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/xml/field_handler.hpp>

#include <algorithm>

namespace penstock::s3 {
namespace detail {

class list_versions_handler final : public xml::field_handler {
  public:
    list_versions_handler() noexcept : field_handler{table} {}

    list_object_versions_page page;

  protected:
    void open_field(std::uint8_t id) override {
        if (id == version || id == marker) {
            page.versions.emplace_back();
            entry().delete_marker = id == marker;
            has_key_ = false;
        }
        if (id == version_owner || id == marker_owner) entry().owner.emplace();
    }
    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case version_key:
        case marker_key:
            entry().key = std::move(text);
            has_key_ = true;
            break;
        case version_version_id:
        case marker_version_id: entry().version_id = trimmed(text); break;
        case version_is_latest:
        case marker_is_latest: entry().is_latest = parse_flag(text); break;
        case version_modified:
        case marker_modified: entry().last_modified = parse_time(text); break;
        case etag: entry().etag = entity_tag{std::string{trimmed(text)}}; break;
        case size: entry().size = required_number("Size", text); break;
        case storage_class: entry().storage_class = trimmed(text); break;
        case checksum_algorithm:
            if (const auto n = trimmed(text); !n.empty()) entry().checksum_algorithms.emplace_back(n);
            break;
        case checksum_type: entry().checksum_type = trimmed(text); break;
        case version_owner_id:
        case marker_owner_id: entry().owner->id = std::move(text); break;
        case version_owner_name:
        case marker_owner_name: entry().owner->display_name = std::move(text); break;
        case version:
        case marker:
            if (!has_key_ || entry().version_id.empty())
                throw_failure(failure{errc::malformed_response, "a version without its key or id"});
            break;
        case common_prefix: page.common_prefixes.push_back(std::move(text)); break;
        case name: page.name = std::move(text); break;
        case prefix: page.prefix = std::move(text); break;
        case delimiter: page.delimiter = std::move(text); break;
        case key_marker: page.key_marker = std::move(text); break;
        case version_id_marker: page.version_id_marker = trimmed(text); break;
        case next_key_marker: page.next_key_marker = std::move(text); break;
        case next_version_id_marker: page.next_version_id_marker = trimmed(text); break;
        case max_keys: page.max_keys = required_number("MaxKeys", text); break;
        case encoding_type: page.encoding_type = trimmed(text); break;
        case is_truncated: page.is_truncated = parse_flag(text); break;
        default: break;
        }
    }

  private:
    enum : std::uint8_t {
        root_element = 1,
        version,
        version_key,
        version_version_id,
        version_is_latest,
        version_modified,
        etag,
        size,
        storage_class,
        checksum_algorithm,
        checksum_type,
        version_owner,
        version_owner_id,
        version_owner_name,
        marker,
        marker_key,
        marker_version_id,
        marker_is_latest,
        marker_modified,
        marker_owner,
        marker_owner_id,
        marker_owner_name,
        common_prefixes,
        common_prefix,
        name,
        prefix,
        delimiter,
        key_marker,
        version_id_marker,
        next_key_marker,
        next_version_id_marker,
        max_keys,
        encoding_type,
        is_truncated,
    };
    static constexpr field table[] = {
        {0, "ListVersionsResult"},
        {root_element, "Version"},
        {version, "Key"},
        {version, "VersionId"},
        {version, "IsLatest"},
        {version, "LastModified"},
        {version, "ETag"},
        {version, "Size"},
        {version, "StorageClass"},
        {version, "ChecksumAlgorithm"},
        {version, "ChecksumType"},
        {version, "Owner"},
        {version_owner, "ID"},
        {version_owner, "DisplayName"},
        {root_element, "DeleteMarker"},
        {marker, "Key"},
        {marker, "VersionId"},
        {marker, "IsLatest"},
        {marker, "LastModified"},
        {marker, "Owner"},
        {marker_owner, "ID"},
        {marker_owner, "DisplayName"},
        {root_element, "CommonPrefixes"},
        {common_prefixes, "Prefix"},
        {root_element, "Name"},
        {root_element, "Prefix"},
        {root_element, "Delimiter"},
        {root_element, "KeyMarker"},
        {root_element, "VersionIdMarker"},
        {root_element, "NextKeyMarker"},
        {root_element, "NextVersionIdMarker"},
        {root_element, "MaxKeys"},
        {root_element, "EncodingType"},
        {root_element, "IsTruncated"},
    };

    version_summary& entry() noexcept { return page.versions.back(); }

    bool has_key_ = false;
};

PENSTOCK_DECL operation make_list_object_versions(std::string_view bucket,
                                                  const list_object_versions_options& options) {
    auto op = bucket_operation("list object versions", "GET", bucket);
    op.settings = options.settings();
    add_query(op, "versions");
    add_query(op, "encoding-type", "url");
    add_query_if(op, "prefix", options.prefix());
    add_query_if(op, "delimiter", options.delimiter());
    add_query_if(op, "key-marker", options.key_marker());
    add_query_if(op, "version-id-marker", options.version_id_marker());
    if (options.max_keys()) add_query(op, "max-keys", std::uint64_t{*options.max_keys()});
    return op;
}

PENSTOCK_DECL result<list_object_versions_page> parse_list_object_versions(const http::response_head& head,
                                                                           std::string_view body) {
    constexpr const char* operation = "list object versions";
    list_versions_handler fields;
    auto done = read_response(operation, head, body, fields, "ListVersionsResult", error_scope::bucket);
    if (!done) return done.error();
    auto& page = fields.page;
    if (page.is_truncated && page.next_key_marker.empty())
        return malformed(operation, head, "the list goes on, but the store gave no marker for the next page");
    if (http::iequals(page.encoding_type, "url")) {
        try {
            for (auto& v : page.versions) decode_key(v.key);
            for (auto& p : page.common_prefixes) decode_key(p);
            for (auto* text : {&page.prefix, &page.delimiter, &page.key_marker, &page.next_key_marker}) decode_key(*text);
        } catch (const error& e) {
            return malformed(operation, head, e.detail().message);
        }
    }
    return std::move(page);
}

} // namespace detail

PENSTOCK_DECL version_lister::version_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                             list_object_versions_options options)
    : client_{std::move(client)}, bucket_{std::move(bucket)}, options_{std::move(options)},
      guard_{"list object versions", bucket_} {}

PENSTOCK_DECL awaitable<std::optional<list_object_versions_page>> version_lister::next() {
    std::optional<list_object_versions_page> out;
    if (ended_) co_return out;
    auto op = detail::make_list_object_versions(bucket_, options_);
    out = co_await client_->call(std::move(op), &detail::parse_list_object_versions);
    check(*out);
    if (out->is_truncated)
        options_.markers(out->next_key_marker, out->next_version_id_marker);
    else
        ended_ = true;
    co_return out;
}

PENSTOCK_DECL void version_lister::check(const list_object_versions_page& page) {
    for (const auto& v : page.versions) guard_.check_entry(v.key, options_.prefix());
    for (const auto& p : page.common_prefixes) guard_.check_entry(p, options_.prefix());
    if (page.is_truncated)
        guard_.check_next(!page.versions.empty() || !page.common_prefixes.empty(),
                          detail::joined_markers(options_.key_marker(), options_.version_id_marker()),
                          detail::joined_markers(page.next_key_marker, page.next_version_id_marker));
}

PENSTOCK_DECL version_lister list_object_versions(const client& c, object_address prefix,
                                                  list_object_versions_options options) {
    if (options.prefix().empty()) options.prefix(std::move(prefix.key));
    return version_lister{detail::client_access::state(c), std::move(prefix.bucket), std::move(options)};
}

} // namespace penstock::s3
