// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/xml/field_handler.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The document that both versions of listing answer.
namespace penstock::s3::detail {

class list_objects_handler final : public xml::field_handler {
  public:
    list_objects_handler() noexcept : field_handler{table} {}

    list_objects_page page;
    std::optional<bool> truncated;
    bool has_marker = false; ///< as only answers of the first version have
    std::string next_marker;

  protected:
    void open_field(std::uint8_t id) override {
        if (id == contents) {
            page.objects.emplace_back();
            has_key_ = false;
        }
        if (id == contents_owner) page.objects.back().owner.emplace();
    }

    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case key:
            object().key = std::move(text);
            has_key_ = true;
            break;
        case last_modified: object().last_modified = parse_time(text); break;
        case etag: object().etag = entity_tag{std::string{trimmed(text)}}; break;
        case size: object().size = required_number("Size", text); break;
        case storage_class: object().storage_class = trimmed(text); break;
        case checksum_algorithm:
            if (const auto name = trimmed(text); !name.empty())
                object().checksum_algorithms.emplace_back(name);
            break;
        case checksum_type: object().checksum_type = trimmed(text); break;
        case owner_id: object().owner->id = std::move(text); break;
        case owner_name: object().owner->display_name = std::move(text); break;
        case contents:
            if (!has_key_) throw_failure(failure{errc::malformed_response, "an object without a key"});
            break;
        case common_prefix: page.common_prefixes.push_back(std::move(text)); break;
        case name: page.name = std::move(text); break;
        case prefix: page.prefix = std::move(text); break;
        case delimiter: page.delimiter = std::move(text); break;
        case start_after: page.start_after = std::move(text); break;
        case encoding_type: page.encoding_type = trimmed(text); break;
        case max_keys: page.max_keys = required_number("MaxKeys", text); break;
        case key_count: page.key_count = required_number("KeyCount", text); break;
        case is_truncated: truncated = parse_flag(text); break;
        case continuation_token: page.continuation_token = std::move(text); break;
        case next_continuation_token: page.next_continuation_token = std::move(text); break;
        case marker: has_marker = true; break;
        case next_marker_element: next_marker = std::move(text); break;
        default: break;
        }
    }

  private:
    enum : std::uint8_t {
        root_element = 1,
        contents, // with its children first: they are looked up most often
        key,
        last_modified,
        etag,
        size,
        storage_class,
        checksum_algorithm,
        checksum_type,
        contents_owner,
        owner_id,
        owner_name,
        common_prefixes,
        common_prefix,
        name,
        prefix,
        delimiter,
        start_after,
        encoding_type,
        max_keys,
        key_count,
        is_truncated,
        continuation_token,
        next_continuation_token,
        marker,
        next_marker_element,
    };
    static constexpr field table[] = {
        {0, "ListBucketResult"},
        {root_element, "Contents"},
        {contents, "Key"},
        {contents, "LastModified"},
        {contents, "ETag"},
        {contents, "Size"},
        {contents, "StorageClass"},
        {contents, "ChecksumAlgorithm"},
        {contents, "ChecksumType"},
        {contents, "Owner"},
        {contents_owner, "ID"},
        {contents_owner, "DisplayName"},
        {root_element, "CommonPrefixes"},
        {common_prefixes, "Prefix"},
        {root_element, "Name"},
        {root_element, "Prefix"},
        {root_element, "Delimiter"},
        {root_element, "StartAfter"},
        {root_element, "EncodingType"},
        {root_element, "MaxKeys"},
        {root_element, "KeyCount"},
        {root_element, "IsTruncated"},
        {root_element, "ContinuationToken"},
        {root_element, "NextContinuationToken"},
        {root_element, "Marker"},
        {root_element, "NextMarker"},
    };

    object_summary& object() noexcept { return page.objects.back(); }

    bool has_key_ = false;
};

inline void decode_page(list_objects_page& page, std::string& next_marker) {
    for (auto& o : page.objects) decode_key(o.key);
    for (auto& p : page.common_prefixes) decode_key(p);
    decode_key(page.prefix);
    decode_key(page.delimiter);
    decode_key(page.start_after);
    // SeaweedFS encodes all but the marker: one that is the last entry as it stands is left so.
    const bool plain = (!page.objects.empty() && page.objects.back().key == next_marker) ||
                       (!page.common_prefixes.empty() && page.common_prefixes.back() == next_marker);
    if (!plain) decode_key(next_marker);
}

/// By what the first version is asked for the next page: the store's marker; where it gives none, as it may without a
/// delimiter, the last key or common prefix of this one, whichever sorts last.
inline std::string next_marker(list_objects_handler& fields) {
    if (!fields.next_marker.empty()) return std::move(fields.next_marker);
    const auto& page = fields.page;
    std::string out;
    if (!page.objects.empty()) out = page.objects.back().key;
    if (!page.common_prefixes.empty()) out = std::max(out, page.common_prefixes.back());
    return out;
}

/// All but what the next page is asked for by.
inline result<void> read_list_objects(const http::response_head& head, std::string_view body,
                                      list_objects_handler& fields) {
    // A full page without growing on the way: an object takes some hundred bytes or more of the document.
    fields.page.objects.reserve(std::min<std::size_t>(body.size() / 100, 1000));
    auto done = read_response("list objects", head, body, fields, "ListBucketResult", error_scope::bucket);
    if (!done) return done;
    // A store that does not know the encoding leaves the element out, and keys are what they look like.
    if (http::iequals(fields.page.encoding_type, "url")) {
        try {
            decode_page(fields.page, fields.next_marker);
        } catch (const error& e) {
            return malformed("list objects", head, e.detail().message);
        }
    }
    return {};
}

} // namespace penstock::s3::detail
