// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/delete_objects.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/field_handler.hpp>
#include <penstock/xml/writer.hpp>

namespace penstock::s3::detail {

class delete_objects_handler final : public xml::field_handler {
  public:
    delete_objects_handler() noexcept : field_handler{table} {}

    delete_objects_result found;

  protected:
    void open_field(std::uint8_t id) override {
        if (id == deleted) found.deleted.emplace_back();
        if (id == failed) found.errors.emplace_back();
    }
    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case deleted_key: found.deleted.back().key = std::move(text); break;
        case deleted_version: found.deleted.back().version_id = std::move(text); break;
        case deleted_marker: found.deleted.back().delete_marker = parse_flag(text); break;
        case deleted_marker_version: found.deleted.back().delete_marker_version_id = std::move(text); break;
        case failed_key: found.errors.back().key = std::move(text); break;
        case failed_version: found.errors.back().version_id = std::move(text); break;
        case failed_code: found.errors.back().code = trimmed(text); break;
        case failed_message: found.errors.back().message = std::move(text); break;
        default: break;
        }
    }

  private:
    enum : std::uint8_t {
        root_element = 1,
        deleted,
        deleted_key,
        deleted_version,
        deleted_marker,
        deleted_marker_version,
        failed,
        failed_key,
        failed_version,
        failed_code,
        failed_message,
    };
    static constexpr field table[] = {
        {0, "DeleteResult"},     {root_element, "Deleted"}, {deleted, "Key"},
        {deleted, "VersionId"},  {deleted, "DeleteMarker"}, {deleted, "DeleteMarkerVersionId"},
        {root_element, "Error"}, {failed, "Key"},           {failed, "VersionId"},
        {failed, "Code"},        {failed, "Message"},
    };
};

PENSTOCK_DECL bool deletable_in_batch(std::string_view key) noexcept {
    return !key.empty() && xml::representable(key);
}

PENSTOCK_DECL operation make_delete_objects(std::string_view bucket,
                                            std::span<const object_identifier> objects,
                                            const delete_objects_options& options) {
    auto op = bucket_operation("delete objects", "POST", bucket);
    op.settings = options.settings();
    if (objects.empty() || objects.size() > max_delete_objects)
        refuse(op, std::to_string(objects.size()) + " keys", "a batch delete takes 1 to 1,000 keys");
    add_query(op, "delete");

    xml::writer document;
    document.open("Delete").attribute("xmlns", xml_namespace);
    for (const auto& object : objects) {
        op.etags_in_body = op.etags_in_body || !object.if_match.empty();
        if (!deletable_in_batch(object.key)) {
            op.key = object.key;
            refuse(op, "XML cannot hold this key", "delete it by itself, which needs no XML");
        }
        document.open("Object").element("Key", object.key);
        document.element_if("VersionId", object.version_id).element_if("ETag", object.if_match).close();
    }
    if (options.quiet()) document.element("Quiet", "true");
    set_document(op, document.finish());
    const auto usual = aws::is_directory_bucket(bucket) ? checksum_algorithm::crc32 : checksum_algorithm::md5;
    const auto guard = options.checksum().value_or(usual);
    op.headers.add(checksum_header(guard), checksum_of(guard, op.owned_body));
    return op;
}

PENSTOCK_DECL result<delete_objects_result> parse_delete_objects(const http::response_head& head,
                                                                 std::string_view body) {
    delete_objects_handler fields;
    auto done = read_response("delete objects", head, body, fields, "DeleteResult", error_scope::bucket);
    if (!done) return done.error();
    return std::move(fields.found);
}

} // namespace penstock::s3::detail
