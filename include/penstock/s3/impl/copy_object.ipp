// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/copy_object.hpp>

#include <penstock/s3/checksum_options.hpp>
#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/checksum_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/xml/field_handler.hpp>

#include <penstock/aws/arn.hpp>
#include <penstock/aws/uri.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string copy_source(const object_address& source, std::string_view version_id) {
    std::string text;
    aws::append_uri_encoded(text, source.bucket, true);
    text += aws::is_arn(source.bucket) ? "/object/" : "/";
    aws::append_uri_encoded(text, source.key, true);
    if (!version_id.empty()) {
        text += "?versionId=";
        aws::append_uri_encoded(text, version_id);
    }
    return text;
}

PENSTOCK_DECL operation make_copy_object(const object_address& source, const object_address& target,
                                         const copy_object_options& options) {
    object_operation("copy object", "GET", source); // checks the source
    auto op = object_operation("copy object", "PUT", target);
    op.settings = options.settings();
    op.headers.add("x-amz-copy-source", copy_source(source, options.source_version_id()));
    const bool attributes = !options.content_type().empty() || !options.content_encoding().empty() ||
                            !options.content_disposition().empty() || !options.content_language().empty() ||
                            !options.cache_control().empty() || !options.expires().empty() || !options.metadata().empty();
    if (attributes && !options.replace_metadata())
        refuse(op, "headers or metadata are given, but the copy takes those of its source",
               "set replace_metadata() to give it new ones");
    if (!options.tags().empty() && !options.replace_tags())
        refuse(op, "tags are given, but the copy takes those of its source",
               "set replace_tags() to give it new ones");
    if (options.replace_metadata()) op.headers.add("x-amz-metadata-directive", "REPLACE");
    if (options.replace_tags()) op.headers.add("x-amz-tagging-directive", "REPLACE");
    add_attributes(op.headers, options);
    add_encryption(op, options.encryption(), options.customer_key());
    add_source_key(op, options.source_customer_key());
    add_checksum_algorithm(op, options.checksum());
    add_conditions(op.headers, static_cast<const source_conditions<copy_object_options>&>(options));
    add_conditions(op.headers, static_cast<const write_conditions<copy_object_options>&>(options));
    op.by = signed_by::iam;
    op.has_body = true;
    return op;
}

class copy_result_handler final : public xml::field_handler {
  public:
    explicit copy_result_handler(std::span<const field> table) noexcept : field_handler{table} {}

    copy_object_result found;

    enum : std::uint8_t { root_element = 1, etag, last_modified, first_checksum };
    static constexpr auto object_table = with_checksums(
        {{0, "CopyObjectResult"}, {root_element, "ETag"}, {root_element, "LastModified"}}, root_element);
    static constexpr auto part_table = with_checksums(
        {{0, "CopyPartResult"}, {root_element, "ETag"}, {root_element, "LastModified"}}, root_element);

  protected:
    void close_field(std::uint8_t id, std::string& text) override {
        if (id == etag) found.etag = entity_tag{std::string{trimmed(text)}};
        if (id == last_modified) found.last_modified = parse_time(text);
        if (id >= first_checksum) set_checksum(found.checksums, id - first_checksum, text);
    }
};

inline result<copy_object_result> read_copy_result(const char* operation, const http::response_head& head,
                                                   std::string_view body, copy_result_handler fields,
                                                   std::string_view root) {
    auto done = read_response(operation, head, body, fields, root, error_scope::object);
    if (!done) return done.error();
    fields.found.version_id = head.headers["x-amz-version-id"];
    fields.found.source_version_id = head.headers["x-amz-copy-source-version-id"];
    return std::move(fields.found);
}

PENSTOCK_DECL result<copy_object_result> parse_copy_object(const http::response_head& head,
                                                           std::string_view body) {
    return read_copy_result("copy object", head, body, copy_result_handler{copy_result_handler::object_table},
                            "CopyObjectResult");
}

PENSTOCK_DECL result<copy_object_result> parse_copy_part(const http::response_head& head,
                                                         std::string_view body) {
    auto found = read_copy_result("upload part copy", head, body,
                                  copy_result_handler{copy_result_handler::part_table}, "CopyPartResult");
    if (found && found->etag.empty())
        return malformed("upload part copy", head, "the store gave no ETag for the part");
    return found;
}

} // namespace penstock::s3::detail
