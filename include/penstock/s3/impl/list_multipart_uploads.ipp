// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/list_multipart_uploads.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/xml/field_handler.hpp>

namespace penstock::s3::detail {

class list_uploads_handler final : public xml::field_handler {
  public:
    list_uploads_handler() noexcept : field_handler{table} {}

    list_multipart_uploads_page page;

  protected:
    void open_field(std::uint8_t id) override {
        if (id == upload) page.uploads.emplace_back();
        if (id == owner_element) page.uploads.back().owner.emplace();
        if (id == initiator_element) page.uploads.back().initiator.emplace();
    }
    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case key: page.uploads.back().key = std::move(text); break;
        case upload_id: page.uploads.back().upload_id = trimmed(text); break;
        case initiated: page.uploads.back().initiated = parse_time(text); break;
        case storage_class: page.uploads.back().storage_class = trimmed(text); break;
        case owner_id: page.uploads.back().owner->id = std::move(text); break;
        case owner_name: page.uploads.back().owner->display_name = std::move(text); break;
        case initiator_id: page.uploads.back().initiator->id = std::move(text); break;
        case initiator_name: page.uploads.back().initiator->display_name = std::move(text); break;
        case upload:
            if (page.uploads.back().key.empty() || page.uploads.back().upload_id.empty())
                throw_failure(failure{errc::malformed_response, "an upload without its key or id"});
            break;
        case common_prefix: page.common_prefixes.push_back(std::move(text)); break;
        case bucket: page.bucket = std::move(text); break;
        case next_key_marker: page.next_key_marker = std::move(text); break;
        case next_upload_id_marker: page.next_upload_id_marker = trimmed(text); break;
        case is_truncated: page.is_truncated = parse_flag(text); break;
        case encoding_type: page.encoding_type = trimmed(text); break;
        case prefix: page.prefix = std::move(text); break;
        case delimiter: page.delimiter = std::move(text); break;
        case key_marker: page.key_marker = std::move(text); break;
        case upload_id_marker: page.upload_id_marker = trimmed(text); break;
        case max_uploads: page.max_uploads = parse_number(text); break;
        default: break;
        }
    }

  private:
    enum : std::uint8_t {
        root_element = 1,
        upload,
        key,
        upload_id,
        initiated,
        storage_class,
        owner_element,
        owner_id,
        owner_name,
        initiator_element,
        initiator_id,
        initiator_name,
        common_prefixes,
        common_prefix,
        bucket,
        next_key_marker,
        next_upload_id_marker,
        is_truncated,
        encoding_type,
        prefix,
        delimiter,
        key_marker,
        upload_id_marker,
        max_uploads,
    };
    static constexpr field table[] = {
        {0, "ListMultipartUploadsResult"},
        {root_element, "Upload"},
        {upload, "Key"},
        {upload, "UploadId"},
        {upload, "Initiated"},
        {upload, "StorageClass"},
        {upload, "Owner"},
        {owner_element, "ID"},
        {owner_element, "DisplayName"},
        {upload, "Initiator"},
        {initiator_element, "ID"},
        {initiator_element, "DisplayName"},
        {root_element, "CommonPrefixes"},
        {common_prefixes, "Prefix"},
        {root_element, "Bucket"},
        {root_element, "NextKeyMarker"},
        {root_element, "NextUploadIdMarker"},
        {root_element, "IsTruncated"},
        {root_element, "EncodingType"},
        {root_element, "Prefix"},
        {root_element, "Delimiter"},
        {root_element, "KeyMarker"},
        {root_element, "UploadIdMarker"},
        {root_element, "MaxUploads"},
    };
};

PENSTOCK_DECL operation make_list_multipart_uploads(std::string_view bucket,
                                                    const list_multipart_uploads_options& options) {
    auto op = bucket_operation("list multipart uploads", "GET", bucket);
    op.settings = options.settings();
    add_query(op, "uploads");
    add_query(op, "encoding-type", "url");
    add_query_if(op, "prefix", options.prefix());
    add_query_if(op, "delimiter", options.delimiter());
    add_query_if(op, "key-marker", options.key_marker());
    add_query_if(op, "upload-id-marker", options.upload_id_marker());
    if (options.max_uploads()) add_query(op, "max-uploads", std::uint64_t{*options.max_uploads()});
    return op;
}

PENSTOCK_DECL result<list_multipart_uploads_page>
parse_list_multipart_uploads(const http::response_head& head, std::string_view body) {
    list_uploads_handler fields;
    auto done = read_response("list multipart uploads", head, body, fields, "ListMultipartUploadsResult",
                              error_scope::bucket);
    if (!done) return done.error();
    auto& page = fields.page;
    if (page.is_truncated && page.next_key_marker.empty())
        return malformed("list multipart uploads", head,
                         "the list goes on, but the store gave no marker for the next page");
    if (http::iequals(page.encoding_type, "url")) {
        try {
            for (auto& u : page.uploads) decode_key(u.key);
            for (auto& p : page.common_prefixes) decode_key(p);
            decode_key(page.next_key_marker);
            decode_key(page.key_marker);
            decode_key(page.prefix);
            decode_key(page.delimiter);
        } catch (const error& e) {
            return malformed("list multipart uploads", head, e.detail().message);
        }
    }
    return std::move(page);
}

} // namespace penstock::s3::detail
