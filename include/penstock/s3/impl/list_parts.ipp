// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/list_parts.hpp>

#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/checksum_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/part_number.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/xml/field_handler.hpp>

namespace penstock::s3::detail {

class list_parts_handler final : public xml::field_handler {
  public:
    list_parts_handler() noexcept : field_handler{table} {}

    list_parts_page page;

  protected:
    void open_field(std::uint8_t id) override {
        if (id == part) page.parts.emplace_back();
        if (id == owner_element) page.owner.emplace();
        if (id == initiator_element) page.initiator.emplace();
    }
    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case part_number: {
            const auto n = required_number("PartNumber", text);
            if (n < 1 || n > max_part_number)
                throw_failure(failure{errc::malformed_response, "part number " + std::to_string(n)});
            page.parts.back().number = static_cast<std::uint32_t>(n);
            break;
        }
        case etag: page.parts.back().etag = entity_tag{std::string{trimmed(text)}}; break;
        case size: page.parts.back().size = required_number("Size", text); break;
        case last_modified: page.parts.back().last_modified = parse_time(text); break;
        case part:
            if (page.parts.back().number == 0)
                throw_failure(failure{errc::malformed_response, "a part without a number"});
            break;
        case bucket: page.bucket = std::move(text); break;
        case key: page.key = std::move(text); break;
        case upload_id: page.upload_id = trimmed(text); break;
        case storage_class: page.storage_class = trimmed(text); break;
        case owner_id: page.owner->id = std::move(text); break;
        case owner_name: page.owner->display_name = std::move(text); break;
        case initiator_id: page.initiator->id = std::move(text); break;
        case initiator_name: page.initiator->display_name = std::move(text); break;
        case marker: page.part_number_marker = parse_number(text); break;
        case next_marker: page.next_part_number_marker = parse_number(text); break;
        case max_parts: page.max_parts = parse_number(text); break;
        case is_truncated: page.is_truncated = parse_flag(text); break;
        default:
            if (id >= first_checksum) set_checksum(page.parts.back().checksums, id - first_checksum, text);
        }
    }

  private:
    enum : std::uint8_t {
        root_element = 1,
        part,
        part_number,
        etag,
        size,
        last_modified,
        bucket,
        key,
        upload_id,
        storage_class,
        marker,
        next_marker,
        max_parts,
        is_truncated,
        owner_element,
        owner_id,
        owner_name,
        initiator_element,
        initiator_id,
        initiator_name,
        first_checksum,
    };
    static constexpr auto table = with_checksums({{0, "ListPartsResult"},
                                                  {root_element, "Part"},
                                                  {part, "PartNumber"},
                                                  {part, "ETag"},
                                                  {part, "Size"},
                                                  {part, "LastModified"},
                                                  {root_element, "Bucket"},
                                                  {root_element, "Key"},
                                                  {root_element, "UploadId"},
                                                  {root_element, "StorageClass"},
                                                  {root_element, "PartNumberMarker"},
                                                  {root_element, "NextPartNumberMarker"},
                                                  {root_element, "MaxParts"},
                                                  {root_element, "IsTruncated"},
                                                  {root_element, "Owner"},
                                                  {owner_element, "ID"},
                                                  {owner_element, "DisplayName"},
                                                  {root_element, "Initiator"},
                                                  {initiator_element, "ID"},
                                                  {initiator_element, "DisplayName"}},
                                                 part);
};

PENSTOCK_DECL operation make_list_parts(const object_address& object, std::string_view upload_id,
                                        const list_parts_options& options) {
    auto op = object_operation("list parts", "GET", object);
    op.settings = options.settings();
    check_upload_id(op, upload_id);
    add_query(op, "uploadId", std::string{upload_id});
    if (options.part_number_marker()) add_query(op, "part-number-marker", *options.part_number_marker());
    if (options.max_parts()) add_query(op, "max-parts", std::uint64_t{*options.max_parts()});
    return op;
}

PENSTOCK_DECL result<list_parts_page> parse_list_parts(const http::response_head& head,
                                                       std::string_view body) {
    list_parts_handler fields;
    auto done = read_response("list parts", head, body, fields, "ListPartsResult", error_scope::object);
    if (!done) return done.error();
    if (fields.page.is_truncated && !fields.page.next_part_number_marker)
        return malformed("list parts", head,
                         "the list goes on, but the store gave no marker for the next page");
    return std::move(fields.page);
}

} // namespace penstock::s3::detail
