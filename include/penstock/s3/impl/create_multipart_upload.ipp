// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/create_multipart_upload.hpp>

#include <penstock/s3/checksum_options.hpp>
#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/xml/field_handler.hpp>

namespace penstock::s3::detail {

class create_multipart_upload_handler final : public xml::field_handler {
  public:
    create_multipart_upload_handler() noexcept : field_handler{table} {}

    create_multipart_upload_result found;

  protected:
    void close_field(std::uint8_t id, std::string& text) override {
        if (id == bucket) found.bucket = std::move(text);
        if (id == key) found.key = std::move(text);
        if (id == upload_id) found.upload_id = trimmed(text);
    }

  private:
    enum : std::uint8_t { root_element = 1, bucket, key, upload_id };
    static constexpr field table[] = {
        {0, "InitiateMultipartUploadResult"},
        {root_element, "Bucket"},
        {root_element, "Key"},
        {root_element, "UploadId"},
    };
};

PENSTOCK_DECL operation make_create_multipart_upload(const object_address& object,
                                                     const create_multipart_upload_options& options) {
    auto op = object_operation("create multipart upload", "POST", object);
    op.settings = options.settings();
    add_query(op, "uploads");
    add_attributes(op.headers, options);
    add_encryption(op, options.encryption(), options.customer_key());
    add_checksum_algorithm(op, options.checksum());
    if (const auto a = options.checksum()) {
        const bool full = options.checksum_type() == checksum_type::full_object;
        if (full ? !is_crc(*a) : *a == checksum_algorithm::crc64nvme)
            refuse(op, std::string{to_string(*a)} + " of type " + std::string{to_string(options.checksum_type())},
                   "hashes are COMPOSITE, CRC64NVME is FULL_OBJECT, CRC32 and CRC32C may be either");
        op.headers.add("x-amz-checksum-type", to_string(options.checksum_type()));
    }
    op.has_body = true;
    return op;
}

PENSTOCK_DECL result<create_multipart_upload_result>
parse_create_multipart_upload(const http::response_head& head, std::string_view body) {
    create_multipart_upload_handler fields;
    auto done = read_response("create multipart upload", head, body, fields, "InitiateMultipartUploadResult",
                              error_scope::object);
    if (!done) return done.error();
    if (fields.found.upload_id.empty())
        return malformed("create multipart upload", head, "the store gave no upload id");
    return std::move(fields.found);
}

} // namespace penstock::s3::detail
