// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/put_object.hpp>

#include <penstock/s3/detail/body_fields.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_put_object(const object_address& object,
                                        std::vector<std::span<const std::byte>> body,
                                        const put_object_options& options) {
    auto op = object_operation("put object", "PUT", object);
    op.settings = options.settings();
    add_attributes(op.headers, options);
    add_encryption(op, options.encryption(), options.customer_key());
    add_conditions(op.headers, options);
    op.body = std::move(body);
    op.has_body = true;
    set_checksum(op, options.checksum());
    return op;
}

PENSTOCK_DECL result<put_object_result> parse_put_object(const http::response_head& head,
                                                         std::string_view body) {
    auto good = check_status("put object", head, body, error_scope::object);
    if (!good) return good.error();
    put_object_result found;
    found.etag = entity_tag{std::string{head.headers["ETag"]}};
    found.version_id = head.headers["x-amz-version-id"];
    found.checksums = parse_checksum_headers(head.headers);
    found.server_side_encryption = head.headers["x-amz-server-side-encryption"];
    return found;
}

} // namespace penstock::s3::detail
