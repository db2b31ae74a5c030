// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/list_objects_v1.hpp>

#include <penstock/s3/detail/list_objects_document.hpp>
#include <penstock/s3/detail/request_builder.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_list_objects_v1(std::string_view bucket, const list_objects_options& options) {
    auto op = bucket_operation("list objects", "GET", bucket);
    op.settings = options.settings();
    if (options.encode_keys()) add_query(op, "encoding-type", "url");
    add_query_if(op, "prefix", options.prefix());
    add_query_if(op, "delimiter", options.delimiter());
    const auto& token = options.continuation_token();
    add_query_if(op, "marker", token.empty() ? options.start_after() : token);
    if (options.max_keys()) add_query(op, "max-keys", std::uint64_t{*options.max_keys()});
    return op;
}

PENSTOCK_DECL result<list_objects_page> parse_list_objects_v1(const http::response_head& head, std::string_view body) {
    list_objects_handler fields;
    auto done = read_list_objects(head, body, fields);
    if (!done) return done.error();
    auto& page = fields.page;
    page.is_truncated = fields.truncated.value_or(!fields.next_marker.empty());
    page.is_first_version = true;
    if (page.is_truncated) page.next_continuation_token = next_marker(fields);
    if (page.is_truncated && page.next_continuation_token.empty())
        return malformed("list objects", head, "the list goes on, but the page is empty and has no marker for the next");
    return std::move(page);
}

PENSTOCK_DECL bool wants_list_objects_v1(const failure& f) {
    const auto& d = f.detail();
    if (d.http_status < 400) return false;
    const auto& code = d.service_code;
    return d.http_status == 501 || d.http_status == 405 || code == "NotImplemented" || code == "MethodNotAllowed" ||
           code == "InvalidArgument";
}

} // namespace penstock::s3::detail
