// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/list_objects_v2.hpp>

#include <penstock/s3/detail/list_objects_document.hpp>
#include <penstock/s3/detail/request_builder.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL operation make_list_objects_v2(std::string_view bucket, const list_objects_options& options) {
    auto op = bucket_operation("list objects", "GET", bucket);
    op.settings = options.settings();
    add_query(op, "list-type", "2");
    if (options.encode_keys()) add_query(op, "encoding-type", "url");
    add_query_if(op, "prefix", options.prefix());
    add_query_if(op, "delimiter", options.delimiter());
    add_query_if(op, "start-after", options.start_after());
    add_query_if(op, "continuation-token", options.continuation_token());
    if (options.max_keys()) add_query(op, "max-keys", std::uint64_t{*options.max_keys()});
    if (options.fetch_owner()) add_query(op, "fetch-owner", "true");
    return op;
}

PENSTOCK_DECL result<list_objects_page> parse_list_objects_v2(const http::response_head& head,
                                                              std::string_view body) {
    list_objects_handler fields;
    auto done = read_list_objects(head, body, fields);
    if (!done) return done.error();
    auto& page = fields.page;
    page.is_truncated = fields.truncated.value_or(!page.next_continuation_token.empty());
    if (page.is_truncated && page.next_continuation_token.empty()) {
        // A store that does not look at list-type answers by the first version.
        page.is_first_version = fields.has_marker || !fields.next_marker.empty();
        if (page.is_first_version) page.next_continuation_token = next_marker(fields);
        if (page.next_continuation_token.empty())
            return malformed("list objects", head,
                             "the list goes on, but the store gave no token for the next page");
    }
    return std::move(page);
}

} // namespace penstock::s3::detail
