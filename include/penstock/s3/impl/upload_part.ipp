// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/upload_part.hpp>

#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_upload_part(const object_address& object, std::string_view upload_id,
                                         std::uint32_t part_number,
                                         std::vector<std::span<const std::byte>> body,
                                         const upload_part_options& options) {
    auto op = object_operation("upload part", "PUT", object);
    op.settings = options.settings();
    check_upload_id(op, upload_id);
    check_part_number(op, part_number);
    add_query(op, "partNumber", std::uint64_t{part_number});
    add_query(op, "uploadId", std::string{upload_id});
    op.body = std::move(body);
    op.has_body = true;
    set_checksum(op, options.checksum());
    add_customer_key(op, options.customer_key());
    return op;
}

PENSTOCK_DECL result<put_object_result> parse_upload_part(const http::response_head& head,
                                                          std::string_view body) {
    auto good = check_status("upload part", head, body, error_scope::object);
    if (!good) return good.error();
    auto found = parse_put_object(head, body);
    if (found && found->etag.empty())
        return malformed("upload part", head, "the store gave no ETag for the part");
    return found;
}

} // namespace penstock::s3::detail
