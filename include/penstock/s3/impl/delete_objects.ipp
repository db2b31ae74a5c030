// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/delete_objects.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/field_handler.hpp>
#include <penstock/xml/writer.hpp>

#include <openssl/evp.h>

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

inline std::string base64_digest(std::string_view text, const EVP_MD* kind, const char* name) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest, &size, kind, nullptr) != 1)
        throw_failure(failure{errc::unsupported,
                              "OpenSSL offers no " + std::string{name} + ", which a batch delete needs",
                              "delete the objects one by one"});
    unsigned char encoded[EVP_MAX_MD_SIZE * 2];
    const auto length = EVP_EncodeBlock(encoded, digest, static_cast<int>(size));
    return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length)};
}

/// S3 demands that a batch delete is guarded: by Content-MD5, or by another checksum, which older stores do not know.
/// Directory buckets take no MD5.
inline void guard_document(operation& op) {
    if (aws::is_directory_bucket(op.bucket))
        op.headers.add("x-amz-checksum-sha256", base64_digest(op.owned_body, EVP_sha256(), "SHA-256"));
    else
        op.headers.add("Content-MD5", base64_digest(op.owned_body, EVP_md5(), "MD5"));
}

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
        if (!deletable_in_batch(object.key)) {
            op.key = object.key;
            refuse(op, "XML cannot hold this key", "delete it by itself, which needs no XML");
        }
        document.open("Object").element("Key", object.key);
        document.element_if("VersionId", object.version_id).element_if("ETag", object.if_match).close();
    }
    if (options.quiet()) document.element("Quiet", "true");
    set_document(op, document.finish());
    guard_document(op);
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
