// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/response_reader.hpp>

#include <algorithm>

namespace penstock::s3::detail {

PENSTOCK_DECL failure malformed(const char* operation, const http::response_head& head, std::string message,
                                std::string hint) {
    error_detail d;
    d.operation = operation;
    d.message = std::move(message);
    d.hint = std::move(hint);
    d.http_status = head.status;
    d.request_id = head.headers["x-amz-request-id"];
    d.host_id = head.headers["x-amz-id-2"];
    return failure{errc::malformed_response, std::move(d)};
}

PENSTOCK_DECL result<void> read_response(const char* operation, const http::response_head& head,
                                         std::string_view body, xml::field_handler& fields,
                                         std::string_view root, error_scope scope) {
    auto good = check_status(operation, head, body, scope);
    if (!good) return good;
    const auto start = std::min(body.find_first_not_of(" \t\r\n"), body.size());
    xml::parser parser{fields};
    auto done = parser.feed_last(body.substr(start));
    if (fields.root() == "Error" || fields.root() == "ErrorResponse")
        return service_failure(operation, head, body, scope);
    if (done && (root.empty() || fields.root() == root)) return {};

    auto f = malformed(operation, head, {}, "check that the endpoint is an S3 store");
    if (done)
        return f.with([&](error_detail& d) {
            d.message = "expected <" + std::string{root} + ">, got <" + printable(fields.root(), 64) + ">";
        });
    const auto& why = done.error();
    auto story = f.detail();
    story.message = why.detail().message;
    if (why.detail().byte_offset) story.byte_offset = *why.detail().byte_offset + start;
    story.line = why.detail().line;
    story.column = why.detail().column;
    return failure{why.code(), std::move(story)};
}

} // namespace penstock::s3::detail
