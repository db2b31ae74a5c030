// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/complete_multipart_upload.hpp>

#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/checksum_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/field_handler.hpp>
#include <penstock/xml/writer.hpp>

namespace penstock::s3::detail {

class complete_multipart_upload_handler final : public xml::field_handler {
  public:
    complete_multipart_upload_handler() noexcept : field_handler{table} {}

    complete_multipart_upload_result found;

  protected:
    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case location: found.location = std::move(text); break;
        case bucket: found.bucket = std::move(text); break;
        case key: found.key = std::move(text); break;
        case etag: found.etag = entity_tag{std::string{trimmed(text)}}; break;
        default:
            if (id >= first_checksum) set_checksum(found.checksums, id - first_checksum, text);
        }
    }

  private:
    enum : std::uint8_t { root_element = 1, location, bucket, key, etag, first_checksum };
    static constexpr auto table = with_checksums({{0, "CompleteMultipartUploadResult"},
                                                  {root_element, "Location"},
                                                  {root_element, "Bucket"},
                                                  {root_element, "Key"},
                                                  {root_element, "ETag"}},
                                                 root_element);
};

PENSTOCK_DECL operation make_complete_multipart_upload(const object_address& object,
                                                       std::string_view upload_id,
                                                       std::span<const completed_part> parts,
                                                       const complete_multipart_upload_options& options) {
    auto op = object_operation("complete multipart upload", "POST", object);
    op.settings = options.settings();
    check_upload_id(op, upload_id);
    if (parts.empty()) refuse(op, "an upload without parts", "an empty object is written by a single put");
    add_query(op, "uploadId", std::string{upload_id});
    add_conditions(op.headers, options);
    add_customer_key(op, options.customer_key());
    if (const auto a = options.checksum()) {
        if (*a == checksum_algorithm::md5) refuse(op, "MD5 is no checksum that the store keeps of an object in parts");
        op.headers.add(checksum_header(*a), options.checksum_value());
        op.headers.add("x-amz-checksum-type", to_string(options.checksum_type()));
    }
    if (options.object_size()) op.headers.add("x-amz-mp-object-size", *options.object_size());

    xml::writer document;
    document.open("CompleteMultipartUpload").attribute("xmlns", xml_namespace);
    std::uint32_t previous = 0;
    for (const auto& part : parts) {
        check_part_number(op, part.number);
        if (part.number <= previous)
            refuse(op,
                   "part " + std::to_string(part.number) + " comes after part " + std::to_string(previous),
                   "give every part once, in ascending order");
        if (part.etag.empty()) refuse(op, "part " + std::to_string(part.number) + " has no ETag");
        previous = part.number;
        document.open("Part")
            .element("PartNumber", std::uint64_t{part.number})
            .element("ETag", part.etag.raw())
            .element_if("ChecksumCRC32", part.checksums.crc32)
            .element_if("ChecksumCRC32C", part.checksums.crc32c)
            .element_if("ChecksumCRC64NVME", part.checksums.crc64nvme)
            .element_if("ChecksumSHA1", part.checksums.sha1)
            .element_if("ChecksumSHA256", part.checksums.sha256)
            .close();
    }
    set_document(op, document.finish());
    return op;
}

PENSTOCK_DECL result<complete_multipart_upload_result>
parse_complete_multipart_upload(const http::response_head& head, std::string_view body) {
    complete_multipart_upload_handler fields;
    auto done = read_response("complete multipart upload", head, body, fields,
                              "CompleteMultipartUploadResult", error_scope::object);
    if (!done) return done.error();
    fields.found.version_id = head.headers["x-amz-version-id"];
    fields.found.server_side_encryption = head.headers["x-amz-server-side-encryption"];
    return std::move(fields.found);
}

} // namespace penstock::s3::detail
